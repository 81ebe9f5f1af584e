/* What the files of a session share. */
#ifndef LAZUR_TOOLS_METER_SIM_SESSION_INNER_H
#define LAZUR_TOOLS_METER_SIM_SESSION_INNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/meter-sim/server.h"
#include "tools/meter-sim/sim.h"
#include "tools/meter-sim/telegram.h"

#define SESSION_IN_MAX 1280 /* a PDU of the server's in its frame */
#define NEVER_CUT      UINT32_MAX

/* clang-format off */
enum phase {
    PUSHING,  /* the telegram leaves, perhaps slowly */
    AWAITING, /* it has left; the confirmation (or an orderly close, when the
                 meter does not ask for one) is awaited */
    SERVING,  /* it is delivered; the far end may act as a client */
};
/* clang-format on */

struct session {
    ev_io io;
    ev_timer timer;
    struct sim *sim;
    struct session *next; /* of spare or sending */
    uint32_t meter;
    bool is_sending; /* is on the list */
    bool is_shaken;  /* TLS: the handshake is over */
    bool is_resting; /* a slow reader between two looks */
    struct ssl_st *tls;
    uint8_t phase;
    uint8_t fault;
    bool delivered;
    uint8_t served; /* requests answered */
    struct server *server;
    uint32_t left; /* bytes until the line is cut, or NEVER_CUT */
    uint16_t in_len, out_len, out_at;
    int64_t sent_us;
    uint8_t in[SESSION_IN_MAX], out[TELEGRAM_MAX];
};

static inline struct meter *session_meter(const struct session *s)
{
    return &s->sim->fleet.meters[s->meter];
}

/* session.c */
void session_end(struct session *s);
/* Bytes leave at the end of the turn, after the truth file is written. */
void session_want_send(struct session *s);
void session_watch(struct session *s, int events); /* 0: nothing */
void session_deadline(struct session *s, int64_t ms);

/* session_io.c: false, the session must end */
bool session_read(struct session *s) MUST_CHECK;
bool session_send(struct session *s) MUST_CHECK;

/* session_talk.c */
/* The whole frames of in are heard; false: the session must end. */
bool session_frames(struct session *s) MUST_CHECK;
/* The telegram is as good as stored. */
void session_delivered(struct session *s, bool by_answer);

#endif
