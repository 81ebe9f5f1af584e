/* The life of a session: every state has a deadline, every end a reason. */
#include "daemon/listener/session_inner.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/counters.h"
#include "daemon/listener/admission.h"
#include "daemon/listener/fault.h"
#include "lib/base/log.h"
#include "lib/base/tls.h"

#define LINGER_MS   5000
#define STOPPING_MS 1000 /* for a meter that has said nothing yet */
#define POOL_MAX    4096
#define QUIET_MS    3000 /* before its place is given to another */

struct sessions sessions;

const char *peer_text(const struct in6_addr *peer, char out[46])
{
    if (IN6_IS_ADDR_V4MAPPED(peer))
        inet_ntop(AF_INET, &peer->s6_addr[12], out, 46);
    else
        inet_ntop(AF_INET6, peer, out, 46);
    return out;
}

/* ---- deadlines ---- */

static int64_t patience_ms(enum state state)
{
    switch (state) {
    case SHAKING:
        return sessions.set->tls_handshake_ms;
    case SILENT:
        return sessions.finishing ? STOPPING_MS : sessions.set->first_byte_ms;
    case RECEIVING:
        return sessions.set->frame_ms;
    case ASKING:
    case STORING:
        return sessions.set->database_wait_ms;
    case ANSWERED:
        return sessions.set->idle_ms;
    case TALKING:
        return sessions.set->answer_ms;
    case CLOSING:
    case DEAD:
        break;
    }
    return LINGER_MS;
}

/* What a session in this state has done wrong when its time is over. */
static const char *lateness(const struct session *s)
{
    switch ((enum state)s->state) {
    case SHAKING:
        return "tls_failed";
    case SILENT:
        return "no_data";
    case RECEIVING:
        return s->driver != NULL ? "too_slow" : "not_a_protocol";
    case ASKING:
    case STORING:
        return "database_away";
    case TALKING:
        return "no_answer";
    case ANSWERED:
    case CLOSING:
    case DEAD:
        break;
    }
    return NULL;
}

/* Enters a state; its deadline never goes past that of the session. */
void session_enter(struct session *s, enum state state)
{
    int64_t ms = patience_ms(state), left = s->end_ms - loop_now_ms();

    s->state = (uint8_t)state;
    if (ms > left && state != CLOSING)
        ms = left > 0 ? left : 0;
    deadline_set(&s->deadline, ms);
}

/* ---- those who have not said what they want, the oldest first ---- */

static void quiet_enter(struct session *s)
{
    s->admitted = admission_enter();
    s->quiet_before = sessions.quiet_last;
    if (s->quiet_before != NULL)
        s->quiet_before->quiet_after = s;
    else
        sessions.quiet_first = s;
    sessions.quiet_last = s;
}

static void quiet_leave(struct session *s)
{
    if (s->quiet_before != NULL)
        s->quiet_before->quiet_after = s->quiet_after;
    else
        sessions.quiet_first = s->quiet_after;
    if (s->quiet_after != NULL)
        s->quiet_after->quiet_before = s->quiet_before;
    else
        sessions.quiet_last = s->quiet_before;
    s->quiet_before = s->quiet_after = NULL;
    s->admitted = 0;
}

static int64_t age_ms(const struct session *s)
{
    return sessions.set->session_ms - (s->end_ms - loop_now_ms());
}

/* Somebody who may speak gets the place of who has not for so long; not of who
 * waits for us. */
bool sessions_make_place(void)
{
    struct session *s = sessions.quiet_first;

    while (s != NULL && s->state == ASKING)
        s = s->quiet_after;
    if (s == NULL || age_ms(s) < QUIET_MS)
        return false;
    session_fail(s, lateness(s), "gave its place to the next",
                 session_unread(s));
    return true;
}

/* ---- ends ---- */

void session_spoke(struct session *s)
{
    if (s->admitted == 0)
        return;
    admission_spoke(s->admitted);
    quiet_leave(s);
}

