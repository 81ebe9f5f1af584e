/*
 * The life of a connection:
 *   pushing   the telegram leaves, perhaps slowly
 *   awaiting  it has left; the confirmation (or an orderly close, when the
 *             meter does not ask for one) is awaited
 *   serving   the telegram is delivered; the far end may act as a client
 */
#include "tools/meter-sim/session.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/tls.h"
#include "lib/dlms/apdu.h"
#include "lib/dlms/frame.h"
#include "tools/meter-sim/chance.h"
#include "tools/meter-sim/push.h"
#include "tools/meter-sim/server.h"
#include "tools/meter-sim/sim.h"
#include "tools/meter-sim/telegram.h"

#define IN_MAX 1024

enum phase { PUSHING, AWAITING, SERVING };

struct session {
    ev_io io;
    ev_timer timer;
    struct sim *sim;
    struct session *next; /* of spare or sending */
    uint32_t meter;
    bool is_sending; /* is on the list */
    bool is_shaken;  /* TLS: the handshake is over */
    struct ssl_st *tls;
    uint8_t phase;
    uint8_t fault;
    bool delivered;
    uint8_t served; /* requests answered */
    struct server server;
    uint16_t in_len, out_len, out_at;
    int64_t sent_us;
    uint8_t in[IN_MAX], out[TELEGRAM_MAX];
};

static struct meter *meter_of(const struct session *s)
{
    return &s->sim->fleet.meters[s->meter];
}

static void session_end(struct session *s)
{
    struct sim *sim = s->sim;
    uint32_t meter = s->meter;
    bool delivered = s->delivered;

    ev_io_stop(sim->loop, &s->io);
    ev_timer_stop(sim->loop, &s->timer);
    if (s->is_shaken)
        tls_goodbye(s->tls);
    tls_free(s->tls);
    s->tls = NULL;
    if (s->io.fd >= 0)
        close(s->io.fd);
    s->io.fd = -1;
    if (!s->is_sending) {
        s->next = sim->spare;
        sim->spare = s;
    }
    sim->stats.in_flight--;
    sim_session_over(sim, meter, delivered);
}

/* Bytes leave at the end of the turn, after the truth file is written. */
static void session_want_send(struct session *s)
{
    if (s->is_sending)
        return;
    s->is_sending = true;
    s->next = s->sim->sending;
    s->sim->sending = s;
}

static void session_watch(struct session *s, int events)
{
    if (ev_is_active(&s->io) && s->io.events == events)
        return;
    ev_io_stop(s->sim->loop, &s->io);
    ev_io_set(&s->io, s->io.fd, events);
    ev_io_start(s->sim->loop, &s->io);
}

static void session_deadline(struct session *s, int64_t ms)
{
    s->timer.repeat = (double)ms / 1000.0;
    ev_timer_again(s->sim->loop, &s->timer);
}

/* ---- what comes in ---- */

static void session_delivered(struct session *s, bool by_answer)
{
    struct sim *sim = s->sim;
    struct meter *m = meter_of(s);

    s->delivered = true;
    s->phase = SERVING;
    if (by_answer) {
        sim->stats.confirmed++;
        stats_took(&sim->stats, clock_monotonic_us() - s->sent_us);
    } else {
        sim->stats.closed++;
    }
    truth_confirmed(&sim->truth, m, by_answer);
    m->pending = s->fault == FAULT_REPEAT ? 2 : 0;
    session_deadline(s, sim->set.linger_ms);
}

static unsigned session_act(void *ctx, struct meter *m, bool is_open)
{
    struct session *s = ctx;

    (void)m;
    return sim_act(s->sim, s->meter, is_open);
}

static void session_written(void *ctx, struct meter *m,
                            const struct dlms_target *target, unsigned result,
                            struct bytes value)
{
    struct session *s = ctx;

    truth_write(&s->sim->truth, m, clock_now_us(), target, result, value);
    s->sim->stats.commands++;
}

