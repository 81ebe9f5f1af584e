/* The life of a session; every wait in it has a deadline. */
#include "daemon/listener/session.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/listener/enroll.h"
#include "daemon/listener/entry.h"
#include "daemon/listener/fault.h"
#include "daemon/listener/ingest.h"
#include "daemon/listener/secrets.h"
#include "daemon/listener/talk.h"
#include "daemon/listener/templates.h"
#include "daemon/loop.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#define READ_MAX       TELEGRAM_MAX
#define BUFFER_FIRST   1024
#define LINGER_MS      5000
#define STOPPING_MS    1000 /* for a meter that has said nothing yet */
#define CLOCK_AHEAD_US 86400000000
#define POOL_MAX       4096

enum state {
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
    int fd;
    uint8_t state; /* enum state */
    bool eof;      /* the meter has ended its side */
    bool wants_template;
    uint32_t len, cap;
    uint8_t *buf; /* bytes not eaten yet; NULL until a telegram is cut */
    int64_t end_ms;
    struct entry *entry; /* STORING */
    struct secret_ask *ask;
    struct talk *talk;
    struct in6_addr peer;
};
_Static_assert(sizeof(struct session) < 400, "20,000 of them idle");

static struct {
    const struct settings *set;
    const struct driver *driver;
    void (*closed)(const struct in6_addr *peer);
    struct session *open; /* list of all */
    size_t open_n;
    struct session *dead;
    struct session *pool;
    size_t pool_n;
    struct arena *scratch; /* of one telegram */
    bool finishing;
    uint8_t read[READ_MAX];
} all;

static watch_fn on_socket;
static void feed(struct session *s, const uint8_t *at, size_t len,
                 const struct secret *keys);

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
    case SILENT:
        return all.finishing ? STOPPING_MS : all.set->first_byte_ms;
    case RECEIVING:
        return all.set->frame_ms;
    case ASKING:
    case STORING:
        return all.set->database_wait_ms;
    case ANSWERED:
        return all.set->idle_ms;
    case TALKING:
        return all.set->answer_ms;
    case CLOSING:
    case DEAD:
        break;
    }
    return LINGER_MS;
}

