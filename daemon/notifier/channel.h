/*
 * How a channel does: whether it is set up, whether its server answers, and
 * how much it may send. A server that is away stops its channel; the queue is
 * kept, and one attempt is made after pauses that grow.
 */
#ifndef LAZUR_DAEMON_NOTIFIER_CHANNEL_H
#define LAZUR_DAEMON_NOTIFIER_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/db.h"

enum channel_state {
    CHANNEL_OFF,    /* nothing is set up: the queue waits */
    CHANNEL_FOLDER, /* a folder takes it */
    CHANNEL_WORKS,
    CHANNEL_STOPPED, /* until retry_at_us */
};

struct channel {
    const char *name; /* "mail", "sms" */
    enum channel_state state;
    char reason[32];
    char words[301];
    int failures; /* in a row */
    int64_t retry_at_us;
    /* the pace: a bucket of at most a second's worth */
    int64_t per_minute;
    double tokens;
    int64_t filled_at_us;
    bool told; /* the row says what we know */
};

/* It starts again under other settings. */
void channel_set(struct channel *c, enum channel_state state,
                 const char *reason, int64_t now_us);

/* The server took something. */
void channel_works(struct channel *c);

/* It is away, or refuses everybody; at least pause_ms until the next try, else
 * first_ms, doubled with each failure, up to 15 minutes. */
void channel_stop(struct channel *c, const char *reason, const char *words,
                  int64_t first_ms, int64_t pause_ms, int64_t now_us);

/* How many may be begun now, at most room. One when it was stopped. */
int channel_room(struct channel *c, int room, int64_t now_us);

/* That many were begun. */
void channel_spend(struct channel *c, size_t n);

/* Writes the row for administrators and one line of the log, when there is
 * news. */
enum err channel_tell(struct db *db, struct channel *c,
                      int64_t now_us) MUST_CHECK;

#endif
