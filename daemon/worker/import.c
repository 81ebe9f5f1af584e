/*
 * First the rows go into a place of this connection alone; then one
 * transaction does all that the file says, tells what it did, and either ends
 * the job or, for a trial, is taken back before the job ends with the report.
 */
#include "daemon/worker/import.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/arrays.h"
#include "daemon/worker/import_rows.h"
#include "lib/base/log.h"
#include "lib/document/document.h"
#include "lib/import/report.h"
#include "lib/model/import.h"
#include "lib/model/upload.h"

#define PERCENT_READ 50 /* of the way, when the file is read */
#define ATTEMPTS     5  /* against others who lock the same rows */
#define BATCH        1000

struct import_run {
    struct import_work *w;
    struct import_steps steps;
    struct import_counts counts;
    struct import_rows rows;
    struct document_words words;
    int percent;
};

static enum err ask(void *ctx)
{
    struct import_run *run = ctx;

    return run->w->tick(run->w->ctx, run->percent, 100);
}

/* ---- the file ---- */

static enum err file_write(void *ctx, const void *bytes, size_t len)
{
    return fwrite(bytes, 1, len, ctx) == len
               ? ERR_OK
               : err_raise(ERR_IO, "import: a file: %s", strerror(errno));
}

static enum err fetch(const struct import_work *w, const char *path)
{
    struct upload upload;
    FILE *f = fopen(path, "wb");
    enum err e;

    if (f == NULL)
        return err_raise(ERR_IO, "import: %s: %s", path, strerror(errno));
    e = upload_find(w->teller, w->arena, w->claim->import.upload_id, &upload);
    if (e == ERR_OK)
        e = upload_read(w->teller, &upload, file_write, f);
    if (fclose(f) != 0 && e == ERR_OK)
        e = err_raise(ERR_IO, "import: %s: %s", path, strerror(errno));
    return e;
}

static enum err on_row(void *ctx, const struct xlsx_row *row)
{
    struct import_run *run = ctx;

    return import_rows_take(&run->rows, row);
}

static enum err on_progress(void *ctx, int64_t done, int64_t total)
{
    struct import_run *run = ctx;

    run->percent =
        total > 0 && done <= total ? (int)(done * PERCENT_READ / total) : 0;
    return ask(run);
}

/* "G1: «Тел», должно быть «ФИО»" */
static const char *heading_note(const struct import_run *run)
{
    const struct import_heading_fault *f = &run->rows.fault;

    return arena_printf(run->w->arena, "%c1: «%s», %s «%s»",
                        (char)('A' + f->column), f->found,
                        document_word(&run->words, "Import.MustBe"),
                        import_headings[f->column]);
}

/* Which of the two refused it: the reader of the format, or of the table. */
static void explain(struct import_run *run, enum xlsx_fault fault)
{
    struct import_work *w = run->w;

    if (fault != XLSX_FINE)
        w->why = xlsx_fault_code(fault);
    else if (run->rows.why[0] != '\0')
        w->why = run->rows.why;
    if (fault == XLSX_FINE && strcmp(w->why, "header") == 0)
        w->note = heading_note(run);
    else if (fault == XLSX_FINE && strcmp(w->why, "wide") == 0)
        w->note = arena_printf(w->arena, "%s %" PRId64,
                               document_word(&run->words, "Import.Row"),
                               run->rows.at);
}

static enum err read_rows(struct import_run *run, const char *path)
{
    const struct xlsx_reading reading = { .columns = IMPORT_COLUMNS,
                                          .tmpdir = run->w->folder,
                                          .row = on_row,
                                          .progress = on_progress,
                                          .ctx = run };
    enum xlsx_fault fault = XLSX_FINE;
    enum err e;

    import_rows_begin(&run->rows, run->w->db);
    e = xlsx_read(path, &reading, &fault);
    if (e == ERR_OK)
        e = import_rows_end(&run->rows);
    if (e == ERR_INVALID)
        explain(run, fault);
    run->counts.rows = run->rows.n;
    import_rows_leave(&run->rows);
    return e;
}

/* ---- what it says is done ---- */

struct step {
    int percent; /* of the way, before it */
    enum err (*go)(struct import_run *run);
};

static enum err go_match(struct import_run *run)
{
    return import_match(&run->steps);
}

static enum err go_directories(struct import_run *run)
{
    return import_directories(&run->steps, &run->counts);
}

static enum err go_lock(struct import_run *run)
{
    return import_lock(&run->steps);
}

static enum err go_subscribers(struct import_run *run)
{
    return import_subscribers(&run->steps, &run->counts);
}

static enum err go_meters(struct import_run *run)
{
    return import_meters(&run->steps, &run->counts);
}

static enum err go_drop(struct import_run *run)
{
    return run->w->claim->import.drops ? import_drop(&run->steps, &run->counts)
                                       : ERR_OK;
}

static enum err go_count(struct import_run *run)
{
    return import_problem_counts(&run->steps, &run->counts);
}

static const struct step way[] = {
    { PERCENT_READ, go_match }, { 56, go_directories }, { 57, go_lock },
    { 60, go_subscribers },     { 72, go_meters },      { 92, go_drop },
    { 95, go_count },
};

static enum err attempt(struct import_run *run)
{
    const struct import_work *w = run->w;
    enum err e = db_begin(w->db);

    if (e == ERR_OK)
        e = import_enter(&run->steps, w->claim->id);
    for (size_t i = 0; i < sizeof(way) / sizeof(way[0]) && e == ERR_OK; i++) {
        run->percent = way[i].percent;
        e = way[i].go(run);
    }
    return e;
}

/* Somebody else has locked the same the other way round, or made the same
 * branch: taken back, and done once more. */
