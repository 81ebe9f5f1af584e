/*
 * Pieces of a job's file on their way into the database: one is being stored
 * while the next is filled. A connection of its own, which does nothing else.
 */
#ifndef LAZUR_DAEMON_WORKER_PIECES_H
#define LAZUR_DAEMON_WORKER_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/job.h"

struct pieces {
    struct db *db;
    const struct job_claim *claim;
    struct arena *arena; /* of the answer */
    unsigned char *at;   /* JOB_CHUNK bytes, filled up to len */
    size_t len;
    int64_t sent, size;
    bool waiting; /* for the answer to the last one */
};

/* at has room for JOB_CHUNK bytes. */
void pieces_begin(struct pieces *p, struct db *db,
                  const struct job_claim *claim, unsigned char *at);

/* The sink of a document; it is a struct pieces. */
enum err pieces_write(void *it, const void *bytes, size_t len);

/* The last one, and all of them are stored. ERR_CONFLICT as in job.h. */
enum err pieces_end(struct pieces *p) MUST_CHECK;

/* In any case: waits for what is on its way. */
void pieces_leave(struct pieces *p);

#endif
