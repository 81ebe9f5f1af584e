/*
 * An administrator sends a table, the worker does what it says, and the page
 * of the import tells how far it is and then shows the report.
 */
#include "cgi-bin/admin/import.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

#include "cgi-bin/web/sheet.h"
#include "cgi-bin/web/table.h"
#include "cgi-bin/web/words.h"
#include "lib/base/buf.h"
#include "lib/import/table.h"
#include "lib/model/import.h"

#define SHOWN_MAX 1000 /* lines of a report on its page; the file has all */

static struct document_words words_of(struct req *r)
{
    return words_named(r, import_word_names);
}

/* ---- the dialog ---- */

static const struct sheet_field fields[] = {
    { .name = "file", .kind = SHEET_FILE, .required = true },
    { .name = "drops", .kind = SHEET_CHECK },
    { .name = "trial", .kind = SHEET_CHECK },
};

static struct sheet sheet_of(struct req *r)
{
    return (struct sheet){
        .r = r,
        .words = "Import",
        .fields = fields,
        .n = sizeof(fields) / sizeof(fields[0]),
        .post = "/admin/import",
        .back = back_to(r, "/admin/subscribers"),
    };
}

/* His last ones under the dialog: Import.Past.N .Href .File .Trial .State .At
 * .AtIso. */
static enum err past_show(struct req *r)
{
    static const char list[] = "Import.Past";
    const struct import_mention *past;
    size_t n;
    enum err e = import_list(r->db, r->arena, &past, &n);

    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < n; i++) {
        const struct import_mention *it = &past[i];

        view_set_at(r, list, i, "Href",
                    arena_printf(r->arena, "/admin/imports/%" PRId64, it->id));
        view_set_at(r, list, i, "File", it->file);
        view_set_at(r, list, i, "Trial", it->trial ? "1" : "");
        view_set_at(r, list, i, "State", it->state);
        view_set_at(r, list, i, "At", moment_text(r->arena, it->created_at));
        view_set_at(r, list, i, "AtIso", moment_iso(r->arena, it->created_at));
    }
    return ERR_OK;
}

static enum err form_show(struct sheet *s)
{
    enum err e = past_show(s->r);

    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < IMPORT_COLUMNS; i++)
        view_set_at(s->r, "Import.Headings", i, "Text", import_headings[i]);
    sheet_notice(s, "warn", "Warning");
    sheet_button(s, "danger", "Execute");
    return sheet_render(s, "admin/import_form.cst");
}

enum err import_form(struct req *r)
{
    struct sheet s = sheet_of(r);

    sheet_put(&s, "trial", "1"); /* first a trial, then the real one */
    return form_show(&s);
}

static bool is_xlsx(const char *name)
{
    size_t n = strlen(name);

    return n > 5 && strcasecmp(name + n - 5, ".xlsx") == 0;
}

static enum err ask(struct sheet *s, const struct upload *file, int64_t *id)
{
    struct req *r = s->r;
    const struct import_order order = { .upload_id = file->id,
                                        .trial = sheet_on(s, "trial"),
                                        .drops = sheet_on(s, "drops") };
    struct document_words words = words_of(r);
    const char *title = arena_printf(
        r->arena, "%s %s",
        word(r, order.trial ? "Import.TrialTitle" : "Import.JobTitle"),
        file->name);

    return import_ask(r->db, r->arena, &order, &words, title, r->address, id);
}

/* The form again; the file would have to be chosen again too. */
static enum err refused(struct sheet *s, const struct upload *file,
                        const char *why)
{
    enum err e = ERR_OK;

    if (file != NULL)
        e = upload_drop(s->r->db, s->r->arena, file->id);
    sheet_mistake(s, "file", why);
    return e == ERR_OK ? form_show(s) : e;
}

enum err import_start(struct req *r)
{
    const struct upload *file = form_file(r, "file");
    struct sheet s = sheet_of(r);
    int64_t id;
    enum err e;

    sheet_read(&s);
    if (file == NULL)
        return refused(&s, NULL, "NoFile");
    if (!is_xlsx(file->name))
        return refused(&s, file, "NotXlsx");
    e = ask(&s, file, &id);
    if (e == ERR_CONFLICT) {
        db_rollback(r->db);
        return answer_redirect(r, "/downloads");
    }
    return e == ERR_OK
               ? answer_redirect(
                     r, arena_printf(r->arena, "/admin/imports/%" PRId64, id))
               : e;
}

/* ---- its page ---- */

struct report {
    struct buf text;
    struct import_tell tell;
    struct document_words words;
};

static enum err problem_put(const struct import_problem *p, void *ctx)
{
    struct report *report = ctx;

    import_report_problem(&report->text, &report->words, &report->tell, p);
    return ERR_OK;
}

static enum err report_show(struct req *r, const struct import *it)
{
    struct report report = { .words = words_of(r) };
    int64_t all = it->counts.errors + it->counts.warnings;
    enum err e;

