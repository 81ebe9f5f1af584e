/*
 * Makes the documents that operators have asked for, and keeps house:
 * partitions ahead of time, nothing kept longer than needed, the log chained.
 */
#include "daemon/duty.h"

#include <inttypes.h>

#include "daemon/worker/each_second.h"
#include "daemon/worker/jobs.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/db.h"
#include "lib/base/log.h"

#define RETRY_MS 5000

/* A statement that answers with one number: how many rows it made or took. */
static enum err chore(struct db *db, struct arena *a, enum query q,
                      const int64_t *n)
{
    const char *params[1];
    struct rows rows;
    enum err e;

    if (n != NULL)
        params[0] = arena_printf(a, "%" PRId64, *n);
    e = db_query(db, a, q, params, &rows);
    if (e == ERR_OK && row_int(&rows, 0, 0) > 0)
        log_info("%s rows=%s", query_texts[q].name, row_text(&rows, 0, 0));
    return e;
}

static enum err keep_house(struct db *db, struct arena *a,
                           const struct settings *s)
{
    enum err e;

    if ((e = chore(db, a, Q_PARTITIONS_AHEAD, &s->partition_months)) !=
            ERR_OK ||
        (e = chore(db, a, Q_COMMANDS_EXPIRE, NULL)) != ERR_OK ||
        (e = chore(db, a, Q_OPERATOR_SESSIONS_EXPIRE, NULL)) != ERR_OK ||
        (e = chore(db, a, Q_SIGN_IN_ATTEMPTS_EXPIRE, NULL)) != ERR_OK ||
        (e = chore(db, a, Q_CABINET_EXPIRE, NULL)) != ERR_OK ||
        (e = chore(db, a, Q_JOBS_EXPIRE, &s->job_days)) != ERR_OK ||
        (e = chore(db, a, Q_UPLOADS_EXPIRE, NULL)) != ERR_OK ||
        (e = chore(db, a, Q_SESSION_FAULTS_EXPIRE, &s->fault_days)) != ERR_OK)
        return e;
    return chore(db, a, Q_EXCHANGE_KEEP, NULL);
}

/* A connection for each round: between two of them a day passes. */
static enum err round_of(const struct settings *s)
{
    struct arena *a = arena_new();
    struct db *db = NULL;
    enum err e = db_open(s->worker_db, &db);

    if (e == ERR_OK) {
        e = keep_house(db, a, s);
        arena_free(a); /* results before their connection */
        db_close(db);
    } else {
        arena_free(a);
    }
    return e;
}

/* When it is time; returns when the next round is due. */
static int64_t keep_house_when_due(const struct settings *s, int64_t due_ms)
{
    int64_t now = clock_monotonic_us() / 1000;
    enum err e;

    if (now < due_ms)
        return due_ms;
    e = round_of(s);
    if (e != ERR_OK)
        log_err(e, "housekeeping");
    return now + (e == ERR_OK ? s->worker_period_ms : RETRY_MS);
}

void worker_main(const struct settings *s)
{
    int64_t due_ms = 0;

    privileges_drop(s, false);
    jobs_open();
    each_second_open(s->worker_db);
    duty_ready();
    do {
        due_ms = keep_house_when_due(s, due_ms);
        each_second_turn();
    } while (jobs_make(s) && duty_sleep(s->job_poll_ms));
    each_second_close();
    jobs_close();
}