/* False: the session must end. */
static bool session_serve(struct session *s, const struct dlms_frame *f)
{
    const struct server_hands hands = { s, session_act, session_written };
    struct dlms_out apdu, out;
    struct sim *sim = s->sim;
    bool drops = s->fault == FAULT_DROP_LATE &&
                 chance_below(&sim->chance, 3) < ++s->served;

    if (drops && chance_below(&sim->chance, 2) == 0)
        return false;
    dlms_out_init(&apdu, sim->arena);
    dlms_out_init(&out, sim->arena);
    if (server_answer(&s->server, meter_of(s), clock_now_us(), sim->arena,
                      f->info, &hands, &apdu) != ERR_OK ||
        dlms_wrapper_put(&out, f->destination.lower, f->source.lower,
                         dlms_out_bytes(&apdu)) != ERR_OK) {
        log_debug("no answer serial=%s: %s", meter_of(s)->serial, err_reason());
        return false;
    }
    if (drops || out.len + s->out_len > TELEGRAM_MAX)
        return false;
    memcpy(s->out + s->out_len, out.at, out.len);
    s->out_len = (uint16_t)(s->out_len + out.len);
    session_deadline(s, sim->set.linger_ms);
    session_want_send(s);
    return true;
}

/* A confirmation counts when it answers this telegram. */
static bool session_confirmed(struct session *s, const struct dlms_frame *f)
{
    struct dlms_apdu apdu;
    struct meter *m = meter_of(s);

    if (dlms_apdu_read(s->sim->arena, f->info, &apdu) != ERR_OK ||
        apdu.confirm.invoke != push_invoke(m)) {
        s->sim->stats.mismatched++;
        return false;
    }
    if (s->phase == AWAITING)
        session_delivered(s, true);
    return !s->sim->set.hang_up;
}

/* A server that acts before it confirmed breaks docs/protocol.md: an
 * unconfirmed push is taken as stored then, a confirmed one is not. */
static bool session_frame(struct session *s, struct bytes frame)
{
    struct dlms_frame f;

    if (dlms_frame_read(frame, &f) != ERR_OK || f.info.len == 0 ||
        f.framing != DLMS_FRAMING_WRAPPER || s->phase == PUSHING)
        return false;
    if (f.info.at[0] == DLMS_DATA_NOTIFICATION_CONFIRM)
        return session_confirmed(s, &f);
    if (s->phase == AWAITING) {
        if (model_at(meter_of(s)->model)->confirmed) {
            s->sim->stats.mismatched++;
            return false;
        }
        session_delivered(s, false);
    }
    return session_serve(s, &f);
}

static bool session_frames(struct session *s)
{
    size_t at = 0;
    ssize_t len;
    bool goes_on = true;

    while (goes_on && (len = dlms_frame_len(s->in + at, s->in_len - at)) != 0) {
        if (len < 0)
            return false;
        goes_on = session_frame(
            s, (struct bytes){ .at = s->in + at, .len = (size_t)len });
        at += (size_t)len;
    }
    memmove(s->in, s->in + at, s->in_len - at);
    s->in_len = (uint16_t)(s->in_len - at);
    arena_reset(s->sim->arena);
    return goes_on && s->in_len < IN_MAX;
}

/* True while the connection lives. */
static bool session_read_some(struct session *s)
{
    size_t room = (size_t)IN_MAX - s->in_len;
    ssize_t n = s->tls != NULL ? tls_recv(s->tls, s->in + s->in_len, room)
                               : recv(s->io.fd, s->in + s->in_len, room, 0);

    if (n < 0)
        return errno == EAGAIN || errno == EINTR;
    if (n == 0) {
        if (s->phase == AWAITING && !model_at(meter_of(s)->model)->confirmed)
            session_delivered(s, false);
        return false;
    }
    s->in_len = (uint16_t)(s->in_len + n);
    return session_frames(s);
}

/* What TLS has opened already the loop does not know of. */
static bool session_read(struct session *s)
{
    bool lives = session_read_some(s);

    while (lives && s->tls != NULL && tls_pending(s->tls))
        lives = session_read_some(s);
    return lives;
}

static void on_io(struct ev_loop *loop, ev_io *io, int events)
{
    struct session *s = io->data;

    (void)loop;
    if (s->tls != NULL && !s->is_shaken) {
        session_want_send(s);
        return;
    }
    if ((events & EV_READ) != 0 && !session_read(s)) {
        session_end(s);
        return;
    }
    if ((events & EV_WRITE) != 0)
        session_want_send(s);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct session *s = timer->data;

    (void)loop;
    (void)events;
    if (s->phase == PUSHING && s->fault == FAULT_SLOW && s->out_at < s->out_len)
        session_want_send(s);
    else
        session_end(s);
}

/* ---- what goes out ---- */

