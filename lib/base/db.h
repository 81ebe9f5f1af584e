/*
 * PostgreSQL. The only file that includes libpq-fe.h is db.c.
 *
 * Statements are the files of sql/queries, embedded at build time as
 * enum query (build/gen/queries.h). Each is prepared once for a connection,
 * at its first use; db_check prepares all, so that a typo stops the start.
 */
#ifndef LAZUR_LIB_BASE_DB_H
#define LAZUR_LIB_BASE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include "queries.h"

struct db;

struct rows {
    size_t n;
    void *res; /* PGresult, freed with the arena */
};

/* conninfo as libpq takes it. ERR_DB with the server's words. */
enum err db_open(const char *conninfo, struct db **out) MUST_CHECK;
void db_close(struct db *db); /* NULL is fine */

/* Prepares every statement of sql/queries and says which does not parse. */
enum err db_check(struct db *db) MUST_CHECK;

/* True while the connection is usable; a lost one is reopened by db_revive. */
bool db_alive(const struct db *db);
enum err db_revive(struct db *db) MUST_CHECK;

/*
 * db_query - run one statement; rows live as long as the arena.
 *
 * params are text (NULL is SQL NULL), as many as the statement has.
 * ERR_CONFLICT  unique, serialization or deadlock violation (23505, 40001,
 *               40P01), or a state that forbids it (raised as LZ409)
 * ERR_FORBIDDEN insufficient_privilege (42501: rights or row security)
 * ERR_INVALID   a check of the schema refused a value (22xxx, 23514, LZ422)
 * ERR_NOT_FOUND raised by our functions as LZ404
 * ERR_BUSY      statement_timeout (57014)
 * ERR_DB        anything else
 */
enum err db_query(struct db *db, struct arena *a, enum query q,
                  const char *const *params, struct rows *out) MUST_CHECK;

/* For statements whose rows nobody reads. */
enum err db_exec(struct db *db, struct arena *a, enum query q,
                 const char *const *params) MUST_CHECK;

/*
 * db_changed - a statement that returns the row it has changed: ERR_CONFLICT
 * when there is none, because it has changed or gone since it was shown.
 */
enum err db_changed(struct db *db, struct arena *a, enum query q,
                    const char *const *params) MUST_CHECK;

enum err db_begin(struct db *db) MUST_CHECK;
/* db_begin and db_query in one round trip; after an error nothing is open. */
enum err db_begin_query(struct db *db, struct arena *a, enum query q,
                        const char *const *params, struct rows *out) MUST_CHECK;
enum err db_commit(struct db *db) MUST_CHECK;

/*
 * db_last - the next db_query is the last of its transaction: the commit goes
 * with it, in the same round trip, and db_commit has nothing left to do.
 */
void db_last(struct db *db);

/*
 * db_commit_start - send the commit and do something else meanwhile.
 *
 * db_commit reads its answer; between the two no statement may be sent.
 */
enum err db_commit_start(struct db *db) MUST_CHECK;
bool db_in_transaction(const struct db *db);
void db_rollback(struct db *db); /* harmless outside a transaction */

/* One parameter in PostgreSQL's binary or text form. */
struct db_param {
    const void *at; /* NULL is SQL NULL */
    int len;
    bool binary;
};

/* db_query with parameters of either form, n of them. */
enum err db_query_params(struct db *db, struct arena *a, enum query q,
                         const struct db_param *params, int n,
                         struct rows *out) MUST_CHECK;

/*
 * db_query_long - db_query for a statement that takes its time: ask() is
 * called every tick_ms; its error cancels the statement and is returned.
 */
enum err db_query_long(struct db *db, struct arena *a, enum query q,
                       const char *const *params, struct rows *out, int tick_ms,
                       enum err (*ask)(void *ctx), void *ctx) MUST_CHECK;

/*
 * db_stream - run one statement and hand each row to each() without keeping
 * it: memory stays flat however many rows come. each() may return an error
 * to stop. params as db_query.
 */
enum err db_stream(struct db *db, enum query q, const char *const *params,
                   enum err (*each)(const struct rows *row, void *ctx),
                   void *ctx) MUST_CHECK;

/* Fields. Text is never NULL ("" for SQL NULL); numbers are 0 for NULL. */
const char *row_text(const struct rows *r, size_t row, int col);
int64_t row_int(const struct rows *r, size_t row, int col);
bool row_bool(const struct rows *r, size_t row, int col);
bool row_null(const struct rows *r, size_t row, int col);

/* ---- the same, without waiting, for an event loop ---- */

int db_socket(const struct db *db);

/*
 * db_send - queue a statement; several sent before a db_sync are one
 * transaction, and a failure of one makes the rest fail with it.
 */
enum err db_send(struct db *db, enum query q, const struct db_param *params,
                 int n) MUST_CHECK;
enum err db_sync(struct db *db) MUST_CHECK;

/* Push what is queued; *more says whether to wait for the socket to write. */
enum err db_flush(struct db *db, bool *more) MUST_CHECK;

enum db_event {
    DB_WAIT, /* nothing whole yet: wait for the socket to read */
    DB_ROWS, /* the next statement's rows, in the order sent */
    DB_FAIL, /* the next statement failed: *why is the code err_raise'd */
    DB_SYNC, /* the transaction is committed, or rolled back after a DB_FAIL */
};

/* Take in what has arrived. ERR_DB: the connection is lost. */
enum err db_consume(struct db *db) MUST_CHECK;
enum db_event db_next(struct db *db, struct arena *a, struct rows *out,
                      enum err *why);

#endif
