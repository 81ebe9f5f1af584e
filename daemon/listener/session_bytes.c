/* Bytes of a session: cut into telegrams, or kept until the rest comes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/listener/fault.h"
#include "daemon/listener/session_inner.h"
#include "lib/base/log.h"
#include "lib/base/tls.h"

#define READ_MAX     TELEGRAM_MAX
#define BUFFER_FIRST 1024

/* All sessions read here first: most telegrams come whole. */
static uint8_t shared[READ_MAX];

static void keep(struct session *s, const uint8_t *at, size_t len)
{
    if (len > s->cap) {
        uint32_t cap = s->cap == 0 ? BUFFER_FIRST : s->cap;
        uint8_t *more;

        while (cap < len)
            cap *= 2;
        more = malloc(cap);
        if (more == NULL)
            fatal("session buffer of %u bytes", cap);
        memcpy(more, at, len);
        free(s->buf);
        s->buf = more;
        s->cap = cap;
    } else if (len > 0) {
        memmove(s->buf, at, len);
    }
    s->len = (uint32_t)len;
    if (len == 0 && s->cap > 0) {
        free(s->buf);
        s->buf = NULL;
        s->cap = 0;
    }
}

bool session_hungry(const struct session *s)
{
    return s->state == SILENT || s->state == RECEIVING ||
           s->state == ANSWERED || s->state == TALKING || s->state == CLOSING;
}

/* Of a session whose protocol is not known: 0 read more, -1 it failed. */
static int recognise(struct session *s, struct bytes b)
{
    bool perhaps;

    s->driver = driver_find(b.at, b.len, &perhaps);
    if (s->driver != NULL)
        return 1;
    if (perhaps)
        return 0;
    session_fail(s, "not_a_protocol", "no protocol begins so", b);
    return -1;
}

/* Eats whole telegrams of at, and keeps the rest for later. */
static void feed(struct session *s, const uint8_t *at, size_t len,
                 const struct secret *keys)
{
    const char *fault = "not_a_protocol";
    size_t used = 0;
    ssize_t n = 0;

    if (s->driver == NULL && len > 0 &&
        recognise(s, (struct bytes){ at, len }) < 0)
        return;
    while (s->driver != NULL && session_hungry(s) && used < len) {
        struct bytes telegram;

        arena_reset(sessions.scratch);
        n = s->driver->telegram_len(sessions.scratch, at + used, len - used,
                                    &fault);
        if (n < 0) {
            session_fail(s, fault, err_reason(),
                         (struct bytes){ at + used, len - used });
            return;
        }
        if (n == 0)
            break;
        telegram = (struct bytes){ at + used, (size_t)n };
        exchange_known(s);
        if (s->state == TALKING)
            session_take_answer(s, telegram);
        else if (!session_take_push(s, telegram, keys))
            break;
        keys = NULL;
        used += (size_t)n;
    }
    if (s->state == DEAD)
        return;
    if (session_hungry(s) && len - used >= READ_MAX) {
        session_fail(s, "too_long", "no telegram ends in what came",
                     (struct bytes){ at + used, len - used });
        return;
    }
    keep(s, at + used, len - used);
    if (s->len > 0 && (s->state == SILENT || s->state == ANSWERED))
        session_enter(s, RECEIVING);
}

/* What was left unread while a telegram was being answered. */
void session_feed_rest(struct session *s, const struct secret *keys)
{
    uint8_t *rest = s->buf;
    uint32_t len = s->len;

    s->buf = NULL;
    s->len = s->cap = 0;
    feed(s, rest, len, keys);
    free(rest);
}

static void hung_up(struct session *s)
{
    s->eof = true;
    switch ((enum state)s->state) {
    case SILENT:
        session_fail(s, "no_data", "", (struct bytes){ NULL, 0 });
        break;
    case SHAKING:
        session_fail(s, "tls_failed", "hung up", (struct bytes){ NULL, 0 });
        break;
    case RECEIVING:
        session_fail(s, s->driver != NULL ? "truncated" : "not_a_protocol",
                     "hung up inside a telegram", session_unread(s));
        break;
    case TALKING:
        if (s->talk->decided)
            session_end(s); /* its result is on the way all the same */
        else
            session_fail(s, "broken_off", "hung up during a command",
                         session_unread(s));
        break;
    case ASKING:
    case STORING:
    case ANSWERED:
    case CLOSING:
    case DEAD:
        session_end(s);
        break;
    }
}

static void receive(struct session *s)
{
    uint8_t *at = shared;
    size_t room = READ_MAX - s->len;
    ssize_t n;

    if (s->len > 0)
        memcpy(at, s->buf, s->len);
    n = s->tls != NULL ? tls_recv(s->tls, at + s->len, room)
                       : recv(s->fd, at + s->len, room, 0);
    if (n > 0) {
        exchange_piece(s, (struct bytes){ at + s->len, (size_t)n }, false);
        feed(s, at, s->len + (size_t)n, NULL);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        hung_up(s);
}

/* Bytes after those kept, or into the buffer all sessions share. What TLS has
 * opened already no socket will tell of. */
void session_receive(struct session *s)
{
    do
        receive(s);
    while (session_hungry(s) && s->tls != NULL && tls_pending(s->tls));
}

static watch_fn on_socket;

void session_shake(struct session *s)
{
    char peer[46];

    switch (tls_shake(s->tls)) {
    case TLS_SHAKEN:
        session_enter(s, SILENT);
        session_receive(s);
        session_resume(s);
        break;
    case TLS_WANTS_READ:
        watch_start(&s->watch, s->fd, true, false, on_socket);
        break;
    case TLS_WANTS_WRITE:
        watch_start(&s->watch, s->fd, false, true, on_socket);
        break;
    case TLS_BROKEN:
        fault_note("tls_failed", peer_text(&s->peer, peer), tls_reason(),
                   (struct bytes){ NULL, 0 });
        session_end(s);
        break;
    }
}

static void on_socket(struct watch *w, bool readable, bool writable)
{
    struct session *s = CONTAINER(w, struct session, watch);

    (void)readable;
    (void)writable;
    if (s->state == SHAKING)
        session_shake(s);
    else if (session_hungry(s))
        session_receive(s);
    else
        watch_stop(w); /* until it is answered */
}

void session_resume(struct session *s)
{
    if (!session_hungry(s))
        return;
    watch_start(&s->watch, s->fd, true, false, on_socket);
    if (s->tls != NULL && tls_pending(s->tls))
        session_receive(s);
}