    import_report_head(&report.text, &report.words, &it->counts, it->trial);
    e = import_problem_stream(r->db, r->arena, it->id, SHOWN_MAX, problem_put,
                              &report);
    view_set(r, "Import.Text", report.text.at);
    buf_free(&report.text);
    if (all > SHOWN_MAX)
        view_set(r, "Import.More", count_text(r->arena, all - SHOWN_MAX));
    if (it->counts.branches_added > 0 && !it->trial)
        view_set(r, "Import.NewBranches", "1");
    if (all > 0)
        view_set(r, "Import.Csv",
                 arena_printf(r->arena,
                              "/admin/imports/%" PRId64 "/problems.csv",
                              it->id));
    return e;
}

static const char *version_of(struct req *r, const struct import *it)
{
    return arena_printf(r->arena, "%s-%" PRId64, it->state, it->done);
}

static bool is_over(const struct import *it)
{
    return strcmp(it->state, "queued") != 0 &&
           strcmp(it->state, "running") != 0;
}

/*
 * Names: Import.Id .File .State .Trial .Drops; .Live (address) and .Percent
 * while it is on its way; .Error .Note when it failed; .Text .More .Csv
 * .NewBranches when it is done.
 */
static enum err import_show(struct req *r, const struct import *it)
{
    view_set_int(r, "Import.Id", it->id);
    view_set(r, "Import.File", it->file);
    view_set(r, "Import.State", it->state);
    view_set(r, "Import.Trial", it->trial ? "1" : "");
    view_set(r, "Import.Drops", it->drops ? "1" : "");
    view_set(r, "Import.Error", it->error);
    view_set(r, "Import.Note", it->note);
    view_set(r, "Import.Finished", moment_text(r->arena, it->finished_at));
    if (it->total > 0)
        view_set_int(r, "Import.Percent", it->done * 100 / it->total);
    if (!is_over(it))
        view_set(r, "Import.Live",
                 arena_printf(r->arena, "/admin/imports/%" PRId64 "/live?v=%s",
                              it->id, version_of(r, it)));
    view_set(r, "Screen", "import");
    return it->reported ? report_show(r, it) : ERR_OK;
}

enum err import_page(struct req *r)
{
    struct import it;
    enum err e = import_find(r->db, r->arena, r->id, &it);

    if (e == ERR_OK && is_over(&it))
        e = job_seen(r->db, r->arena);
    if (e == ERR_OK)
        e = import_show(r, &it);
    return e == ERR_OK ? view_render(r, "admin/import.cst") : e;
}

enum err import_live(struct req *r)
{
    struct import it;
    enum err e = import_find(r->db, r->arena, r->id, &it);

    if (e != ERR_OK)
        return e;
    if (strcmp(version_of(r, &it), form_text(r, "v")) == 0)
        return answer_unchanged(r);
    e = import_show(r, &it);
    return e == ERR_OK ? view_render(r, "admin/import_part.cst") : e;
}

enum err import_stop(struct req *r)
{
    struct import it;
    enum err e = import_find(r->db, r->arena, r->id, &it);

    if (e == ERR_OK)
        e = job_cancel(r->db, r->arena, r->id, r->address);
    return e == ERR_OK ? answer_redirect(
                             r, arena_printf(r->arena,
                                             "/admin/imports/%" PRId64, it.id))
                       : e;
}

/* ---- errors and warnings as a table ---- */

struct download {
    struct req *r;
    struct csv *csv;
    struct document_words words;
};

static enum err csv_row(const struct import_problem *p, void *ctx)
{
    struct download *d = ctx;
    struct arena *a = arena_new(); /* of the row: memory stays flat */

    csv_number(d->csv, arena_printf(a, "%" PRId64, p->no));
    csv_cell(d->csv,
             word(d->r, import_problem_is_error(p) ? "Import.Error"
                                                   : "Import.WarningOne"));
    csv_cell(d->csv, import_problem_text(a, &d->words, p));
    csv_row_end(d->csv);
    arena_free(a);
    return csv_gone(d->csv) ? err_raise(ERR_IO, "the browser hung up") : ERR_OK;
}

enum err import_csv(struct req *r)
{
    struct download d = { .r = r, .words = words_of(r) };
    struct import it;
    enum err e = import_find(r->db, r->arena, r->id, &it);

    if (e == ERR_OK)
        e = csv_begin(r, arena_printf(r->arena, "%s.csv", it.title), &d.csv);
    if (e != ERR_OK)
        return e;
    csv_cell(d.csv, word(r, "Import.Row"));
    csv_cell(d.csv, word(r, "Import.Kind"));
    csv_cell(d.csv, word(r, "Import.What"));
    csv_row_end(d.csv);
    e = import_problem_stream(r->db, r->arena, r->id, 0, csv_row, &d);
    return e == ERR_OK ? csv_end(d.csv) : e;
}