/* What a session in this state has done wrong when its time is over. */
static const char *lateness(enum state state)
{
    switch (state) {
    case SILENT:
        return "no_data";
    case RECEIVING:
        return "too_slow";
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
static void enter(struct session *s, enum state state)
{
    int64_t ms = patience_ms(state), left = s->end_ms - loop_now_ms();

    s->state = (uint8_t)state;
    if (ms > left && state != CLOSING)
        ms = left > 0 ? left : 0;
    deadline_set(&s->deadline, ms);
}

/* ---- ends ---- */

/* The socket is closed at once, the memory when nobody holds it any more. */
static void end(struct session *s)
{
    if (s->state == DEAD)
        return;
    s->state = DEAD;
    watch_stop(&s->watch);
    deadline_off(&s->deadline);
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
        all.open = s->next;
    if (s->next != NULL)
        s->next->prev = s->prev;
    all.open_n--;
    s->next = all.dead;
    all.dead = s;
    all.closed(&s->peer);
}

void sessions_sweep(void)
{
    struct session *s;

    while ((s = all.dead) != NULL) {
        all.dead = s->next;
        if (all.pool_n >= POOL_MAX) {
            free(s);
            continue;
        }
        s->next = all.pool;
        all.pool = s;
        all.pool_n++;
    }
}

static void fail(struct session *s, const char *reason, const char *detail,
                 struct bytes sample)
{
    char peer[46];

    fault_note(reason, peer_text(&s->peer, peer), detail, sample);
    end(s);
}

static struct bytes unread(const struct session *s)
{
    return (struct bytes){ s->buf, s->len };
}

/* Ends our side and waits for the meter's, so that nothing sent is lost. */
static void close_in_order(struct session *s)
{
    if (s->eof || shutdown(s->fd, SHUT_WR) != 0) {
        end(s);
        return;
    }
    enter(s, CLOSING);
    watch_start(&s->watch, s->fd, true, false, on_socket);
}

static void expired(struct deadline *d)
{
    struct session *s = CONTAINER(d, struct session, deadline);
    const char *reason = lateness(s->state);

    if (reason != NULL)
        fail(s, reason, "", unread(s));
    else if (s->state == ANSWERED)
        close_in_order(s);
    else
        end(s);
}

/* ---- sending ---- */

/* What we send fits any empty socket buffer: a short write is a dead peer. */
static bool session_send(struct session *s, struct bytes b)
{
    ssize_t n = send(s->fd, b.at, b.len, MSG_NOSIGNAL);

    if (n == (ssize_t)b.len)
        return true;
    end(s);
    return false;
}

/* ---- pushes ---- */

static void check_clock(const struct reading *r, const char *peer)
{
    char detail[160];

    if (r->at_us <= r->received_us + CLOCK_AHEAD_US)
        return;
    snprintf(detail, sizeof(detail), "%s is %lld s ahead", r->identity,
             (long long)((r->at_us - r->received_us) / 1000000));
    fault_note("wrong_clock", peer, detail, (struct bytes){ NULL, 0 });
}

static void store(struct session *s, const struct push *p, const char *peer)
{
    struct entry *e = entry_new(p);

    e->session = s;
    snprintf(e->peer, sizeof(e->peer), "%s", peer);
    if (!ingest_offer(e)) {
        entry_free(e);
        fail(s, "queue_full", p->reading.identity, (struct bytes){ NULL, 0 });
        return;
    }
    check_clock(&p->reading, peer);
    s->entry = e;
    enter(s, STORING);
}

/* False: an answer is awaited, and the telegram must be offered again. */
static bool take_push(struct session *s, struct bytes telegram,
                      const struct secret *keys)
{
    struct push p;
    char peer[46];
    struct origin from = { .peer = peer_text(&s->peer, peer),
                           .received_us = clock_now_us(),
                           .zone_minutes = (int)all.set->meter_zone_minutes,
                           .keys = keys };
    const char *fault = "bad_data";
    enum err e;

    arena_reset(all.scratch);
    e = all.driver->push(all.scratch, &from, telegram, &p, &fault);
    if (e != ERR_OK) {
        fail(s, fault, err_reason(), telegram);
        return true;
    }
    if (p.needs == PUSH_WHOLE) {
        store(s, &p, peer);
        return true;
    }
    if (p.needs == PUSH_KEY) {
        s->ask = secrets_ask(s, p.reading.identity);
    } else if (templates_refresh()) {
        s->wants_template = true;
    } else {
        fail(s, "no_template", "no template fits this push", telegram);
        return true;
    }
    enter(s, ASKING);
    return false;
}

/* ---- commands ---- */

static void talk_begin(struct session *s, int64_t id, enum command_kind kind)
{
    struct bytes out;
    enum err e = talk_command(s->talk, all.driver, id, kind, &out);

    if (e != ERR_OK) {
        log_err(e, "command");
        close_in_order(s);
        return;
    }
    if (session_send(s, out))
        enter(s, TALKING);
}

/* Once the meter has let go and the result is stored: what waits next? */
static void talk_over(struct session *s)
{
    struct talk *t = s->talk;

    if (!t->released || !t->stored)
        return;
    if (t->next_id != 0)
        talk_begin(s, t->next_id, t->next);
    else
        close_in_order(s);
}

static void take_answer(struct session *s, struct bytes telegram)
{
    struct bytes out = { NULL, 0 };
    enum err e;

    e = talk_answer(s->talk, all.driver, s, telegram, &out);
    if (e != ERR_OK) {
        fail(s, "bad_answer", err_reason(), telegram);
        return;
    }
    if (out.len > 0 && !session_send(s, out))
        return;
    enter(s, TALKING);
    talk_over(s);
}

void session_result_stored(struct session *s, int64_t next_id,
                           enum command_kind next)
{
    s->talk->result = NULL;
    s->talk->stored = true;
    s->talk->next_id = next_id;
    s->talk->next = next;
    talk_over(s);
}

/* ---- bytes ---- */

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

static bool hungry(const struct session *s)
{
    return s->state == SILENT || s->state == RECEIVING ||
           s->state == ANSWERED || s->state == TALKING || s->state == CLOSING;
}

/* Eats whole telegrams of at, and keeps the rest for later. */
static void feed(struct session *s, const uint8_t *at, size_t len,
                 const struct secret *keys)
{
    const char *fault = "not_a_protocol";
    size_t used = 0;
    ssize_t n = 0;

    while (hungry(s) && used < len) {
        struct bytes telegram;

        arena_reset(all.scratch);
        n = all.driver->telegram_len(all.scratch, at + used, len - used,
                                     &fault);
        if (n < 0) {
            fail(s, fault, err_reason(),
                 (struct bytes){ at + used, len - used });
            return;
        }
        if (n == 0)
            break;
        telegram = (struct bytes){ at + used, (size_t)n };
        if (s->state == TALKING)
            take_answer(s, telegram);
        else if (!take_push(s, telegram, keys))
            break;
        keys = NULL;
        used += (size_t)n;
    }
    if (s->state == DEAD)
        return;
    if (hungry(s) && len - used >= READ_MAX) {
        fail(s, "too_long", "no telegram ends in what came",
             (struct bytes){ at + used, len - used });
        return;
    }
    keep(s, at + used, len - used);
    if (s->len > 0 && (s->state == SILENT || s->state == ANSWERED))
        enter(s, RECEIVING);
}

/* What was left unread while a telegram was being answered. */
static void feed_rest(struct session *s, const struct secret *keys)
{
    uint8_t *rest = s->buf;
    uint32_t len = s->len;

    s->buf = NULL;
    s->len = s->cap = 0;
    feed(s, rest, len, keys);
    free(rest);
}

/* Answered, confirmed or not: the next push, more bytes, or the end. */
static void go_on(struct session *s, bool confirmed)
{
    enter(s, ANSWERED);
    if (s->len > 0)
        feed_rest(s, NULL);
    if (s->state == ANSWERED && (!confirmed || all.finishing))
        close_in_order(s);
    if (hungry(s))
        watch_start(&s->watch, s->fd, true, false, on_socket);
}

static void hung_up(struct session *s)
{
    s->eof = true;
    switch ((enum state)s->state) {
    case SILENT:
        fail(s, "no_data", "", (struct bytes){ NULL, 0 });
        break;
    case RECEIVING:
        fail(s, "truncated", "hung up inside a telegram", unread(s));
        break;
    case TALKING:
        if (s->talk->decided)
            end(s); /* its result is on the way all the same */
        else
            fail(s, "broken_off", "hung up during a command", unread(s));
        break;
    case ASKING:
    case STORING:
    case ANSWERED:
    case CLOSING:
    case DEAD:
        end(s);
        break;
    }
}

/* Bytes after those kept, or into the buffer all sessions share. */
static void receive(struct session *s)
{
    uint8_t *at = all.read;
    ssize_t n;

    if (s->len > 0)
        memcpy(at, s->buf, s->len);
    n = recv(s->fd, at + s->len, READ_MAX - s->len, 0);
    if (n > 0)
        feed(s, at, s->len + (size_t)n, NULL);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        hung_up(s);
}

static void on_socket(struct watch *w, bool readable, bool writable)
{
    struct session *s = CONTAINER(w, struct session, watch);

    (void)readable;
    (void)writable;
    if (hungry(s))
        receive(s);
    else
        watch_stop(w); /* until it is answered */
}

/* ---- answers of the database ---- */

static void confirm(struct session *s, const struct entry *e)
{
    if (e->confirmed)
        session_send(s, (struct bytes){ e->confirm, e->confirm_len });
}

static void command(struct session *s, const struct entry *e,
                    const struct pending *p)
{
    struct secret keys;
    bool open = p->sealed_hex != NULL &&
                secrets_open(e->reading.identity, p->sealed_hex, &keys);

    talk_free(s->talk);
    s->talk = talk_new(e->line, open ? &keys : NULL);
    explicit_bzero(&keys, sizeof(keys));
    talk_begin(s, p->id, p->kind);
    if (s->state == TALKING) {
        if (s->len > 0)
            feed_rest(s, NULL);
        if (hungry(s))
            watch_start(&s->watch, s->fd, true, false, on_socket);
    }
}

void session_stored(struct entry *e, const struct pending *p)
{
    struct session *s = e->session;

    if (s != NULL) {
        s->entry = NULL;
        confirm(s, e);
        if (s->state != DEAD && p->id != 0)
            command(s, e, p);
        else if (s->state != DEAD)
            go_on(s, e->confirmed);
    }
    entry_free(e);
}

void session_refused(struct entry *e, const char *why)
{
    struct session *s = e->session;

    fault_note("refused_by_database", e->peer, why, (struct bytes){ NULL, 0 });
    if (s != NULL) {
        s->entry = NULL;
        end(s);
    }
    entry_free(e);
}

void session_key_found(struct session *s, const struct secret *secret)
{
    static const struct secret nothing;

    s->ask = NULL;
    enter(s, RECEIVING);
    feed_rest(s, secret != NULL ? secret : &nothing);
    if (hungry(s))
        watch_start(&s->watch, s->fd, true, false, on_socket);
}

void sessions_templates_loaded(void)
{
    struct session *next;

    for (struct session *s = all.open; s != NULL; s = next) {
        next = s->next;
        if (!s->wants_template)
            continue;
        s->wants_template = false;
        enter(s, RECEIVING);
        feed_rest(s, NULL);
        if (hungry(s))
            watch_start(&s->watch, s->fd, true, false, on_socket);
    }
}

/* ---- all of them ---- */

void sessions_init(const struct settings *set,
                   void (*closed)(const struct in6_addr *peer))
{
    all.set = set;
    all.driver = &dlms_driver;
    all.closed = closed;
    all.scratch = arena_new();
    loop_init(expired);
}

size_t sessions_open(void)
{
    return all.open_n;
}

void session_open(int fd, const struct in6_addr *peer)
{
    struct session *s = all.pool;

    if (s != NULL) {
        all.pool = s->next;
        all.pool_n--;
    } else if ((s = malloc(sizeof(*s))) == NULL) {
        fatal("session");
    }
    memset(s, 0, sizeof(*s));
    s->fd = fd;
    s->peer = *peer;
    s->end_ms = loop_now_ms() + all.set->session_ms;
    s->next = all.open;
    if (s->next != NULL)
        s->next->prev = s;
    all.open = s;
    all.open_n++;
    enter(s, SILENT);
    receive(s); /* often its first bytes are here already */
    if (hungry(s))
        watch_start(&s->watch, s->fd, true, false, on_socket);
}

void sessions_finish(void)
{
    struct session *next;

    all.finishing = true;
    for (struct session *s = all.open; s != NULL; s = next) {
        next = s->next;
        if (s->state == ANSWERED)
            close_in_order(s);
        else if (s->state == SILENT)
            enter(s, SILENT);
    }
}
