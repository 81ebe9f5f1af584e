/*
 * Documents that take their time. One connection reads, in a transaction that
 * sees what the operator sees; one stores pieces of the file (pieces.h), one
 * tells how far it is, each at once, so that the list of downloads is true and
 * a worker that is killed leaves nothing behind but a claim that runs out.
 */
#include "daemon/worker/jobs.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/duty.h"
#include "daemon/worker/each_second.h"
#include "daemon/worker/import.h"
#include "daemon/worker/orders.h"
#include "daemon/worker/pieces.h"
#include "daemon/worker/scratch.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/document/document.h"
#include "lib/model/import.h"
#include "lib/report/bundle.h"

#define TICK_US 500000

/* A document on its way. */
struct run {
    const struct job_claim *claim;
    struct db *db;         /* that tells how far it is */
    struct arena *scratch; /* of one statement */
    struct pieces pieces;
    int64_t ticked_us;
    bool stop; /* the worker was told to stop */
};

static struct db *reader, *writer, *storer;
static unsigned char *piece;

/* About twice a second: how far it is, whether it is still wanted. */
static enum err tick(void *ctx, int64_t done, int64_t total)
{
    struct run *run = ctx;
    int64_t now = clock_monotonic_us();
    enum err e;

    if (now - run->ticked_us < TICK_US)
        return ERR_OK;
    run->ticked_us = now;
    each_second_turn();
    if (!duty_sleep(0)) {
        run->stop = true;
        return err_raise(ERR_BUSY, "job=%" PRId64 ": told to stop",
                         run->claim->id);
    }
    e = job_progress(run->db, run->scratch, run->claim, done, total);
    arena_reset(run->scratch);
    return e;
}

/* ---- one document ---- */

/* PDF may become several files; the other formats go out as they grow. */
static enum err make(struct run *run, struct document *d, struct job_file *file)
{
    enum report_format format = document_format(d->order);
    const struct sink to = { &run->pieces, pieces_write, NULL };
    const char *ending = report_ending(format);
    const char *media_type = report_media_type(format);
    struct bundle *bundle = NULL;
    bool zipped = false;
    enum err e;

    d->to = to;
    if (format == REPORT_PDF) {
        e = bundle_begin(d->tmpdir, run->claim->title, ".pdf", &bundle);
        if (e != ERR_OK)
            return e;
        d->to = bundle_sink(bundle);
    }
    e = document_make(d);
    if (bundle != NULL && e == ERR_OK)
        e = bundle_end(bundle, &to, &zipped);
    else
        bundle_drop(bundle);
    if (e == ERR_OK)
        e = pieces_end(&run->pieces);
    *file = (struct job_file){
        .name = document_file_name(d->arena, run->claim->title,
                                   zipped ? "zip" : ending),
        .media_type = zipped ? "application/zip" : media_type,
        .size = run->pieces.size,
    };
    return e;
}

static enum err make_as_operator(struct run *run, struct arena *a,
                                 struct document *d, struct job_file *file)
{
    struct document_words words;
    enum err e;

    if ((e = job_words(run->db, a, run->claim->id, &words)) != ERR_OK ||
        (e = db_begin(reader)) != ERR_OK)
        return e;
    *d = (struct document){
        .db = reader,
        .arena = a,
        .order = &run->claim->order,
        .words = &words,
        .today = day_of_moment((struct moment){ clock_now_us() }),
        .tmpdir = scratch_folder(),
        .progress = tick,
        .ctx = run,
        .note = "",
    };
    e = job_enter(reader, a, run->claim->id);
    if (e == ERR_OK)
        e = make(run, d, file);
    db_rollback(reader);
    return e;
}

static const char *why_of(enum err e)
{
    return e == ERR_FORBIDDEN   ? "rights"
           : e == ERR_NOT_FOUND ? "empty"
                                : "broken";
}

/* What becomes of a job that came to nothing, and the word for it. */
static enum err give_up(struct run *run, struct arena *a, const char *word,
                        const char *note, enum err why)
{
    const struct job_claim *c = run->claim;
    enum err e;

    if (run->stop)
        return job_release(run->db, a, c);
    log_info("job=%" PRId64 " given up code=%s reason=%s", c->id, err_name(why),
             err_reason());
    if (why != ERR_CONFLICT) {
        e = job_fail(run->db, a, c, word, note);
        if (e != ERR_OK && e != ERR_CONFLICT)
            return e;
    }
    e = job_chunks_drop(run->db, a, c->id);
    return e == ERR_OK && c->import.upload_id != 0
               ? import_file_drop(run->db, a, c->id)
               : e;
}

