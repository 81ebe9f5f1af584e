/* An import: from the file that was sent to a report, all of it or nothing. */
#ifndef LAZUR_DAEMON_WORKER_IMPORT_H
#define LAZUR_DAEMON_WORKER_IMPORT_H

#include "daemon/worker/pieces.h"
#include "lib/model/job.h"

struct import_work {
    const struct job_claim *claim;
    struct db *db;         /* the import is its: no one else's transaction */
    struct db *teller;     /* what others see at once */
    struct pieces *pieces; /* of the report */
    const char *folder;    /* for the file */
    /* About twice a second: how far it is, whether it is wanted still. */
    enum err (*tick)(void *ctx, int64_t done, int64_t total);
    void *ctx;
    struct arena *arena;
    /* Filled when it fails: a machine word and details for the person. */
    const char *why, *note;
};

/*
 * import_make - done, and the job is finished with it in one transaction.
 *
 * ERR_INVALID with why: the file is refused. ERR_FORBIDDEN: its operator is no
 * administrator any more. ERR_CONFLICT: the job is not ours any more.
 */
enum err import_make(struct import_work *w) MUST_CHECK;

#endif
