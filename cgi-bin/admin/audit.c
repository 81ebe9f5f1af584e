/* The log is read here and changed nowhere. */
#include "cgi-bin/admin/audit.h"

#include <string.h>

#include "cgi-bin/web/table.h"
#include "lib/model/audit.h"

/* As in sort=; the order of enum audit_order. */
static const char *const orders[AUDIT_ORDERS] = { "at", "login", "action" };

static enum err filter_read(struct req *r, struct audit_filter *f)
{
    const char *sort = form_has(r, "sort") ? form_text(r, "sort") : "-at";

    f->term = form_text(r, "q");
    f->descending = sort[0] == '-';
    for (int i = 0; i < AUDIT_ORDERS; i++) {
        if (strcmp(sort + f->descending, orders[i]) == 0) {
            f->order = (enum audit_order)i;
            return ERR_OK;
        }
    }
    return err_raise(ERR_INVALID, "no such order");
}

static const char *filter_query(struct req *r, const struct audit_filter *f)
{
    return arena_printf(r->arena, "q=%s&sort=%s%s",
                        url_encode(r->arena, f->term), f->descending ? "-" : "",
                        orders[f->order]);
}

/* A click sorts ascending, the next descending (GC-036). */
static void columns_show(struct req *r, const struct audit_filter *f,
                         const struct table *t)
{
    for (int i = 0; i < AUDIT_ORDERS; i++) {
        bool current = f->order == (enum audit_order)i;
        struct audit_filter next = { .order = (enum audit_order)i,
                                     .descending = current && !f->descending,
                                     .term = f->term };
        const char *column =
            arena_printf(r->arena, "Audit.Columns.%s", orders[i]);

        view_set(r, arena_printf(r->arena, "%s.Href", column),
                 arena_printf(r->arena, "%s?%s&size=%d", t->address,
                              filter_query(r, &next), (int)t->size));
        if (current)
            view_set(r, arena_printf(r->arena, "%s.Dir", column),
                     f->descending ? "desc" : "asc");
    }
}

/*
 * Names: Audit.Rows.N .At .AtIso .Login .Action .Note; Audit.Columns.<at login
 * action> .Href .Dir; Audit.Filter, Audit.Sort, Audit.Csv (address), and those
 * of table_show.
 */
static void audit_show(struct req *r, const struct audit_filter *f,
                       const struct table *t, const struct audit_list *list)
{
    static const char rows[] = "Audit.Rows";

    for (size_t i = 0; i < list->n; i++) {
        const struct audit_line *it = &list->rows[i];

        view_set_at(r, rows, i, "At", moment_text(r->arena, it->at));
        view_set_at(r, rows, i, "AtIso", moment_iso(r->arena, it->at));
        view_set_at(r, rows, i, "Login", it->login);
        view_set_at(r, rows, i, "Action", it->action);
        view_set_at(r, rows, i, "Note", it->note);
    }
    view_set(r, "Audit.Filter", f->term);
    view_set(r, "Audit.Sort",
             arena_printf(r->arena, "%s%s", f->descending ? "-" : "",
                          orders[f->order]));
    view_set(r, "Audit.Csv",
             arena_printf(r->arena, "/admin/log.csv?%s", t->query));
    columns_show(r, f, t);
    table_show(r, t);
}

/* Counted up to a limit; the whole is counted only when a filter is on. */
static enum err totals_read(struct req *r, const struct audit_filter *f,
                            struct table *t)
{
    enum err e = audit_count(r->db, r->arena, f->term, &t->total);

    if (e == ERR_OK && f->term[0] != '\0')
        e = audit_count(r->db, r->arena, "", &t->all);
    t->more = t->total > AUDIT_COUNT_MAX;
    if (t->more)
        t->total = AUDIT_COUNT_MAX;
    if (t->all > AUDIT_COUNT_MAX)
        t->all = AUDIT_COUNT_MAX;
    return e;
}

enum err audit_list_page(struct req *r)
{
    struct audit_filter filter = { 0 };
    struct table t = { .list = "Audit", .address = "/admin/log" };
    struct audit_list list;
    enum err e;

    if ((e = filter_read(r, &filter)) != ERR_OK ||
        (e = table_read(r, &t)) != ERR_OK ||
        (e = totals_read(r, &filter, &t)) != ERR_OK)
        return e;
    t.query = filter_query(r, &filter);

    struct span span = { .rows = t.size, .before = table_before(&t) };

    if ((e = audit_page(r->db, r->arena, &filter, span, &list)) != ERR_OK)
        return e;
    audit_show(r, &filter, &t, &list);
    return view_render(r, "admin/audit.cst");
}

/* ---- the download ---- */

static enum err csv_row(const struct audit_line *it, void *ctx)
{
    struct csv *csv = ctx;
    struct arena *a = arena_new(); /* of the row: memory stays flat */

    csv_cell(csv, moment_text(a, it->at));
    csv_cell(csv, it->login);
    csv_cell(csv, it->action);
    csv_cell(csv, it->note);
    csv_row_end(csv);
    arena_free(a);
    return csv_gone(csv) ? err_raise(ERR_IO, "the browser hung up") : ERR_OK;
}

enum err audit_csv(struct req *r)
{
    static const char *const headings[] = { "Audit.At", "Audit.Login",
                                            "Audit.Action", "Audit.Note" };
    struct audit_filter filter = { 0 };
    struct csv *csv;
    enum err e;

    if ((e = filter_read(r, &filter)) != ERR_OK ||
        (e = csv_begin(r, "Протокол работы.csv", &csv)) != ERR_OK)
        return e;
    for (size_t i = 0; i < sizeof(headings) / sizeof(headings[0]); i++)
        csv_cell(csv, word(r, headings[i]));
    csv_row_end(csv);
    e = audit_stream(r->db, r->arena, &filter, csv_row, csv);
    return e != ERR_OK ? e : csv_end(csv);
}