/* The socket is closed at once, the memory when nobody holds it any more. */
void session_end(struct session *s)
{
    if (s->state == DEAD)
        return;
    s->state = DEAD;
    exchange_over(s);
    if (s->admitted != 0) {
        admission_gone(s->admitted);
        quiet_leave(s);
    }
    watch_stop(&s->watch);
    deadline_off(&s->deadline);
    tls_free(s->tls);
    s->tls = NULL;
    close(s->fd);
    if (s->entry != NULL)
        s->entry->session = NULL;
    if (s->ask != NULL)
        secrets_forget(s->ask);
    talk_free(s->talk);
    free(s->buf);
    if (s->prev != NULL)
        s->prev->next = s->next;
    else
        sessions.open = s->next;
    if (s->next != NULL)
        s->next->prev = s->prev;
    sessions.open_n--;
    s->next = sessions.dead;
    sessions.dead = s;
    sessions.closed(&s->peer);
}

void sessions_sweep(void)
{
    struct session *s;

    while ((s = sessions.dead) != NULL) {
        sessions.dead = s->next;
        if (sessions.pool_n >= POOL_MAX) {
            free(s);
            continue;
        }
        s->next = sessions.pool;
        sessions.pool = s;
        sessions.pool_n++;
    }
}

void session_fail(struct session *s, const char *reason, const char *detail,
                  struct bytes sample)
{
    char peer[46];

    fault_note(reason, peer_text(&s->peer, peer), detail, sample);
    exchange_failed(s, reason);
    session_end(s);
}

/* Ends our side and waits for the meter's, so that nothing sent is lost. */
void session_close(struct session *s)
{
    if (s->tls != NULL)
        tls_goodbye(s->tls);
    if (s->eof || shutdown(s->fd, SHUT_WR) != 0) {
        session_end(s);
        return;
    }
    session_enter(s, CLOSING);
    session_resume(s);
}

static void expired(struct deadline *d)
{
    struct session *s = CONTAINER(d, struct session, deadline);
    const char *reason = lateness(s);

    /* Decided, and only the database is slow: the result is kept anyway. */
    if (s->state == TALKING && s->talk->decided)
        reason = NULL;
    if (s->state == ASKING || s->state == STORING)
        counters_turned_away();
    if (reason != NULL)
        session_fail(s, reason, s->state == SHAKING ? "too slow" : "",
                     session_unread(s));
    else if (s->state == ANSWERED)
        session_close(s);
    else
        session_end(s);
}

/* ---- sending ---- */

/* What we send fits any empty socket buffer: a short write is a dead peer. */
bool session_say(struct session *s, struct bytes b)
{
    ssize_t n = s->tls != NULL ? tls_send(s->tls, b)
                               : send(s->fd, b.at, b.len, MSG_NOSIGNAL);

    if (n == (ssize_t)b.len) {
        exchange_piece(s, b, true);
        return true;
    }
    session_end(s);
    return false;
}

/* ---- all of them ---- */

void sessions_init(const struct settings *set,
                   void (*closed)(const struct in6_addr *peer))
{
    sessions.set = set;
    sessions.closed = closed;
    sessions.scratch = arena_new();
    loop_init(expired);
}

size_t sessions_open(void)
{
    return sessions.open_n;
}

void session_open(int fd, const struct in6_addr *peer, struct ssl_ctx_st *tls)
{
    struct session *s = sessions.pool;

    if (s != NULL) {
        sessions.pool = s->next;
        sessions.pool_n--;
    } else if ((s = malloc(sizeof(*s))) == NULL) {
        fatal("session");
    }
    memset(s, 0, sizeof(*s));
    s->fd = fd;
    s->peer = *peer;
    s->end_ms = loop_now_ms() + sessions.set->session_ms;
    quiet_enter(s);
    s->next = sessions.open;
    if (s->next != NULL)
        s->next->prev = s;
    sessions.open = s;
    sessions.open_n++;
    if (tls != NULL) {
        if ((s->tls = tls_new(tls, fd)) == NULL)
            fatal("TLS");
        session_enter(s, SHAKING);
        session_shake(s);
        return;
    }
    session_enter(s, SILENT);
    session_receive(s); /* often its first bytes are here already */
    session_resume(s);
}

void sessions_finish(void)
{
    struct session *next;

    sessions.finishing = true;
    for (struct session *s = sessions.open; s != NULL; s = next) {
        next = s->next;
        if (s->state == ANSWERED)
            session_close(s);
        else if (s->state == SILENT)
            session_enter(s, SILENT);
    }
}
