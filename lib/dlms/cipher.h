/*
 * Security suites 0 and 1 of IEC 62056-5-3: AES-128-GCM over an APDU, with
 * the IV system title || invocation counter and a tag of 12 bytes; GMAC; key
 * wrap. The only files that include OpenSSL are cipher.c and digest.c.
 *
 * Not implemented: suite 2 (AES-256), compression, broadcast keys, and what
 * suite 1 adds of ECDSA and ECDH. Counters are security.h's.
 */
#ifndef LAZUR_LIB_DLMS_CIPHER_H
#define LAZUR_LIB_DLMS_CIPHER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/apdu.h"

#define DLMS_KEY_LEN      16
#define DLMS_TITLE_LEN    8
#define DLMS_CIPHERED_MAX 65536 /* more than any frame brings */

#define DLMS_TAG_LEN     12
#define DLMS_WRAPPED_LEN 24 /* a key wrapped by another, RFC 3394 */

/* clang-format off */
#define DLMS_SC_SUITE         0x0Fu
#define DLMS_SC_AUTHENTICATED 0x10u
#define DLMS_SC_ENCRYPTED     0x20u
/* clang-format on */

struct dlms_keys {
    bool has_encryption;     /* global unicast encryption key, or dedicated */
    bool has_authentication; /* needed for control 10 and 30 */
    uint8_t encryption[DLMS_KEY_LEN];
    uint8_t authentication[DLMS_KEY_LEN];
};

/*
 * dlms_decipher - the plain APDU, in memory of a.
 *
 * title  of the sender, for glo- and ded- APDUs that do not carry it; may be
 *        empty for general ones
 * ERR_INVALID    no key for this, or no title
 * ERR_PROTOCOL   the tag does not match, or an unknown security control
 */
enum err dlms_decipher(struct arena *a, const struct dlms_ciphered *c,
                       struct bytes title, const struct dlms_keys *keys,
                       struct bytes *apdu) MUST_CHECK;

/* A general-glo-ciphering APDU around plain. control 10, 20 or 30, | 1 for
 * suite 1. */
enum err dlms_encipher(struct dlms_out *o, struct bytes title, uint8_t control,
                       uint32_t counter, const struct dlms_keys *keys,
                       struct bytes plain) MUST_CHECK;

/*
 * The same under another tag: general ones (DB, DC) carry title, the others
 * (glo-, ded-) do not.
 */
enum err dlms_encipher_as(struct dlms_out *o, uint8_t tag, struct bytes title,
                          uint8_t control, uint32_t counter,
                          const struct dlms_keys *keys,
                          struct bytes plain) MUST_CHECK;

/* Takes an envelope apart; dlms_apdu_read does so too. b starts at the tag. */
enum err dlms_ciphered_read(struct bytes b,
                            struct dlms_ciphered *out) MUST_CHECK;

/* GMAC of suite 0 or 1: the tag over control || authentication key || b. */
enum err dlms_gmac(struct bytes title, uint8_t control, uint32_t counter,
                   const struct dlms_keys *keys, struct bytes b,
                   uint8_t out[DLMS_TAG_LEN]) MUST_CHECK;

/* RFC 3394 with AES-128: key under kek, for global_key_transfer. */
enum err dlms_key_wrap(const uint8_t kek[DLMS_KEY_LEN],
                       const uint8_t key[DLMS_KEY_LEN],
                       uint8_t out[DLMS_WRAPPED_LEN]) MUST_CHECK;
/* ERR_PROTOCOL when it was not wrapped by kek. */
enum err dlms_key_unwrap(const uint8_t kek[DLMS_KEY_LEN],
                         const uint8_t wrapped[DLMS_WRAPPED_LEN],
                         uint8_t out[DLMS_KEY_LEN]) MUST_CHECK;

/* AES-128 of each 16 bytes by itself (ECB), as HLS 2 uses it; len is a multiple
 * of 16, out has as many. */
enum err dlms_aes_blocks(const uint8_t key[DLMS_KEY_LEN], const uint8_t *in,
                         size_t len, uint8_t *out) MUST_CHECK;

/* Digest of parts one after another; for hls.c. */
enum dlms_digest { DLMS_MD5, DLMS_SHA1, DLMS_SHA256 };
#define DLMS_DIGEST_MAX 32
enum err dlms_digest(enum dlms_digest kind, const struct bytes *parts, size_t n,
                     uint8_t out[DLMS_DIGEST_MAX], size_t *len) MUST_CHECK;

/* Whether two secrets are one, in a time that tells nothing. */
bool dlms_secret_same(struct bytes a, struct bytes b);

#endif
