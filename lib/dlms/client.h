/*
 * The client's side of an association as a state machine without a socket:
 * AARQ, then a list of steps (GET, SET, ACTION), then RLRQ. Each call takes
 * an APDU that came and writes the APDU to send; framing is the caller's.
 *
 *   start -> AARQ ... AARE -> step 0 ... response -> step n ... -> RLRQ ...
 *   RLRE -> done
 *
 * No authentication and low level security; nothing ciphered.
 */
#ifndef LAZUR_LIB_DLMS_CLIENT_H
#define LAZUR_LIB_DLMS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/apdu.h"
#include "lib/dlms/value.h"

#define DLMS_CLIENT_PUBLIC 16 /* no authentication */
#define DLMS_CLIENT_READER 32 /* low level security */

enum dlms_service {
    DLMS_SERVICE_GET,
    DLMS_SERVICE_SET,
    DLMS_SERVICE_ACTION,
};

struct dlms_step {
    enum dlms_service service;
    struct dlms_target target;
    const struct dlms_value *value; /* SET's value, ACTION's parameter, NULL */
    uint8_t selector;               /* GET of a part: selective access */
    const struct dlms_value *selection; /* NULL: of the whole */
};

enum dlms_phase {
    DLMS_IDLE,
    DLMS_ASSOCIATING, /* AARQ is out */
    DLMS_WORKING,     /* a step is out */
    DLMS_HOLDING,     /* associated, nothing is out: dlms_client_more */
    DLMS_RELEASING,   /* RLRQ is out */
    DLMS_DONE,
};

struct dlms_client {
    enum dlms_phase phase;
    const struct dlms_step *steps; /* the caller's, for the client's life */
    size_t n;
    size_t at;      /* the step that is out */
    uint8_t invoke; /* of the step that is out */
    uint16_t server_max_pdu;
    bool holds; /* the caller's: no RLRQ behind the last step */
};

/* What an APDU that came has brought. */
enum dlms_event {
    DLMS_EVENT_ASSOCIATED, /* accepted; the first step is written to out */
    DLMS_EVENT_REFUSED,    /* rejected; reply.diagnostic; phase is DONE */
    DLMS_EVENT_ANSWERED,   /* reply is step reply.step's; out has the next */
    DLMS_EVENT_RELEASED,   /* phase is DONE */
    DLMS_EVENT_PUSH,       /* a DataNotification came between: not ours */
};

struct dlms_reply {
    enum dlms_event event;
    size_t step;
    uint8_t result; /* enum dlms_result; DLMS_OTHER_REASON on an exception */
    bool has_value;
    struct dlms_value value;
    uint8_t diagnostic; /* enum dlms_diagnostic */
};

/*
 * dlms_client_start - write the AARQ.
 * password  low level security; empty is no authentication
 */
enum err dlms_client_start(struct dlms_client *c, const struct dlms_step *steps,
                           size_t n, struct bytes password,
                           struct dlms_out *out) MUST_CHECK;

/*
 * dlms_client_eat - an APDU in, an event and perhaps an APDU out.
 *
 * A step that fails (result not success) does not stop the next ones; call
 * dlms_client_release to leave early. out stays empty when there is nothing
 * to send.
 * ERR_PROTOCOL when the APDU is broken, of another kind than awaited, or
 * answers another invoke-id: close the connection.
 */
enum err dlms_client_eat(struct dlms_client *c, struct arena *a,
                         struct bytes apdu, struct dlms_reply *reply,
                         struct dlms_out *out) MUST_CHECK;

/*
 * dlms_client_more - further steps on the same association, the first of them
 * written to out; for a client that holds, after the answer to its last step.
 * Replies count them from 0 again.
 */
enum err dlms_client_more(struct dlms_client *c, const struct dlms_step *steps,
                          size_t n, struct dlms_out *out) MUST_CHECK;

/* Write the RLRQ now instead of the next step. */
enum err dlms_client_release(struct dlms_client *c,
                             struct dlms_out *out) MUST_CHECK;

#endif
