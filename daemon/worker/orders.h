/*
 * Orders to very many meters (lib/model/fleet.h): commands are given out in
 * pieces, each a transaction of its own, so that no lock is held for long and
 * a worker that dies loses none.
 */
#ifndef LAZUR_DAEMON_WORKER_ORDERS_H
#define LAZUR_DAEMON_WORKER_ORDERS_H

#include "daemon/worker/pieces.h"
#include "lib/model/job.h"

struct order_work {
    const struct job_claim *claim;
    struct db *db;     /* that gives the commands */
    struct db *teller; /* that reads words */
    struct pieces *pieces;
    enum err (*tick)(void *ctx, int64_t done, int64_t total);
    void *ctx;
};

/* All of it, and the job is finished with a file that says how many. */
enum err orders_make(const struct order_work *w, struct arena *a) MUST_CHECK;

#endif
