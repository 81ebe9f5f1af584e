/* Jobs for meters: «Обновление ПО» and «Смена IP» (GC-207 ... GC-228). */
#ifndef LAZUR_LIB_MODEL_METER_JOB_H
#define LAZUR_LIB_MODEL_METER_JOB_H

#include <stdbool.h>

#include "lib/base/bytes.h"
#include "lib/model/list.h"
#include "lib/units/serials.h"
#include "lib/units/serials_csv.h"

struct meter_job {
    bool firmware; /* else: server address */
    const char *name;
    const char *numbers;            /* as typed; "": from a file */
    struct serials serials;         /* what numbers mean */
    const struct serials_csv *file; /* NULL: numbers were typed */
    /* of firmware */
    const char *version, *software_type;
    int64_t upload_id;
    /* of a server address */
    const char *address;
    int64_t port;
    struct bytes sealed; /* the manufacturer's password */
};

/* What the question before deleting tells. */
struct meter_job_card {
    bool firmware;
    const char *name, *numbers;
    int64_t executions, waiting;
};

/*
 * meter_job_add - the job stands; its meters get their commands at once when
 * few (SERIALS_COUNT_MAX) are named, else by the worker.
 *
 * few  how many are named is known and small
 */
enum err meter_job_add(struct db *db, struct arena *a,
                       const struct meter_job *job, const char *login,
                       bool few) MUST_CHECK;

/*
 * firmware_fits - some registered meter has this version and type, and is
 * named by the job.
 *
 * any  very many are named: whatever their numbers
 */
enum err firmware_fits(struct db *db, struct arena *a,
                       const struct meter_job *job, bool any,
                       bool *out) MUST_CHECK;

enum err meter_job_find(struct db *db, struct arena *a, int64_t id,
                        struct meter_job_card *out) MUST_CHECK;

/* Its waiting commands are cancelled; the line in the log is written. */
enum err meter_job_delete(struct db *db, struct arena *a, int64_t id,
                          const char *address) MUST_CHECK;

/* How many of each kind stand. */
enum err meter_job_tally(struct db *db, struct arena *a, int64_t *firmware,
                         int64_t *addresses) MUST_CHECK;

enum err software_types(struct db *db, struct arena *a, const char *const **out,
                        size_t *n) MUST_CHECK;

#endif
