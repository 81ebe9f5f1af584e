/* The only door to libpq: statements by number, prepared once a connection. */
#include "lib/base/db.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "lib/base/log.h"

#define PARAMS_MAX 40
/* What the caller asked for is answered; a prepare of ours is not. */
enum sent { SENT_PREPARE, SENT_STATEMENT, SENT_SYNC };

struct db {
    PGconn *conn;
    bool prepared[Q_COUNT];
    /* Pipeline mode: what was sent and not yet answered, a ring. */
    enum sent *ring;
    enum query *ring_query;
    size_t head, len, size;
    bool failed;     /* a statement of this transaction has failed */
    bool lost;       /* gone, though libpq has not noticed */
    bool committing; /* `commit` is sent and its answer not yet read */
    bool last;       /* the next db_query takes the commit with it */
    bool words;      /* `begin` and `commit` are prepared */
};

static enum err lost(struct db *db, const char *doing)
{
    return err_raise(ERR_DB, "%s: %s", doing, PQerrorMessage(db->conn));
}

static void quiet(void *arg, const char *message)
{
    (void)arg;
    log_debug("postgres: %s", message);
}

enum err db_open(const char *conninfo, struct db **out)
{
    struct db *db = calloc(1, sizeof(*db));

    if (db == NULL)
        fatal("db");
    db->conn = PQconnectdb(conninfo);
    if (PQstatus(db->conn) != CONNECTION_OK) {
        enum err e = lost(db, "connect");

        db_close(db);
        return e;
    }
    PQsetNoticeProcessor(db->conn, quiet, NULL);
    *out = db;
    return ERR_OK;
}

void db_close(struct db *db)
{
    if (db == NULL)
        return;
    PQfinish(db->conn);
    free(db->ring);
    free(db->ring_query);
    free(db);
}

bool db_alive(const struct db *db)
{
    return !db->lost && PQstatus(db->conn) == CONNECTION_OK;
}

enum err db_revive(struct db *db)
{
    PQreset(db->conn);
    memset(db->prepared, 0, sizeof(db->prepared));
    db->head = db->len = 0;
    db->failed = db->lost = db->committing = false;
    db->last = db->words = false;
    return db_alive(db) ? ERR_OK : lost(db, "reconnect");
}

/* ---- what the server's error means to us ---- */

static const struct {
    const char *state;
    enum err code;
} meanings[] = {
    { "23505", ERR_CONFLICT },  { "40001", ERR_CONFLICT },
    { "40P01", ERR_CONFLICT },  { "LZ409", ERR_CONFLICT },
    { "42501", ERR_FORBIDDEN }, { "LZ403", ERR_FORBIDDEN },
    { "23514", ERR_INVALID },   { "LZ422", ERR_INVALID },
    { "LZ404", ERR_NOT_FOUND }, { "57014", ERR_BUSY },
    { "22", ERR_INVALID }, /* the class: data exceptions */
};

static enum err refused(const PGresult *res, const char *name)
{
    const char *state = PQresultErrorField(res, PG_DIAG_SQLSTATE);
    const char *said = PQresultErrorField(res, PG_DIAG_MESSAGE_PRIMARY);
    enum err code = ERR_DB;

    for (size_t i = 0; state && i < sizeof(meanings) / sizeof(meanings[0]);
         i++) {
        if (strncmp(state, meanings[i].state, strlen(meanings[i].state)) == 0) {
            code = meanings[i].code;
            break;
        }
    }
    return err_raise(code, "%s: %s %s", name, state ? state : "",
                     said ? said : PQresultErrorMessage(res));
}

static bool good(const PGresult *res)
{
    ExecStatusType s = PQresultStatus(res);

    return s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK ||
           s == PGRES_SINGLE_TUPLE;
}

/* ---- waiting ---- */

static enum err prepare(struct db *db, enum query q)
{
    const struct query_text *t = &query_texts[q];
    PGresult *res;
    enum err e = ERR_OK;

    if (db->prepared[q])
        return ERR_OK;
    res = PQprepare(db->conn, t->name, t->sql, t->params, NULL);
    if (good(res))
        db->prepared[q] = true;
    else
        e = refused(res, t->name);
    PQclear(res);
    return e;
}

