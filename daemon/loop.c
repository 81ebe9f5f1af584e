/* libev's default loop, and a wheel of deadlines on one timer of it. */
#include "daemon/loop.h"

#include <stddef.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"

#define WHEEL_SLOTS 1024 /* a power of two; 102 s a turn */
#define PERIODS_MAX 8
#define SIGNALS_MAX 4

static struct {
    struct ev_loop *ev;
    deadline_fn *expired;
    void (*before_sleep)(void);
    ev_prepare prepare;
    ev_check check;
    ev_timer tick;
    struct deadline slots[WHEEL_SLOTS];
    uint32_t now; /* ticks since started_ms that were looked at */
    int64_t started_ms;
    int64_t turn_ms; /* monotonic, of this turn */
    struct {
        ev_timer timer;
        void (*fn)(void);
    } periods[PERIODS_MAX];
    size_t periods_n;
    struct {
        ev_signal watcher;
        void (*fn)(void);
    } signals[SIGNALS_MAX];
    size_t signals_n;
} loop;

static void list_init(struct deadline *d)
{
    d->prev = d->next = d;
}

static void list_remove(struct deadline *d)
{
    d->prev->next = d->next;
    d->next->prev = d->prev;
    d->prev = d->next = NULL;
}

static void list_append(struct deadline *head, struct deadline *d)
{
    d->prev = head->prev;
    d->next = head;
    head->prev->next = d;
    head->prev = d;
}

int64_t loop_now_ms(void)
{
    return loop.turn_ms;
}

static uint32_t tick_at(int64_t ms)
{
    return (uint32_t)((ms - loop.started_ms) / DEADLINE_TICK_MS);
}

void deadline_set(struct deadline *d, int64_t in_ms)
{
    uint32_t tick = tick_at(loop.turn_ms + in_ms) + 1;

    if (d->next != NULL) {
        if (d->tick == tick)
            return;
        list_remove(d);
    }
    d->tick = tick;
    list_append(&loop.slots[tick % WHEEL_SLOTS], d);
}

void deadline_off(struct deadline *d)
{
    if (d->next != NULL)
        list_remove(d);
}

/* Later turns of the wheel share a slot: those stay. */
static void expire_slot(uint32_t tick)
{
    struct deadline *head = &loop.slots[tick % WHEEL_SLOTS], due, *d;

    list_init(&due);
    for (d = head->next; d != head;) {
        struct deadline *next = d->next;

        if (d->tick <= tick) {
            list_remove(d);
            list_append(&due, d);
        }
        d = next;
    }
    while ((d = due.next) != &due) {
        list_remove(d);
        loop.expired(d);
    }
}

static void on_tick(struct ev_loop *ev, ev_timer *w, int revents)
{
    uint32_t until = tick_at(loop.turn_ms);

    (void)ev;
    (void)w;
    (void)revents;
    while (loop.now < until)
        expire_slot(++loop.now);
}

static void on_prepare(struct ev_loop *ev, ev_prepare *w, int revents)
{
    (void)ev;
    (void)w;
    (void)revents;
    if (loop.before_sleep != NULL)
        loop.before_sleep();
}

/* The first thing after a sleep: what follows in this turn shares a time. */
static void on_check(struct ev_loop *ev, ev_check *w, int revents)
{
    (void)ev;
    (void)w;
    (void)revents;
    loop.turn_ms = clock_monotonic_us() / 1000;
}

void loop_init(deadline_fn *expired)
{
    loop.ev = ev_default_loop(EVBACKEND_EPOLL | EVFLAG_NOENV);
    if (loop.ev == NULL)
        fatal("epoll");
    loop.expired = expired;
    loop.started_ms = loop.turn_ms = clock_monotonic_us() / 1000;
    for (size_t i = 0; i < WHEEL_SLOTS; i++)
        list_init(&loop.slots[i]);
    ev_timer_init(&loop.tick, on_tick, DEADLINE_TICK_MS / 1000.,
                  DEADLINE_TICK_MS / 1000.);
    ev_timer_start(loop.ev, &loop.tick);
    ev_prepare_init(&loop.prepare, on_prepare);
    ev_prepare_start(loop.ev, &loop.prepare);
    ev_check_init(&loop.check, on_check);
    ev_check_start(loop.ev, &loop.check);
}

void loop_before_sleep(void (*fn)(void))
{
    loop.before_sleep = fn;
}

static void on_period(struct ev_loop *ev, ev_timer *w, int revents)
{
    (void)ev;
    (void)revents;
    for (size_t i = 0; i < loop.periods_n; i++) {
        if (&loop.periods[i].timer == w)
            loop.periods[i].fn();
    }
}

void loop_every(int64_t interval_ms, void (*fn)(void))
{
    double s = (double)interval_ms / 1000.;
    ev_timer *t;

    if (loop.periods_n == PERIODS_MAX)
        fatal("more than %d periods", PERIODS_MAX);
    loop.periods[loop.periods_n].fn = fn;
    t = &loop.periods[loop.periods_n++].timer;
    ev_timer_init(t, on_period, s, s);
    ev_timer_start(loop.ev, t);
}

static void on_signal(struct ev_loop *ev, ev_signal *w, int revents)
{
    (void)ev;
    (void)revents;
    for (size_t i = 0; i < loop.signals_n; i++) {
        if (&loop.signals[i].watcher == w)
            loop.signals[i].fn();
    }
}

void loop_on_signal(int signal, void (*fn)(void))
{
    ev_signal *s;

    if (loop.signals_n == SIGNALS_MAX)
        fatal("more than %d signals", SIGNALS_MAX);
    loop.signals[loop.signals_n].fn = fn;
    s = &loop.signals[loop.signals_n++].watcher;
    ev_signal_init(s, on_signal, signal);
    ev_signal_start(loop.ev, s);
}

void loop_run(void)
{
    ev_run(loop.ev, 0);
}

void loop_stop(void)
{
    ev_break(loop.ev, EVBREAK_ALL);
}

static void on_io(struct ev_loop *ev, ev_io *io, int revents)
{
    struct watch *w = CONTAINER(io, struct watch, io);

    (void)ev;
    w->ready(w, (revents & EV_READ) != 0, (revents & EV_WRITE) != 0);
}

void watch_start(struct watch *w, int fd, bool read, bool write,
                 watch_fn *ready)
{
    int events = (read ? EV_READ : 0) | (write ? EV_WRITE : 0);

    if (watch_active(w)) {
        if (w->io.fd == fd && (w->io.events & (EV_READ | EV_WRITE)) == events)
            return;
        ev_io_stop(loop.ev, &w->io);
    }
    w->ready = ready;
    ev_io_init(&w->io, on_io, fd, events);
    ev_io_start(loop.ev, &w->io);
}

void watch_stop(struct watch *w)
{
    if (watch_active(w))
        ev_io_stop(loop.ev, &w->io);
}
