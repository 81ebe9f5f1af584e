/* One transaction at a time over a libpq connection in the event loop. */
#include "daemon/listener/link.h"

#include "lib/base/log.h"

#define PAUSE_FIRST_MS 100
#define PAUSE_MAX_MS   5000

static watch_fn on_socket;

void link_init(struct link *l, const char *name, const char *conninfo,
               void (*finished)(struct link *l, enum err e, bool lost))
{
    *l = (struct link){ .name = name,
                        .conninfo = conninfo,
                        .finished = finished,
                        .arena = arena_new() };
}

void link_rest(struct link *l)
{
    l->pause_ms = l->pause_ms == 0 ? PAUSE_FIRST_MS : l->pause_ms * 2;
    if (l->pause_ms > PAUSE_MAX_MS)
        l->pause_ms = PAUSE_MAX_MS;
    l->retry_at_ms = loop_now_ms() + l->pause_ms;
}

static void lost(struct link *l, enum err e)
{
    log_err(e, l->name);
    watch_stop(&l->watch);
    db_close(l->db);
    l->db = NULL;
    link_rest(l);
    if (l->busy) {
        l->busy = false;
        l->finished(l, e, true);
    }
}

bool link_ready(struct link *l)
{
    enum err e;

    if (l->busy || loop_now_ms() < l->retry_at_ms)
        return false;
    if (l->db != NULL)
        return true;
    if ((e = db_open(l->conninfo, &l->db)) != ERR_OK) {
        l->db = NULL;
        lost(l, e);
        return false;
    }
    log_info("%s: connected", l->name);
    watch_start(&l->watch, db_socket(l->db), true, false, on_socket);
    return true;
}

static void over(struct link *l)
{
    enum err e = l->failed;

    l->busy = false;
    if (e == ERR_OK)
        l->pause_ms = 0;
    l->finished(l, e, false);
}

/* Takes what came; true when the transaction is over. */
static bool take(struct link *l)
{
    struct rows rows;
    enum err why = ERR_OK;

    for (;;) {
        switch (db_next(l->db, l->arena, &rows, &why)) {
        case DB_WAIT:
            return false;
        case DB_ROWS:
            if (l->answers_n < LINK_ANSWERS_MAX)
                l->answers[l->answers_n++] = rows;
            break;
        case DB_FAIL:
            if (l->failed == ERR_OK)
                l->failed = why;
            break;
        case DB_SYNC:
            return true;
        }
    }
}

static void flush(struct link *l)
{
    bool more = false;
    enum err e = db_flush(l->db, &more);

    if (e != ERR_OK)
        lost(l, e);
    else
        watch_start(&l->watch, db_socket(l->db), true, more, on_socket);
}

static void on_socket(struct watch *w, bool readable, bool writable)
{
    struct link *l = CONTAINER(w, struct link, watch);
    enum err e;

    if (readable) {
        e = db_consume(l->db);
        if (l->busy && take(l)) {
            over(l);
            return;
        }
        if (e == ERR_OK && !db_alive(l->db))
            e = err_raise(ERR_DB, "the server closed the connection");
        if (e != ERR_OK) {
            lost(l, e);
            return;
        }
    }
    if (writable)
        flush(l);
}

void link_begin(struct link *l)
{
    arena_reset(l->arena);
    l->answers_n = 0;
    l->failed = ERR_OK;
}

void link_send(struct link *l, enum query q, const struct db_param *params,
               int n)
{
    if (l->failed == ERR_OK)
        l->failed = db_send(l->db, q, params, n);
}

void link_commit(struct link *l)
{
    l->busy = true;
    if (l->failed == ERR_OK)
        l->failed = db_sync(l->db);
    if (l->failed != ERR_OK)
        lost(l, l->failed);
    else
        flush(l);
}