enum err db_check(struct db *db)
{
    enum err e = ERR_OK;

    for (int q = 0; q < Q_COUNT && e == ERR_OK; q++)
        e = prepare(db, (enum query)q);
    return e;
}

static void clear_result(void *res)
{
    PQclear(res);
}

/* ---- a statement with the words around it, in one round trip ---- */

enum edge { AT_BEGIN, AT_END };

static bool words_send(struct db *db)
{
    if (db->words)
        return true;
    db->words = true;
    return PQsendPrepare(db->conn, "begin", "begin", 0, NULL) &&
           PQsendPrepare(db->conn, "commit", "commit", 0, NULL);
}

static bool word_send(struct db *db, const char *word)
{
    return PQsendQueryPrepared(db->conn, word, 0, NULL, NULL, NULL, 0);
}

/* The statement is prepared on the way if it is new. */
static bool edge_send(struct db *db, enum edge edge, enum query q,
                      const char *const *params)
{
    const struct query_text *t = &query_texts[q];

    return PQenterPipelineMode(db->conn) && words_send(db) &&
           (edge != AT_BEGIN || word_send(db, "begin")) &&
           (db->prepared[q] ||
            PQsendPrepare(db->conn, t->name, t->sql, t->params, NULL)) &&
           PQsendQueryPrepared(db->conn, t->name, t->params, params, NULL, NULL,
                               0) &&
           (edge != AT_END || word_send(db, "commit")) &&
           PQpipelineSync(db->conn);
}

/* Of two answers: the first error, else the one with rows, else the later. */
static PGresult *better(PGresult *kept, PGresult *res)
{
    bool keep =
        kept != NULL &&
        (!good(kept) || (good(res) && PQresultStatus(kept) == PGRES_TUPLES_OK));

    PQclear(keep ? res : kept);
    return keep ? kept : res;
}

/*
 * The answer that matters of those before the sync. One NULL ends a statement;
 * two in a row end what libpq has, without the sync: the server is gone, and in
 * pipeline mode PQstatus does not always say so.
 */
static PGresult *edge_receive(struct db *db)
{
    PGresult *kept = NULL, *res;
    bool ended = false;

    for (;;) {
        res = PQgetResult(db->conn);
        if (res == NULL && ended) {
            db->lost = true;
            break;
        }
        ended = res == NULL;
        if (ended)
            continue;
        if (PQresultStatus(res) == PGRES_PIPELINE_SYNC) {
            PQclear(res);
            break;
        }
        kept = better(kept, res);
    }
    return kept;
}

static enum err edge_query(struct db *db, struct arena *a, enum edge edge,
                           enum query q, const char *const *params,
                           struct rows *out)
{
    PGresult *res;
    enum err e;

    if (!edge_send(db, edge, q, params)) {
        db->lost = true; /* half a pipeline is of no use */
        return lost(db, query_texts[q].name);
    }
    res = edge_receive(db);
    if (!db_alive(db) || !PQexitPipelineMode(db->conn)) {
        db->lost = true;
        PQclear(res);
        return lost(db, query_texts[q].name);
    }
    if (res == NULL || !good(res)) {
        e = res ? refused(res, query_texts[q].name)
                : lost(db, query_texts[q].name);
        PQclear(res);
        db_rollback(db);
        return e;
    }
    db->prepared[q] = true;
    arena_defer(a, clear_result, res);
    out->res = res;
    out->n = (size_t)PQntuples(res);
    return ERR_OK;
}

enum err db_begin_query(struct db *db, struct arena *a, enum query q,
                        const char *const *params, struct rows *out)
{
    return edge_query(db, a, AT_BEGIN, q, params, out);
}

bool db_in_transaction(const struct db *db)
{
    return PQtransactionStatus(db->conn) == PQTRANS_INTRANS;
}

void db_last(struct db *db)
{
    db->last = db_in_transaction(db);
}

