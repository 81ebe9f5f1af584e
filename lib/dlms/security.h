/*
 * One end's protection of APDUs: which keys, which counters, what is asked of
 * the other end. Client and server share it (IEC 62056-5-3, 9.2 and 9.3.4).
 *
 *   suites 0 and 1   AES-128-GCM, authentication, encryption or both
 *   global key       glo- and general-glo-ciphering
 *   dedicated key    ded- and general-ded-ciphering, sent in the AARQ
 *   counters         one for each direction and key; what does not grow is a
 *                    replay and is refused
 *   key wrap         RFC 3394, for global_key_transfer: cipher.h
 *
 * Of suite 1 this is the symmetric framing: the same GCM under the suite's
 * number. What suite 1 adds beside it, key agreement by ECDH
 * (general-ciphering, DD) and signatures by ECDSA (general-signing, DF; HLS 7),
 * is not implemented, nor are suite 2 (AES-256), compression and broadcast
 * keys; each is refused by its name.
 *
 * Counters must be kept by the caller. counter_end bounds what a session may
 * use: keep it before the session, keep counter after it; then a crash in
 * between never uses a counter twice.
 */
#ifndef LAZUR_LIB_DLMS_SECURITY_H
#define LAZUR_LIB_DLMS_SECURITY_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/cipher.h"
#include "lib/dlms/value.h"

struct dlms_security {
    uint8_t control;       /* 0 plain; 10, 20 or 30, | 1 for suite 1 */
    bool general;          /* general-glo and -ded, not glo- and ded- */
    struct dlms_keys keys; /* global unicast and authentication key */
    bool has_dedicated;
    uint8_t dedicated[DLMS_KEY_LEN];
    uint8_t title[DLMS_TITLE_LEN]; /* ours */
    bool has_peer;
    uint8_t peer[DLMS_TITLE_LEN]; /* theirs, known before or learned */
    uint32_t counter;             /* the next we use */
    uint32_t counter_end;         /* the first we may not; 0: no bound */
    bool heard;                   /* heard_counter counts */
    uint32_t heard_counter;       /* the highest that came, global key */
    bool heard_dedicated;
    uint32_t heard_dedicated_counter;
};

/* What wrapping adds to an APDU of len bytes at most. */
size_t dlms_security_overhead(const struct dlms_security *s, size_t len);

/*
 * dlms_security_wrap - plain as it goes out: itself when control is 0.
 * Initiate (01, 08) and its errors always go under the global key.
 * ERR_INVALID: a key is missing, or the counters are used up.
 */
enum err dlms_security_wrap(struct dlms_security *s, struct bytes plain,
                            struct dlms_out *o) MUST_CHECK;

/*
 * dlms_security_unwrap - the plain APDU inside a ciphered one.
 * ERR_PROTOCOL: protected less than control asks, of another system title,
 * a tag that does not match, a counter that does not grow, or an APDU of
 * another kind than its envelope says.
 */
enum err dlms_security_unwrap(struct dlms_security *s, struct arena *a,
                              struct bytes apdu,
                              struct bytes *plain) MUST_CHECK;

/* Remember the peer's title. ERR_PROTOCOL when another was known. */
enum err dlms_security_peer(struct dlms_security *s,
                            struct bytes title) MUST_CHECK;

/* The next counter. ERR_INVALID when they are used up. */
enum err dlms_security_count(struct dlms_security *s,
                             uint32_t *counter) MUST_CHECK;

#endif
