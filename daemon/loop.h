/*
 * Where a child sleeps: sockets, signals, and deadlines by the thousand.
 * The only door to libev.
 */
#ifndef LAZUR_DAEMON_LOOP_H
#define LAZUR_DAEMON_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include <ev.h>

struct watch;
typedef void watch_fn(struct watch *w, bool readable, bool writable);

/* A descriptor that is waited for; embedded in what it belongs to. */
struct watch {
    ev_io io;
    watch_fn *ready;
};

/* Zeroed, a deadline is off. Many thousands cost a list link each. */
struct deadline {
    struct deadline *prev, *next;
    uint32_t tick;
};

typedef void deadline_fn(struct deadline *d);

#define DEADLINE_TICK_MS 100

void loop_init(deadline_fn *expired);

/* Called before each sleep; what was collected in this turn leaves here. */
void loop_before_sleep(void (*fn)(void));

/* fn is called every interval_ms. At most eight of them. */
void loop_every(int64_t interval_ms, void (*fn)(void));

void loop_on_signal(int signal, void (*fn)(void));
void loop_run(void);
void loop_stop(void);

void watch_start(struct watch *w, int fd, bool read, bool write,
                 watch_fn *ready);
void watch_stop(struct watch *w);
static inline bool watch_active(const struct watch *w)
{
    return w->io.active != 0;
}

/* Monotonic milliseconds as of this turn of the loop. */
int64_t loop_now_ms(void);

/* Sets or moves; in_ms is rounded up to a tick. */
void deadline_set(struct deadline *d, int64_t in_ms);
void deadline_off(struct deadline *d);

/* The struct a member is in. */
#define CONTAINER(ptr, type, member)                                           \
    ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

#endif