enum err db_query(struct db *db, struct arena *a, enum query q,
                  const char *const *params, struct rows *out)
{
    PGresult *res;
    enum err e;

    if (db->last) {
        db->last = false;
        return edge_query(db, a, AT_END, q, params, out);
    }
    if ((e = prepare(db, q)) != ERR_OK)
        return e;
    res = PQexecPrepared(db->conn, query_texts[q].name, query_texts[q].params,
                         params, NULL, NULL, 0);
    if (!good(res)) {
        e = refused(res, query_texts[q].name);
        PQclear(res);
        return e;
    }
    arena_defer(a, clear_result, res);
    out->res = res;
    out->n = (size_t)PQntuples(res);
    return ERR_OK;
}

enum err db_exec(struct db *db, struct arena *a, enum query q,
                 const char *const *params)
{
    struct rows rows;

    return db_query(db, a, q, params, &rows);
}

enum err db_changed(struct db *db, struct arena *a, enum query q,
                    const char *const *params)
{
    struct rows rows = { 0 };
    enum err e = db_query(db, a, q, params, &rows);

    if (e != ERR_OK || rows.n > 0)
        return e;
    return err_raise(ERR_CONFLICT, "%s: no such row any more",
                     query_texts[q].name);
}

/* Reads what is left of a statement, so that the next can be sent. */
static void drain(struct db *db)
{
    PGresult *res;

    while ((res = PQgetResult(db->conn)) != NULL)
        PQclear(res);
}

static void cancel_statement(struct db *db)
{
    PGcancel *cancel = PQgetCancel(db->conn);
    char why[256];

    if (cancel != NULL && !PQcancel(cancel, why, sizeof(why)))
        log_warnx("cancel: %s", why);
    PQfreeCancel(cancel);
}

static enum err keep_rows(struct db *db, struct arena *a, enum query q,
                          PGresult *res, struct rows *out)
{
    enum err e;

    if (res == NULL || !good(res)) {
        e = res ? refused(res, query_texts[q].name)
                : lost(db, query_texts[q].name);
        PQclear(res);
        return e;
    }
    arena_defer(a, clear_result, res);
    out->res = res;
    out->n = (size_t)PQntuples(res);
    return ERR_OK;
}

enum err db_query_params(struct db *db, struct arena *a, enum query q,
                         const struct db_param *params, int n, struct rows *out)
{
    const struct query_text *t = &query_texts[q];
    const char *values[PARAMS_MAX];
    int lengths[PARAMS_MAX], formats[PARAMS_MAX];
    enum err e = prepare(db, q);

    if (e != ERR_OK)
        return e;
    if (n != t->params || n > PARAMS_MAX)
        return err_raise(ERR_DB, "%s takes %d parameters, not %d", t->name,
                         t->params, n);
    for (int i = 0; i < n; i++) {
        values[i] = params[i].at;
        lengths[i] = params[i].len;
        formats[i] = params[i].binary;
    }
    return keep_rows(
        db, a, q,
        PQexecPrepared(db->conn, t->name, n, values, lengths, formats, 0), out);
}

/* Until there is an answer; ask() every tick_ms. */
static enum err wait_answer(struct db *db, int tick_ms,
                            enum err (*ask)(void *ctx), void *ctx)
{
    struct pollfd fd = { .fd = PQsocket(db->conn), .events = POLLIN };
    enum err e = ERR_OK;

    while (e == ERR_OK && PQisBusy(db->conn)) {
        int n = poll(&fd, 1, tick_ms);

        if (n < 0 && errno != EINTR)
            e = err_raise(ERR_IO, "poll: %s", strerror(errno));
        else if (n > 0 && !PQconsumeInput(db->conn))
            return lost(db, "an answer");
        else if (n <= 0)
            e = ask(ctx);
    }
    return e;
}

enum err db_query_long(struct db *db, struct arena *a, enum query q,
                       const char *const *params, struct rows *out, int tick_ms,
                       enum err (*ask)(void *ctx), void *ctx)
{
    PGresult *res;
    enum err e = prepare(db, q);

    if (e != ERR_OK)
        return e;
    if (!PQsendQueryPrepared(db->conn, query_texts[q].name,
                             query_texts[q].params, params, NULL, NULL, 0))
        return lost(db, query_texts[q].name);
    e = wait_answer(db, tick_ms, ask, ctx);
    if (e != ERR_OK) {
        cancel_statement(db);
        drain(db);
        return e;
    }
    res = PQgetResult(db->conn);
    drain(db);
    return keep_rows(db, a, q, res, out);
}

