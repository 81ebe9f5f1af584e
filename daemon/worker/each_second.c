/*
 * What is done every second, on a connection of its own, for a document that
 * is being made holds the others in a transaction: the log of operators is
 * linked into its chain, jobs for meters are handed out, prices begin.
 */
#include "daemon/worker/each_second.h"

#include <inttypes.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/db.h"
#include "lib/base/log.h"

#define TURN_US  1000000
#define RETRY_US 5000000
/* An import writes many lines at once: so many calls of 10,000 in a turn. */
#define CALLS_MAX 20
#define CALL_ROWS 10000

static const char *conninfo;
static struct db *db;
static int64_t due_us;

void each_second_open(const char *to)
{
    conninfo = to;
}

void each_second_close(void)
{
    db_close(db);
    db = NULL;
}

static enum err seal_all(struct arena *a)
{
    struct rows rows;
    enum err e = ERR_OK;
    int64_t linked = CALL_ROWS;

    if (db == NULL && (e = db_open(conninfo, &db)) != ERR_OK)
        return e;
    for (int i = 0; i < CALLS_MAX && linked == CALL_ROWS; i++) {
        if ((e = db_query(db, a, Q_AUDIT_SEAL, NULL, &rows)) != ERR_OK)
            return e;
        linked = row_int(&rows, 0, 0);
        if (linked == CALL_ROWS)
            log_info("audit_seal rows=%" PRId64, linked);
        arena_reset(a);
    }
    return ERR_OK;
}

/* Jobs that are too large for a form, and prices whose moment has come. */
static enum err hand_out(struct arena *a)
{
    struct rows rows;
    enum err e = db_query(db, a, Q_METER_JOBS_DUE, NULL, &rows);

    if (e != ERR_OK)
        return e;
    if (row_int(&rows, 0, 0) > 0)
        log_info("meter_jobs_due commands=%s", row_text(&rows, 0, 0));
    return db_exec(db, a, Q_TARIFFS_DUE, NULL);
}

void each_second_turn(void)
{
    int64_t now = clock_monotonic_us();
    struct arena *a;
    enum err e;

    if (now < due_us)
        return;
    a = arena_new();
    e = seal_all(a);
    if (e == ERR_OK)
        e = hand_out(a);
    arena_free(a);
    if (e != ERR_OK) {
        log_err(e, "what is done every second");
        each_second_close();
    }
    due_us = now + (e == ERR_OK ? TURN_US : RETRY_US);
}
