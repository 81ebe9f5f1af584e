/* What the files of the session share. For lib/dlms only. */
#ifndef LAZUR_LIB_DLMS_SESSION_INNER_H
#define LAZUR_LIB_DLMS_SESSION_INNER_H

#include "lib/dlms/gbt.h"
#include "lib/dlms/session.h"

enum session_phase {
    SESSION_NEW,
    SESSION_ASSOCIATING, /* AARQ is out */
    SESSION_PROVING,     /* our proof is out */
    SESSION_READY,
    SESSION_ASKING,    /* a request is out */
    SESSION_RELEASING, /* RLRQ is out */
    SESSION_OVER,
};

struct dlms_session {
    struct arena *life; /* this struct too */
    struct arena *work; /* of the question and its answers */
    struct dlms_access how;
    struct dlms_security security;
    struct dlms_initiate agreed;
    enum session_phase phase;
    struct bytes their_challenge;
    struct gbt gbt;
    uint8_t invoke; /* of the request that is out */

    /* The question: asked[0 ... n), of which [from, from + count) is out. */
    enum dlms_service service;
    struct dlms_asked *asked;
    struct dlms_given *answers;
    size_t n, from, count;
    bool has_exception;
    struct dlms_exception exception;
    const char *why;

    struct bytes raw; /* the value that goes out in blocks */
    size_t raw_at, raw_part;
    uint32_t block_out;
    struct dlms_out in; /* the value that comes in blocks */
    uint32_t block_in;
};

/* session.c: plain, protected and in general blocks when too long, to out. */
enum err session_send(struct dlms_session *s, const struct dlms_out *plain,
                      struct dlms_out *out) MUST_CHECK;
/* How long a plain APDU may be; SIZE_MAX when the meter sets no bound. */
size_t session_room(const struct dlms_session *s);
uint8_t session_next_invoke(struct dlms_session *s);
/* An exception-response or confirmed-service-error in words. */
bool session_is_refusal(uint8_t tag);
const char *session_why(const struct dlms_session *s,
                        const struct dlms_apdu *apdu);

/* session_open.c */
enum err session_aarq(struct dlms_session *s, struct dlms_out *out) MUST_CHECK;
enum err session_aare(struct dlms_session *s, const struct dlms_aare *r,
                      struct dlms_heard *heard,
                      struct dlms_out *out) MUST_CHECK;
enum err session_no_aare(struct dlms_session *s, const struct dlms_apdu *apdu,
                         struct dlms_heard *heard) MUST_CHECK;
enum err session_proof(struct dlms_session *s, const struct dlms_apdu *apdu,
                       struct dlms_heard *heard) MUST_CHECK;
enum err session_rlrq(struct dlms_session *s, struct dlms_out *out) MUST_CHECK;

/* session_ask.c: the request for the things from s->from on */
enum err session_ask_some(struct dlms_session *s,
                          struct dlms_out *out) MUST_CHECK;
enum err session_next_block(struct dlms_session *s,
                            struct dlms_out *out) MUST_CHECK;
uint8_t session_request_tag(const struct dlms_session *s);

/* session_answer.c */
enum err session_answer(struct dlms_session *s, const struct dlms_apdu *apdu,
                        struct dlms_heard *heard,
                        struct dlms_out *out) MUST_CHECK;

#endif