static enum err simple(struct db *db, const char *sql)
{
    PGresult *res = PQexec(db->conn, sql);
    enum err e = good(res) ? ERR_OK : refused(res, sql);

    /* Without a code these are libpq's own words: there is nobody to write to,
     * which PQstatus says only after the next read. */
    if (e != ERR_OK && PQresultErrorField(res, PG_DIAG_SQLSTATE) == NULL)
        db->lost = true;
    PQclear(res);
    return e;
}

enum err db_begin(struct db *db)
{
    return simple(db, "begin");
}

enum err db_commit_start(struct db *db)
{
    /* COMMIT of a failed transaction answers ROLLBACK, which is no error. */
    if (PQtransactionStatus(db->conn) == PQTRANS_INERROR) {
        db_rollback(db);
        return err_raise(ERR_DB, "commit: the transaction had failed");
    }
    if (!db_in_transaction(db))
        return ERR_OK; /* the last question took it along */
    if (!PQsendQuery(db->conn, "commit"))
        return lost(db, "commit");
    db->committing = true;
    return ERR_OK;
}

enum err db_commit(struct db *db)
{
    enum err e = db->committing ? ERR_OK : db_commit_start(db);
    PGresult *res;

    if (e != ERR_OK)
        return e;
    db->committing = false;
    while ((res = PQgetResult(db->conn)) != NULL) {
        if (e == ERR_OK && !good(res))
            e = refused(res, "commit");
        PQclear(res);
    }
    return e;
}

void db_rollback(struct db *db)
{
    PGTransactionStatusType s;

    db->last = false;
    if (db->committing)
        drain(db);
    db->committing = false;
    s = PQtransactionStatus(db->conn);
    if (s == PQTRANS_INTRANS || s == PQTRANS_INERROR)
        PQclear(PQexec(db->conn, "rollback"));
}

enum err db_stream(struct db *db, enum query q, const char *const *params,
                   enum err (*each)(const struct rows *row, void *ctx),
                   void *ctx)
{
    PGresult *res;
    enum err e = prepare(db, q);

    if (e != ERR_OK)
        return e;
    if (!PQsendQueryPrepared(db->conn, query_texts[q].name,
                             query_texts[q].params, params, NULL, NULL, 0) ||
        !PQsetSingleRowMode(db->conn))
        return lost(db, query_texts[q].name);
    while (e == ERR_OK && (res = PQgetResult(db->conn)) != NULL) {
        struct rows row = { .n = (size_t)PQntuples(res), .res = res };

        if (!good(res))
            e = refused(res, query_texts[q].name);
        else if (row.n > 0)
            e = each(&row, ctx);
        PQclear(res);
    }
    if (e != ERR_OK)
        cancel_statement(db);
    drain(db);
    return e;
}

/* ---- fields ---- */

const char *row_text(const struct rows *r, size_t row, int col)
{
    return PQgetvalue(r->res, (int)row, col);
}

int64_t row_int(const struct rows *r, size_t row, int col)
{
    return strtoll(row_text(r, row, col), NULL, 10);
}

bool row_bool(const struct rows *r, size_t row, int col)
{
    return row_text(r, row, col)[0] == 't';
}

bool row_null(const struct rows *r, size_t row, int col)
{
    return PQgetisnull(r->res, (int)row, col) == 1;
}

/* ---- without waiting: pipeline mode, entered at the first db_send ---- */

static void ring_push(struct db *db, enum sent what, enum query q)
{
    size_t at;

    if (db->len == db->size) {
        size_t size = db->size ? db->size * 2 : 64;
        enum sent *ring = malloc(size * sizeof(*ring));
        enum query *queries = malloc(size * sizeof(*queries));

        if (ring == NULL || queries == NULL)
            fatal("db ring");
        for (size_t i = 0; i < db->len; i++) {
            ring[i] = db->ring[(db->head + i) % db->size];
            queries[i] = db->ring_query[(db->head + i) % db->size];
        }
        free(db->ring);
        free(db->ring_query);
        db->ring = ring;
        db->ring_query = queries;
        db->head = 0;
        db->size = size;
    }
    at = (db->head + db->len++) % db->size;
    db->ring[at] = what;
    db->ring_query[at] = q;
}

