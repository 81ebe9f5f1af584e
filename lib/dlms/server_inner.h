/* What the files of the server share. For lib/dlms only. */
#ifndef LAZUR_LIB_DLMS_SERVER_INNER_H
#define LAZUR_LIB_DLMS_SERVER_INNER_H

#include "lib/dlms/gbt.h"
#include "lib/dlms/server.h"

enum server_phase {
    SERVER_IDLE,
    SERVER_PROVING, /* HLS: the client's proof is awaited */
    SERVER_ASSOCIATED,
    SERVER_RELEASED,
};

/* A value in blocks, either way: its service and how far it is. */
struct server_long {
    uint8_t tag; /* of the request; 0: none */
    bool list;
    struct dlms_asked *asked;
    size_t n;
    uint32_t number; /* of the last block */
    struct dlms_out in;
    struct bytes out;
    size_t at;
};

struct dlms_server {
    struct arena *life; /* this struct too */
    struct arena *work; /* of the request and its answer */
    struct dlms_server_settings how;
    struct dlms_security security;
    enum server_phase phase;
    struct dlms_initiate agreed; /* the client's PDU, common conformance */
    struct bytes their_challenge;
    struct gbt gbt;
    struct server_long receiving, sending;
};

/* server.c */
size_t server_room(const struct dlms_server *s);

/* server_open.c */
enum err server_aarq(struct dlms_server *s, const struct dlms_aarq *q,
                     struct dlms_apdu *answer) MUST_CHECK;
enum err server_proof(struct dlms_server *s, const struct dlms_request *q,
                      struct dlms_apdu *answer) MUST_CHECK;

/* server_service.c: *answer is the response, ready to be put */
enum err server_request(struct dlms_server *s, uint8_t tag,
                        const struct dlms_request *q,
                        struct dlms_apdu *answer) MUST_CHECK;

/* server_blocks.c: an answer, in blocks if it is too long for one PDU */
enum err server_answer(struct dlms_server *s, struct dlms_apdu *answer,
                       bool list) MUST_CHECK;
enum err server_next(struct dlms_server *s, uint8_t tag,
                     const struct dlms_request *q,
                     struct dlms_apdu *answer) MUST_CHECK;
/* A block of a request; *whole is q with its values when it was the last. */
enum err server_take_block(struct dlms_server *s, uint8_t tag,
                           const struct dlms_request *q, bool *is_whole,
                           struct dlms_apdu *answer) MUST_CHECK;

#endif
