/*
 * A database connection in the event loop: one transaction at a time, asked
 * without waiting, and a reconnect with growing pauses when it is lost.
 * Connecting itself waits for the server's answer; conninfo's
 * connect_timeout bounds that.
 */
#ifndef LAZUR_DAEMON_LISTENER_LINK_H
#define LAZUR_DAEMON_LISTENER_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/loop.h"
#include "lib/base/arena.h"
#include "lib/base/db.h"

#define LINK_ANSWERS_MAX 4

struct link {
    const char *name, *conninfo;
    /*
     * The transaction is over. lost: the connection broke, and nobody knows
     * whether it was committed. Answers live until the next link_begin.
     */
    void (*finished)(struct link *l, enum err e, bool lost);

    struct db *db;
    struct watch watch;
    struct arena *arena;
    bool busy;
    int64_t retry_at_ms, pause_ms;
    enum err failed;
    struct rows answers[LINK_ANSWERS_MAX];
    size_t answers_n;
};

void link_init(struct link *l, const char *name, const char *conninfo,
               void (*finished)(struct link *l, enum err e, bool lost));

/* Connected and idle; connects when that is due. */
bool link_ready(struct link *l);

/* A new transaction: statements are sent between these two. */
void link_begin(struct link *l);
void link_send(struct link *l, enum query q, const struct db_param *params,
               int n);
void link_commit(struct link *l);

/* Asks nothing for a while: the server refuses for reasons of its own. */
void link_rest(struct link *l);

#endif