static void ring_pop(struct db *db)
{
    db->head = (db->head + 1) % db->size;
    db->len--;
}

int db_socket(const struct db *db)
{
    return PQsocket(db->conn);
}

static enum err enter_pipeline(struct db *db)
{
    if (PQpipelineStatus(db->conn) != PQ_PIPELINE_OFF)
        return ERR_OK;
    if (PQsetnonblocking(db->conn, 1) != 0 || !PQenterPipelineMode(db->conn))
        return lost(db, "pipeline");
    return ERR_OK;
}

enum err db_send(struct db *db, enum query q, const struct db_param *params,
                 int n)
{
    const struct query_text *t = &query_texts[q];
    const char *values[PARAMS_MAX];
    int lengths[PARAMS_MAX], formats[PARAMS_MAX];
    enum err e = enter_pipeline(db);

    if (e != ERR_OK)
        return e;
    if (n != t->params || n > PARAMS_MAX)
        return err_raise(ERR_DB, "%s takes %d parameters, not %d", t->name,
                         t->params, n);
    if (!db->prepared[q]) {
        if (!PQsendPrepare(db->conn, t->name, t->sql, n, NULL))
            return lost(db, t->name);
        db->prepared[q] = true;
        ring_push(db, SENT_PREPARE, q);
    }
    for (int i = 0; i < n; i++) {
        values[i] = params[i].at;
        lengths[i] = params[i].len;
        formats[i] = params[i].binary;
    }
    if (!PQsendQueryPrepared(db->conn, t->name, n, values, lengths, formats, 0))
        return lost(db, t->name);
    ring_push(db, SENT_STATEMENT, q);
    return ERR_OK;
}

enum err db_sync(struct db *db)
{
    enum err e = enter_pipeline(db);

    if (e != ERR_OK)
        return e;
    if (!PQpipelineSync(db->conn))
        return lost(db, "sync");
    ring_push(db, SENT_SYNC, Q_COUNT);
    return ERR_OK;
}

enum err db_flush(struct db *db, bool *more)
{
    int left = PQflush(db->conn);

    if (left < 0)
        return lost(db, "flush");
    *more = left > 0;
    return ERR_OK;
}

enum err db_consume(struct db *db)
{
    return PQconsumeInput(db->conn) ? ERR_OK : lost(db, "consume");
}

/* The answer to what was sent first; DB_WAIT: it was ours, look further. */
static enum db_event take(struct db *db, struct arena *a, PGresult *res,
                          struct rows *out, enum err *why)
{
    enum sent what = db->ring[db->head];
    enum query q = db->ring_query[db->head];

    if (what == SENT_PREPARE && !good(res)) {
        /* Its statement fails next, as aborted: keep this reason for it. */
        db->prepared[q] = false;
        *why = refused(res, query_texts[q].name);
        db->failed = true;
    }
    if (what == SENT_PREPARE) {
        PQclear(res);
        return DB_WAIT;
    }
    if (good(res)) {
        arena_defer(a, clear_result, res);
        out->res = res;
        out->n = (size_t)PQntuples(res);
        return DB_ROWS;
    }
    if (PQresultStatus(res) != PGRES_PIPELINE_ABORTED)
        *why = refused(res, query_texts[q].name);
    else if (!db->failed)
        *why =
            err_raise(ERR_DB, "%s: transaction aborted", query_texts[q].name);
    db->failed = true;
    PQclear(res);
    return DB_FAIL;
}

enum db_event db_next(struct db *db, struct arena *a, struct rows *out,
                      enum err *why)
{
    while (db->len > 0 && !PQisBusy(db->conn)) {
        PGresult *res = PQgetResult(db->conn);
        enum db_event event;

        if (res == NULL && !db_alive(db))
            return DB_WAIT; /* lost: db_consume says so */
        if (res == NULL)
            continue; /* the end of one statement's results */
        if (PQresultStatus(res) == PGRES_PIPELINE_SYNC) {
            PQclear(res);
            ring_pop(db);
            db->failed = false;
            return DB_SYNC;
        }
        event = take(db, a, res, out, why);
        ring_pop(db);
        if (event != DB_WAIT)
            return event;
    }
    return DB_WAIT;
}