/* The document is made, and the job finished with it. */
static enum err document_run(struct run *run, struct arena *a,
                             const char **note)
{
    struct document d = { .note = "" };
    struct job_file file;
    enum err e = make_as_operator(run, a, &d, &file);

    *note = d.note;
    return e == ERR_OK ? job_finish(writer, a, run->claim, &file, d.note) : e;
}

static enum err import_run(struct run *run, struct arena *a, const char **why,
                           const char **note)
{
    struct import_work w = { .claim = run->claim,
                             .db = reader,
                             .teller = writer,
                             .pieces = &run->pieces,
                             .folder = scratch_folder(),
                             .tick = tick,
                             .ctx = run,
                             .arena = a };
    enum err e = import_make(&w);

    if (w.why[0] != '\0')
        *why = w.why;
    *note = w.note;
    return e;
}

static enum err order_run(struct run *run, struct arena *a)
{
    const struct order_work w = { .claim = run->claim,
                                  .db = reader,
                                  .teller = writer,
                                  .pieces = &run->pieces,
                                  .tick = tick,
                                  .ctx = run };

    return orders_make(&w, a);
}

/* What kind of work it is, for the log. */
static const char *kind_of(const struct job_claim *c)
{
    if (c->is_order)
        return "order";
    return c->import.upload_id != 0 ? "import"
                                    : document_kind_code(c->order.kind);
}

static enum err run_claim(const struct job_claim *c, struct arena *a,
                          bool *stop)
{
    struct run run = { .claim = c, .db = writer, .scratch = arena_new() };
    int64_t began = clock_monotonic_us();
    const char *why = NULL, *note = "";
    enum err e;

    pieces_begin(&run.pieces, storer, c, piece);
    if (c->is_order)
        e = order_run(&run, a);
    else if (c->import.upload_id != 0)
        e = import_run(&run, a, &why, &note);
    else
        e = document_run(&run, a, &note);
    pieces_leave(&run.pieces);
    if (e == ERR_OK)
        log_info("job=%" PRId64 " done kind=%s bytes=%" PRId64
                 " took_ms=%" PRId64,
                 c->id, kind_of(c), run.pieces.size,
                 (clock_monotonic_us() - began) / 1000);
    /* A lost connection is not the job's fault: its claim runs out. */
    else if (db_alive(writer) && db_alive(reader) && db_alive(storer))
        e = give_up(&run, a, why != NULL ? why : why_of(e), note, e);
    *stop = run.stop;
    arena_free(run.scratch);
    return e;
}

/* ---- all of them ---- */

void jobs_open(void)
{
    scratch_open();
    piece = malloc(JOB_CHUNK);
    if (piece == NULL)
        fatal("jobs");
}

static void disconnect(void)
{
    db_close(reader);
    db_close(writer);
    db_close(storer);
    reader = writer = storer = NULL;
}

void jobs_close(void)
{
    disconnect();
    free(piece);
    scratch_close();
}

static enum err connect_all(const struct settings *s)
{
    enum err e = ERR_OK;

    if (reader == NULL)
        e = db_open(s->worker_db, &reader);
    if (e == ERR_OK && writer == NULL)
        e = db_open(s->worker_db, &writer);
    if (e == ERR_OK && storer == NULL)
        e = db_open(s->worker_db, &storer);
    return e;
}

static enum err make_next(const struct settings *s, bool *found, bool *stop)
{
    struct arena *a = arena_new();
    struct job_claim claim;
    enum err e = job_claim(writer, a, s->job_lease_ms, &claim);

    *found = e == ERR_OK && claim.id != 0;
    if (*found && claim.given_up) {
        e = job_chunks_drop(writer, a, claim.id);
        if (e == ERR_OK && claim.import.upload_id != 0)
            e = import_file_drop(writer, a, claim.id);
    } else if (*found)
        e = run_claim(&claim, a, stop);
    arena_free(a);
    return e;
}

bool jobs_make(const struct settings *s)
{
    bool found = true, stop = false;
    enum err e = connect_all(s);

    while (e == ERR_OK && found && !stop)
        e = make_next(s, &found, &stop);
    if (e != ERR_OK) {
        log_err(e, "jobs");
        disconnect();
    }
    return !stop;
}
