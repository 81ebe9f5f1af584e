/*
 * Security suite 0 of IEC 62056-5-3: AES-128-GCM over an APDU, with
 * the IV system title || invocation counter and a tag of 12 bytes. The only
 * file that includes OpenSSL is cipher.c.
 *
 * Not implemented: suites 1 and 2, compression, key wrap. The caller keeps
 * keys and refuses counters that do not grow.
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

/* clang-format off */
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

/* A general-glo-ciphering APDU around plain. control 10, 20 or 30. */
enum err dlms_encipher(struct dlms_out *o, struct bytes title, uint8_t control,
                       uint32_t counter, const struct dlms_keys *keys,
                       struct bytes plain) MUST_CHECK;

#endif
