/* What the files of a session share. */
#ifndef LAZUR_DAEMON_LISTENER_SESSION_INNER_H
#define LAZUR_DAEMON_LISTENER_SESSION_INNER_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/listener/entry.h"
#include "daemon/listener/exchange.h"
#include "daemon/listener/secrets.h"
#include "daemon/listener/session.h"
#include "daemon/listener/talk.h"
#include "daemon/loop.h"

enum state {
    SHAKING,   /* TLS: nothing of the meter is readable yet */
    SILENT,    /* connected, no byte yet */
    RECEIVING, /* part of a telegram is here */
    ASKING,    /* a key or a template is being looked up */
    STORING,   /* its reading waits for the commit */
    ANSWERED,  /* stored and confirmed: another push, or the end */
    TALKING,   /* a command is on */
    CLOSING,   /* we have ended our side */
    DEAD,      /* freed at the end of this turn */
};

struct session {
    struct watch watch;
    struct deadline deadline;
    struct session *prev, *next; /* all that are open, or the pool */
    struct session *quiet_before, *quiet_after; /* while admitted */
    int fd;
    uint8_t state; /* enum state */
    bool eof;      /* the meter has ended its side */
    bool wants_template;
    bool gentle;       /* close(2) does not reset the connection */
    uint32_t admitted; /* until it has said what it wants; see admission.h */
    uint32_t len, cap;
    uint8_t *buf; /* bytes not eaten yet; NULL until a telegram is cut */
    int64_t end_ms;
    struct entry *entry; /* STORING */
    struct secret_ask *ask;
    struct talk *talk;
    struct exchange *log; /* its bytes; NULL: none yet, or nobody keeps them */
    const struct driver *driver; /* NULL: not recognised yet */
    struct ssl_st *tls;          /* NULL: plain */
    struct in6_addr peer;
};
_Static_assert(sizeof(struct session) < 400, "20,000 of them idle");

/* Of all sessions together. */
struct sessions {
    const struct settings *set;
    void (*closed)(const struct in6_addr *peer);
    struct session *open; /* list of all */
    size_t open_n;
    struct session *quiet_first, *quiet_last; /* the oldest, the newest */
    struct session *dead;
    struct session *pool;
    size_t pool_n;
    struct arena *scratch; /* of one telegram */
    bool finishing;
};
extern struct sessions sessions;

/* What came and is not eaten yet. */
static inline struct bytes session_unread(const struct session *s)
{
    return (struct bytes){ s->buf, s->len };
}

/* Enters a state; its deadline never goes past that of the session. */
void session_enter(struct session *s, enum state state);

/* The socket is closed at once, the memory at the end of this turn. */
void session_end(struct session *s);

/* Ends it, and tells an administrator why. */
void session_fail(struct session *s, const char *reason, const char *detail,
                  struct bytes sample);

/* It has said what it wants, or will not. */
void session_spoke(struct session *s);

/* Ends our side and waits for the meter's, so that nothing sent is lost. */
void session_close(struct session *s);

/* False: the meter is gone, and so is the session. */
bool session_say(struct session *s, struct bytes b);

/* Whether bytes may be eaten now, or must wait for an answer. */
bool session_hungry(const struct session *s);

/* Reads on if it is hungry. */
void session_resume(struct session *s);

/* Often its first bytes are here already. */
void session_receive(struct session *s);

/* Goes on with the handshake of TLS. */
void session_shake(struct session *s);

/* What was left unread while a telegram was being answered. */
void session_feed_rest(struct session *s, const struct secret *keys);

/* False: an answer is awaited, and the telegram must be offered again. */
bool session_take_push(struct session *s, struct bytes telegram,
                       const struct secret *keys);
void session_take_answer(struct session *s, struct bytes telegram);

#endif
