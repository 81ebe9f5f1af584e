/*
 * The server's side of an association, whole, as a state machine without a
 * socket: what session.h speaks to. For simulated meters and for tests; what
 * objects a server has is the caller's.
 *
 * Implemented, by IEC 62056-5-3: association with none, LLS, HLS 2 ... 6,
 * plain or ciphered; GET, SET and ACTION normal, with-list, in blocks both
 * ways; general-block-transfer both ways (sent with a window of one); release;
 * exception-response for what is not allowed, not known, not deciphered or a
 * replay.
 * Not implemented: short names, ACCESS, event-notification; several
 * associations at once.
 */
#ifndef LAZUR_LIB_DLMS_SERVER_H
#define LAZUR_LIB_DLMS_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/apdu.h"
#include "lib/dlms/hls.h"
#include "lib/dlms/security.h"

/*
 * What the server has. Each returns an enum dlms_result; memory of answers is
 * a's. The reply_to_HLS_authentication of class 15 never comes here.
 */
struct dlms_objects {
    uint8_t (*get)(void *ctx, struct arena *a, const struct dlms_asked *what,
                   struct dlms_value *out);
    uint8_t (*set)(void *ctx, struct arena *a, const struct dlms_asked *what);
    /* has turns true when out is returned */
    uint8_t (*act)(void *ctx, struct arena *a, const struct dlms_asked *what,
                   bool *has, struct dlms_value *out);
};

/* Bytes are copied; zeroes are the defaults said beside. */
struct dlms_server_settings {
    uint8_t mechanism;      /* the one that is let in */
    struct bytes secret;    /* password of LLS, secret of HLS */
    struct bytes challenge; /* HLS: 8 ... 64 bytes, another each time */
    struct dlms_security security;
    uint32_t conformance; /* 0: all that session.h asks for */
    uint16_t max_pdu;     /* we can receive; 0: 0x1000 */
    uint16_t answer_pdu;  /* the longest answer; 0: what the client can */
    size_t value_max;     /* in blocks; 0: 256 KiB */
    uint8_t window;       /* of general blocks; 0: 1 */
    bool general_blocks;  /* answer in general blocks rather than a service's */
    dlms_hls_fn *hls;     /* mechanism 2; NULL: as hls.h says */
    const struct dlms_objects *objects;
    void *ctx;
};

struct dlms_server;

struct dlms_server *
dlms_server_new(const struct dlms_server_settings *settings);
void dlms_server_free(struct dlms_server *s); /* s may be NULL */

/*
 * dlms_server_hear - an APDU in, the answer out; empty when the client speaks
 * next (inside a window of general blocks).
 * ERR_PROTOCOL when the bytes are no APDU at all: hang up.
 */
enum err dlms_server_hear(struct dlms_server *s, struct bytes apdu,
                          struct dlms_out *out) MUST_CHECK;

bool dlms_server_associated(const struct dlms_server *s); /* proofs included */
bool dlms_server_released(const struct dlms_server *s);
const struct dlms_security *dlms_server_security(const struct dlms_server *s);

/* A plain APDU (a push) protected as the server's security says. */
enum err dlms_server_protect(struct dlms_server *s, struct bytes plain,
                             struct dlms_out *out) MUST_CHECK;

#endif
