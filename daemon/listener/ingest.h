/*
 * Natural batches: what arrived while the last transaction was committing is
 * the next one. Nothing here is acknowledged before it is durable.
 */
#ifndef LAZUR_DAEMON_LISTENER_INGEST_H
#define LAZUR_DAEMON_LISTENER_INGEST_H

#include <stdint.h>

#include "daemon/drivers/driver.h"
#include "daemon/listener/entry.h"
#include "daemon/listener/turn.h"

/* Which of a meter's two secrets it is offered, in which order. */
enum keys_try { KEYS_OLD, KEYS_OLD_NEW, KEYS_NEW_OLD };

/* As type meter_keys of the database has it; sealed: "\x..." or NULL. */
struct pending_keys {
    const char *identity; /* that they are sealed about; NULL: there are none */
    const char *sealed_hex, *candidate_hex;
    enum keys_try try;
    uint32_t counter; /* the first of KEYS_COUNTERS frame counters */
};
#define KEYS_COUNTERS 16384u

/* What the session has to do, and the meter's secret, still sealed; views
 * live for the call. */
struct pending {
    int64_t meter_id;
    bool some; /* turn is one */
    struct turn turn;
    struct pending_keys keys;
};

struct ingest_events {
    /* Committed; e is freed by the caller. */
    void (*stored)(struct entry *e, const struct pending *todo);
    /* The meter is unknown: register it and offer e again. */
    void (*unknown)(struct entry *e);
    /* The database will never take this one; e is freed by the caller. */
    void (*refused)(struct entry *e, const char *why);
    /* It is not believed; reason is a word of session_fault.reason. */
    void (*distrusted)(struct entry *e, const char *reason, const char *why);
};

void ingest_init(const char *conninfo, size_t batch_max, size_t queue_max,
                 const struct ingest_events *events);

/* False: too many wait already; e stays the caller's. */
bool ingest_offer(struct entry *e);

/* Back into the line, before the others: it has waited once. */
void ingest_offer_again(struct entry *e);

/* Starts a batch when the connection is idle and something waits. */
void ingest_pump(void);

/* Entries that wait or are being committed. */
size_t ingest_waiting(void);

struct ingest_counts {
    uint64_t batches, readings;
};
struct ingest_counts ingest_counted(void);

#endif
