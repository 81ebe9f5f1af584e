/* What an administrator asks when a meter does not get through. */
#include "cgi-bin/admin/faults.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cgi-bin/web/table.h"
#include "lib/model/fault.h"

/* The word for a reason; one that has none yet shows its code. */
static const char *reason_word(struct req *r, const char *reason)
{
    char key[80];
    const char *found;

    snprintf(key, sizeof(key), "FaultReason.%s", reason);
    found = word(r, key);
    return found == key ? reason : found;
}

static struct fault_filter filter_read(struct req *r)
{
    return (struct fault_filter){ .reason = form_text(r, "reason"),
                                  .term = form_text(r, "q") };
}

static const char *filter_query(struct req *r, const struct fault_filter *f)
{
    return arena_printf(r->arena, "q=%s&reason=%s",
                        url_encode(r->arena, f->term),
                        url_encode(r->arena, f->reason));
}

static enum err reasons_show(struct req *r, const char *chosen)
{
    const char *const *reasons;
    size_t n;
    enum err e = fault_reasons(r->db, r->arena, &reasons, &n);

    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < n; i++) {
        view_set_at(r, "Faults.Reasons", i, "Code", reasons[i]);
        view_set_at(r, "Faults.Reasons", i, "Word", reason_word(r, reasons[i]));
        if (strcmp(reasons[i], chosen) == 0)
            view_set_at(r, "Faults.Reasons", i, "Current", "1");
    }
    return ERR_OK;
}

static void row_show(struct req *r, size_t i, const struct fault *f)
{
    static const char list[] = "Faults.Rows";
    struct arena *a = r->arena;

    view_set_at(r, list, i, "First", moment_text(a, f->first_at));
    view_set_at(r, list, i, "FirstIso", moment_iso(a, f->first_at));
    view_set_at(r, list, i, "Last", moment_text(a, f->last_at));
    view_set_at(r, list, i, "LastIso", moment_iso(a, f->last_at));
    view_set_at(r, list, i, "Address", f->address);
    view_set_at(r, list, i, "Reason", reason_word(r, f->reason));
    view_set_at(r, list, i, "Times", count_text(a, f->times));
    view_set_at(r, list, i, "Detail", f->detail);
    view_set_at(r, list, i, "Sample", f->sample);
}

/*
 * Names: Faults.Rows.N .First .FirstIso .Last .LastIso .Address .Reason .Times
 * .Detail .Sample; Faults.Filter, Faults.Reasons.N .Code .Word .Current,
 * Faults.Csv (address), and those of table_show.
 */
static enum err faults_show(struct req *r, const struct fault_filter *filter,
                            const struct table *t,
                            const struct fault_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        row_show(r, i, &list->rows[i]);
    view_set(r, "Faults.Filter", filter->term);
    view_set(r, "Faults.Csv",
             arena_printf(r->arena, "/admin/faults.csv?%s", t->query));
    table_show(r, t);
    return reasons_show(r, filter->reason);
}

enum err faults_list(struct req *r)
{
    struct fault_filter filter = filter_read(r);
    struct table t = { .list = "Faults",
                       .address = "/admin/faults",
                       .query = filter_query(r, &filter) };
    struct fault_list list;
    enum err e;

    if ((e = table_read(r, &t)) != ERR_OK ||
        (e = fault_count(r->db, r->arena, &filter, &t.total, &t.all)) != ERR_OK)
        return e;
    if (filter.term[0] == '\0' && filter.reason[0] == '\0')
        t.all = 0;

    struct span span = { .rows = t.size, .before = table_before(&t) };

    if ((e = fault_page(r->db, r->arena, &filter, span, &list)) != ERR_OK ||
        (e = faults_show(r, &filter, &t, &list)) != ERR_OK)
        return e;
    return view_render(r, "admin/faults.cst");
}

/* ---- the download ---- */

struct download {
    struct req *r;
    struct csv *csv;
};

static enum err csv_row(const struct fault *f, void *ctx)
{
    struct download *d = ctx;
    struct arena *a = arena_new(); /* of the row: memory stays flat */

    csv_cell(d->csv, moment_text(a, f->last_at));
    csv_cell(d->csv, f->address);
    csv_cell(d->csv, reason_word(d->r, f->reason));
    csv_number(d->csv, arena_printf(a, "%" PRId64, f->times));
    csv_cell(d->csv, moment_text(a, f->first_at));
    csv_cell(d->csv, f->detail);
    csv_cell(d->csv, f->sample);
    csv_row_end(d->csv);
    arena_free(a);
    return csv_gone(d->csv) ? err_raise(ERR_IO, "the browser hung up") : ERR_OK;
}

enum err faults_csv(struct req *r)
{
    static const char *const headings[] = { "Faults.Last",   "Faults.Address",
                                            "Faults.Reason", "Faults.Times",
                                            "Faults.First",  "Faults.Detail",
                                            "Faults.Sample" };
    struct fault_filter filter = filter_read(r);
    struct download d = { .r = r };
    enum err e = csv_begin(r, "Ошибки связи.csv", &d.csv);

    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
        csv_cell(d.csv, word(r, headings[i]));
    csv_row_end(d.csv);
    e = fault_stream(r->db, r->arena, &filter, csv_row, &d);
    return e != ERR_OK ? e : csv_end(d.csv);
}
