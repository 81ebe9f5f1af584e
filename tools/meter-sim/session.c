/* The life of a connection; what passes over it is in session_io and _talk. */
#include "tools/meter-sim/session.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/log.h"
#include "lib/base/tls.h"
#include "tools/meter-sim/player.h"
#include "tools/meter-sim/session_inner.h"

void session_end(struct session *s)
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
    server_free(s->server);
    s->server = NULL;
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

void session_want_send(struct session *s)
{
    if (s->is_sending)
        return;
    s->is_sending = true;
    s->next = s->sim->sending;
    s->sim->sending = s;
}

void session_watch(struct session *s, int events)
{
    if (ev_is_active(&s->io) && s->io.events == events)
        return;
    ev_io_stop(s->sim->loop, &s->io);
    if (events == 0)
        return;
    ev_io_set(&s->io, s->io.fd, events);
    ev_io_start(s->sim->loop, &s->io);
}

void session_deadline(struct session *s, int64_t ms)
{
    s->timer.repeat = (double)ms / 1000.0;
    ev_timer_again(s->sim->loop, &s->timer);
}

/* ---- what happens ---- */

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
    if (s->is_resting) {
        s->is_resting = false;
        session_watch(s, EV_READ);
        session_deadline(s, s->sim->set.confirm_ms);
        if (!session_read(s))
            session_end(s);
    } else if (s->phase == PUSHING && s->fault == FAULT_SLOW &&
               s->out_at < s->out_len) {
        session_want_send(s);
    } else {
        session_end(s);
    }
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
    s->left = NEVER_CUT;
    ev_init(&s->io, on_io);
    ev_init(&s->timer, on_timer);
    s->io.data = s->timer.data = s;
    s->io.fd = -1;
    return s;
}

void session_begin(struct sim *sim, uint32_t meter)
{
    struct session *s = session_new(sim);
    bool is_out = (player_condition(sim->player, meter, NULL) & HELD_OUT) != 0;
    uint16_t cut = 0;

    s->meter = meter;
    s->fault = (uint8_t)telegram_fault(sim, meter, &cut);
    if (s->fault == FAULT_CUT)
        s->left = cut;
    sim->stats.started++;
    sim->stats.in_flight++;
    sim->stats.faults += s->fault != FAULT_NONE;
    telegram_make(sim, meter, (enum fault)s->fault);
    s->io.fd = is_out ? -1 : sim_connect(sim);
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
