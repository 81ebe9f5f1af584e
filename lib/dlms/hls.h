/*
 * High level security: the proof that one end sends for the other's challenge
 * (IEC 62056-5-3, 9.2.7.4 and Table 31).
 *
 *   2 manufacturer   by the caller's function; without one as the meters of
 *                    the Russian profile do (STO 34.01-5.1-006, СПОДЭС):
 *                    AES-128 of the challenge, filled up with zeroes to whole
 *                    blocks, each by itself; the key is the secret of up to 16
 *                    characters, filled up likewise
 *   3 MD5            MD5(challenge || secret)
 *   4 SHA-1          SHA-1(challenge || secret)
 *   5 GMAC           SC || counter || GMAC(SC || AK || challenge)
 *   6 SHA-256        SHA-256(secret || title || peer's title || challenge ||
 *                    own challenge)
 * Not implemented: 7 ECDSA, which needs certificates of both ends, and the
 * GOST variants 8 ... 10.
 */
#ifndef LAZUR_LIB_DLMS_HLS_H
#define LAZUR_LIB_DLMS_HLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/security.h"
#include "lib/dlms/value.h"

#define DLMS_CHALLENGE_MIN 8
#define DLMS_CHALLENGE_MAX 64
#define DLMS_PROOF_MAX     DLMS_CHALLENGE_MAX

struct dlms_proof {
    uint8_t at[DLMS_PROOF_MAX];
    size_t len;
};

/*
 * Mechanism 2: what the manufacturer's meters do. Called for both directions;
 * false: not possible.
 */
typedef bool dlms_hls_fn(void *ctx, bool by_client, struct bytes secret,
                         struct bytes challenge, struct dlms_proof *out);

struct dlms_hls {
    uint8_t mechanism;
    bool is_client;
    struct bytes secret;   /* mechanisms 2, 3, 4, 6 */
    struct bytes ours;     /* the challenge we sent */
    struct bytes theirs;   /* the challenge they sent */
    dlms_hls_fn *by_maker; /* mechanism 2; NULL: as СПОДЭС */
    void *ctx;
};

/* Our proof for their challenge; GMAC uses up one counter. ERR_INVALID for a
 * mechanism that is not implemented, a missing title or key. */
enum err dlms_hls_prove(const struct dlms_hls *h, struct dlms_security *s,
                        struct dlms_proof *out) MUST_CHECK;

/* Whether given proves that they know the secret too. */
enum err dlms_hls_check(const struct dlms_hls *h, const struct dlms_security *s,
                        struct bytes given) MUST_CHECK;

#endif