/* All bytes of the telegram have left. False: hang up. */
static bool session_pushed(struct session *s)
{
    s->phase = AWAITING;
    s->sent_us = clock_monotonic_us();
    s->out_len = s->out_at = 0;
    if (s->fault == FAULT_DROP_EARLY || s->fault == FAULT_DROP_UNHEARD ||
        s->fault == FAULT_GARBAGE)
        return false;
    if (s->fault == FAULT_SLOW)
        session_deadline(s, s->sim->set.confirm_ms);
    session_watch(s, EV_READ);
    return true;
}

static size_t session_portion(struct session *s)
{
    size_t left = (size_t)(s->out_len - s->out_at);
    size_t some = 1 + (size_t)chance_below(&s->sim->chance, 24);

    if (s->phase != PUSHING || s->fault != FAULT_SLOW)
        return left;
    return some < left ? some : left;
}

static ssize_t session_put(struct session *s, const uint8_t *at, size_t len)
{
    if (s->tls != NULL)
        return tls_send(s->tls, (struct bytes){ at, len });
    return send(s->io.fd, at, len, MSG_NOSIGNAL);
}

/* Goes on with the handshake. False: hang up. */
static bool session_shake(struct session *s)
{
    switch (tls_shake(s->tls)) {
    case TLS_SHAKEN:
        s->is_shaken = true;
        break;
    case TLS_WANTS_READ:
        session_watch(s, EV_READ);
        break;
    case TLS_WANTS_WRITE:
        session_watch(s, EV_WRITE);
        break;
    case TLS_BROKEN:
        log_debug("TLS: %s", tls_reason());
        s->sim->stats.refused++;
        return false;
    }
    return true;
}

/* False: hang up. */
static bool session_send(struct session *s)
{
    size_t portion = session_portion(s);
    ssize_t n;

    if (s->tls != NULL && !s->is_shaken) {
        if (!session_shake(s))
            return false;
        if (!s->is_shaken)
            return true;
    }
    n = session_put(s, s->out + s->out_at, portion);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        session_watch(s, EV_READ | EV_WRITE);
        return true;
    }
    if (n < 0) {
        s->sim->stats.refused += errno == ECONNREFUSED;
        return false;
    }
    s->out_at = (uint16_t)(s->out_at + n);
    if (s->out_at == s->out_len && s->phase == PUSHING)
        return session_pushed(s);
    if (s->out_at == s->out_len) {
        s->out_len = s->out_at = 0;
        session_watch(s, EV_READ);
    } else if (s->fault == FAULT_SLOW && s->phase == PUSHING) {
        session_watch(s, EV_READ);
        session_deadline(s, 30 + (int64_t)chance_below(&s->sim->chance, 90));
    } else {
        session_watch(s, EV_READ | EV_WRITE);
    }
    return true;
}

void sessions_send(struct sim *sim)
{
    struct session *s;

    while ((s = sim->sending) != NULL) {
        sim->sending = s->next;
        s->is_sending = false;
        if (s->io.fd < 0) { /* it ended while it was on the list */
            s->next = sim->spare;
            sim->spare = s;
        } else if (!session_send(s)) {
            session_end(s);
        }
    }
}

/* ---- how a session starts ---- */

static struct session *session_new(struct sim *sim)
{
    struct session *s = sim->spare;

    if (s != NULL)
        sim->spare = s->next;
    else
        s = sim_alloc(sizeof *s);
    memset(s, 0, offsetof(struct session, in));
    s->sim = sim;
    ev_init(&s->io, on_io);
    ev_init(&s->timer, on_timer);
    s->io.data = s->timer.data = s;
    s->io.fd = -1;
    return s;
}

void session_begin(struct sim *sim, uint32_t meter)
{
    struct session *s = session_new(sim);

    s->meter = meter;
    s->fault = (uint8_t)telegram_fault(sim, meter);
    sim->stats.started++;
    sim->stats.in_flight++;
    sim->stats.faults += s->fault != FAULT_NONE;
    telegram_make(sim, meter_of(s), (enum fault)s->fault);
    s->io.fd = sim_connect(sim);
    if (s->io.fd < 0) {
        sim->stats.refused++;
        session_end(s);
        return;
    }
    if (sim->tls != NULL && (s->tls = tls_new(sim->tls, s->io.fd)) == NULL)
        fatal("TLS");
    s->out_len = telegram_put(sim, meter, (enum fault)s->fault, s->out);
    session_deadline(s, sim->set.confirm_ms);
    session_want_send(s);
}

void sessions_free(struct sim *sim)
{
    struct session *s;

    while ((s = sim->spare) != NULL) {
        sim->spare = s->next;
        free(s);
    }
}