static enum err all_steps(struct import_run *run)
{
    const struct import_work *w = run->w;
    enum err e = ERR_CONFLICT;

    for (int i = 0; i < ATTEMPTS && e == ERR_CONFLICT; i++) {
        e = attempt(run);
        if (e != ERR_CONFLICT)
            break;
        db_rollback(w->db);
        log_info("import=%" PRId64 " again reason=%s", w->claim->id,
                 err_reason());
        /* Unless it was the job that is not ours any more. */
        if (job_progress(w->teller, run->steps.scratch, w->claim, run->percent,
                         100) != ERR_OK)
            return ERR_CONFLICT;
    }
    return e == ERR_CONFLICT ? err_raise(ERR_BUSY, "import: others lock the "
                                                   "same rows")
                             : e;
}

/* ---- the report ---- */

struct telling {
    struct import_run *run;
    struct import_tell tell;
    struct buf text;
    struct arena *scratch;
    struct array n, no, code, detail, other;
    int32_t lines, waiting;
};

static void lines_begin(struct telling *t)
{
    array_begin(&t->n, ARRAY_INT4);
    array_begin(&t->no, ARRAY_INT4);
    array_begin(&t->code, ARRAY_TEXT);
    array_begin(&t->detail, ARRAY_TEXT);
    array_begin(&t->other, ARRAY_INT4);
    t->waiting = 0;
}

/* For the screen, and the text for the file. */
static enum err lines_send(struct telling *t)
{
    const struct import_work *w = t->run->w;
    char *id = arena_printf(t->scratch, "%" PRId64, w->claim->id);
    const struct db_param params[] = {
        { id, (int)strlen(id), false },
        { w->claim->key, (int)strlen(w->claim->key), false },
        array_param(&t->n),
        array_param(&t->no),
        array_param(&t->code),
        array_param(&t->detail),
        array_param(&t->other),
    };
    struct rows rows;
    enum err e = ERR_OK;

    if (t->waiting > 0)
        e = db_query_params(w->teller, t->scratch, Q_IMPORT_PROBLEMS_ADD,
                            params, sizeof(params) / sizeof(params[0]), &rows);
    if (e == ERR_OK && t->waiting > 0 && row_int(&rows, 0, 0) != t->waiting)
        e = err_raise(ERR_CONFLICT, "import=%" PRId64 " is not ours any more",
                      w->claim->id);
    if (e == ERR_OK)
        e = pieces_write(w->pieces, t->text.at, t->text.len);
    arena_reset(t->scratch);
    buf_clear(&t->text);
    lines_begin(t);
    return e == ERR_OK ? ask(t->run) : e;
}

static enum err on_problem(const struct import_problem *p, void *ctx)
{
    struct telling *t = ctx;

    import_report_problem(&t->text, &t->run->words, &t->tell, p);
    array_int4(&t->n, ++t->lines);
    array_int4(&t->no, (int32_t)p->no);
    array_text(&t->code, p->code);
    array_text(&t->detail, p->detail);
    array_int4(&t->other, (int32_t)p->other);
    return ++t->waiting == BATCH ? lines_send(t) : ERR_OK;
}

static void telling_end(struct telling *t)
{
    struct array *const all[] = { &t->n, &t->no, &t->code, &t->detail,
                                  &t->other };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        free(all[i]->at);
    buf_free(&t->text);
    arena_free(t->scratch);
}

static enum err tell(struct import_run *run)
{
    const struct import_work *w = run->w;
    struct telling t = { .run = run, .scratch = arena_new() };
    enum err e;

    run->percent = 97;
    lines_begin(&t);
    import_report_head(&t.text, &run->words, &run->counts,
                       w->claim->import.trial);
    e = import_problems(&run->steps, on_problem, &t);
    if (e == ERR_OK)
        e = lines_send(&t);
    if (e == ERR_OK)
        e = pieces_end(w->pieces);
    telling_end(&t);
    return e;
}

/* ---- all of it ---- */

/* The job ends where the import does: both or neither. */
static enum err finish(struct import_run *run)
{
    const struct import_work *w = run->w;
    const struct job_file file = {
        .name = document_file_name(w->arena, w->claim->title, "txt"),
        .media_type = "text/plain; charset=utf-8",
        .size = w->pieces->size,
    };
    enum err e = ERR_OK;

    if (w->claim->import.trial) {
        db_rollback(w->db);
        e = db_begin(w->db);
    }
    if (e == ERR_OK)
        e = import_done(&run->steps, w->claim->id, &run->counts);
    if (e == ERR_OK)
        e = job_finish(w->db, w->arena, w->claim, &file, "");
    return e == ERR_OK ? db_commit(w->db) : e;
}

static enum err run_all(struct import_run *run, const char *path)
{
    struct import_work *w = run->w;
    enum err e;

    if ((e = job_words(w->teller, w->arena, w->claim->id, &run->words)) !=
            ERR_OK ||
        (e = import_forget(w->teller, w->arena, w->claim->id)) != ERR_OK ||
        (e = fetch(w, path)) != ERR_OK ||
        (e = import_begin(&run->steps)) != ERR_OK ||
        (e = read_rows(run, path)) != ERR_OK ||
        (e = all_steps(run)) != ERR_OK || (e = tell(run)) != ERR_OK)
        return e;
    return finish(run);
}

enum err import_make(struct import_work *w)
{
    struct import_run run = { .w = w };
    const char *path = arena_printf(w->arena, "%s/import.xlsx", w->folder);
    enum err e;

    w->why = w->note = "";
    run.steps = (struct import_steps){
        .db = w->db, .scratch = arena_new(), .ask = ask, .ctx = &run
    };
    e = run_all(&run, path);
    db_rollback(w->db);
    (void)unlink(path);
    arena_free(run.steps.scratch);
    return e;
}
