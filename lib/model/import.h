/*
 * The import of subscribers (GC-141 ... GC-156): asked for by an administrator
 * with a file he has sent (upload.h), done by the worker as a job (job.h).
 */
#ifndef LAZUR_LIB_MODEL_IMPORT_H
#define LAZUR_LIB_MODEL_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/import/report.h"
#include "lib/model/job.h"

/* ---- the administrator's side ---- */

/* As job_ask; ERR_NOT_FOUND when the upload is none of his. */
enum err import_ask(struct db *db, struct arena *a,
                    const struct import_order *order,
                    const struct document_words *words, const char *title,
                    const char *address, int64_t *id) MUST_CHECK;

struct import {
    int64_t id;
    const char *title, *file;
    const char *state; /* queued, running, done, failed, cancelled */
    int64_t done, total;
    bool trial, drops;
    const char *error, *note; /* failed: a machine word, and words to it */
    struct moment finished_at;
    bool reported;
    struct import_counts counts;
};

/* ERR_NOT_FOUND when it is none of his. */
enum err import_find(struct db *db, struct arena *a, int64_t id,
                     struct import *out) MUST_CHECK;

struct import_mention {
    int64_t id;
    const char *file;
    bool trial;
    const char *state;
    struct moment created_at;
};

/* His last ones, at most ten. */
enum err import_list(struct db *db, struct arena *a,
                     const struct import_mention **out, size_t *n) MUST_CHECK;

/* Of an import of his; limit 0: all. */
enum err import_problem_stream(struct db *db, struct arena *a, int64_t id,
                               int64_t limit,
                               enum err (*each)(const struct import_problem *p,
                                                void *ctx),
                               void *ctx) MUST_CHECK;

/* ---- the worker's side: steps, each told of while it runs ---- */

struct import_steps {
    struct db *db;              /* the whole import is its */
    struct arena *scratch;      /* emptied after each step */
    enum err (*ask)(void *ctx); /* often; an error of it ends the step */
    void *ctx;
};

/* In a transaction. ERR_FORBIDDEN: who asked may not import any more. */
enum err import_enter(const struct import_steps *s, int64_t id) MUST_CHECK;

enum err import_begin(const struct import_steps *s) MUST_CHECK;
enum err import_match(const struct import_steps *s) MUST_CHECK;
enum err import_directories(const struct import_steps *s,
                            struct import_counts *c) MUST_CHECK;
enum err import_lock(const struct import_steps *s) MUST_CHECK;
enum err import_subscribers(const struct import_steps *s,
                            struct import_counts *c) MUST_CHECK;
enum err import_meters(const struct import_steps *s,
                       struct import_counts *c) MUST_CHECK;
enum err import_drop(const struct import_steps *s,
                     struct import_counts *c) MUST_CHECK;
enum err import_problem_counts(const struct import_steps *s,
                               struct import_counts *c) MUST_CHECK;

/* Before the end of the transaction of the steps above. */
enum err import_problems(const struct import_steps *s,
                         enum err (*each)(const struct import_problem *p,
                                          void *ctx),
                         void *ctx) MUST_CHECK;

/* In the transaction that ends the job: the report, and a line in the log. */
enum err import_done(const struct import_steps *s, int64_t id,
                     const struct import_counts *c) MUST_CHECK;

/* The file, when the job was cancelled or has failed. */
enum err import_file_drop(struct db *db, struct arena *a,
                          int64_t id) MUST_CHECK;

/* What an earlier attempt has left for the screen. */
enum err import_forget(struct db *db, struct arena *a, int64_t id) MUST_CHECK;

#endif
