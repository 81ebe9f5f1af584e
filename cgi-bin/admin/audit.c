/* The log is read here and changed nowhere; its files are in audit_file.c. */
#include "cgi-bin/admin/audit.h"

#include <string.h>

#include "cgi-bin/web/table.h"
#include "lib/document/document.h"

/* As in sort=; the order of enum audit_order. */
static const char *const orders[AUDIT_ORDERS] = { "at", "login", "action" };

static enum err order_read(struct req *r, struct audit_filter *f)
{
    const char *sort = form_has(r, "sort") ? form_text(r, "sort") : "-at";

    f->descending = sort[0] == '-';
    for (int i = 0; i < AUDIT_ORDERS; i++) {
        if (strcmp(sort + f->descending, orders[i]) == 0) {
            f->order = (enum audit_order)i;
            return ERR_OK;
        }
    }
    return err_raise(ERR_INVALID, "no such order");
}

/* Browsers send a day of the calendar or nothing. */
static enum err day_field(struct req *r, const char *name, const char **out)
{
    const char *text = form_text(r, name);

    *out = text[0] != '\0' ? day_read(r->arena, text) : "";
    return *out != NULL ? ERR_OK : err_raise(ERR_INVALID, "%s is no day", name);
}

enum err audit_filter_read(struct req *r, struct audit_filter *f)
{
    enum err e;

    f->term = form_text(r, "q");
    f->login = form_text(r, "login");
    f->action = form_text(r, "action");
    if ((e = day_field(r, "from", &f->from)) != ERR_OK ||
        (e = day_field(r, "to", &f->to)) != ERR_OK ||
        (e = order_read(r, f)) != ERR_OK)
        return e;
    return audit_prepare(r->db, r->arena, f);
}

static const char *filter_query(struct req *r, const struct audit_filter *f)
{
    struct arena *a = r->arena;

    return arena_printf(a, "q=%s&from=%s&to=%s&login=%s&action=%s&sort=%s%s",
                        url_encode(a, f->term), f->from, f->to,
                        url_encode(a, f->login), url_encode(a, f->action),
                        f->descending ? "-" : "", orders[f->order]);
}

/* A click sorts ascending, the next descending (GC-036). */
static void columns_show(struct req *r, const struct audit_filter *f,
                         const struct table *t)
{
    for (int i = 0; i < AUDIT_ORDERS; i++) {
        bool current = f->order == (enum audit_order)i;
        struct audit_filter next = *f;
        const char *column =
            arena_printf(r->arena, "Audit.Columns.%s", orders[i]);

        next.order = (enum audit_order)i;
        next.descending = current && !f->descending;
        view_set(r, arena_printf(r->arena, "%s.Href", column),
                 arena_printf(r->arena, "%s?%s&size=%d", t->address,
                              filter_query(r, &next), (int)t->size));
        if (current)
            view_set(r, arena_printf(r->arena, "%s.Dir", column),
                     f->descending ? "desc" : "asc");
    }
}

/* The flag beside the address of whoever signed in (GC-243, GC-245). */
static void country_show(struct req *r, size_t i, const struct audit_line *it)
{
    static const char rows[] = "Audit.Rows";
    const char *code, *key, *name;

    if (strcmp(it->action, AUDIT_SIGNED_IN) != 0)
        return;
    code = address_country(r, it->address);
    if (code[0] == '\0')
        return;
    key = arena_printf(r->arena, "Country.%s", code);
    name = word(r, key);
    /* A country without a name has no flag either: its code is shown. */
    view_set_at(r, rows, i, "Country", name == key ? code : name);
    if (name != key)
        view_set_at(r, rows, i, "Flag", code);
}

static void rows_show(struct req *r, const struct audit_list *list)
{
    static const char rows[] = "Audit.Rows";

    for (size_t i = 0; i < list->n; i++) {
        const struct audit_line *it = &list->rows[i];

        view_set_at(r, rows, i, "At", moment_text(r->arena, it->at));
        view_set_at(r, rows, i, "AtIso", moment_iso(r->arena, it->at));
        view_set_at(r, rows, i, "Login", it->login);
        view_set_at(r, rows, i, "Action", word_for(r, AUDIT_DEEDS, it->action));
        view_set_at(r, rows, i, "Note", it->note);
        country_show(r, i, it);
    }
}

static void choice_show(struct req *r, enum audit_word what, const char *list,
                        size_t i, const char *text)
{
    view_set_at(r, list, i, "Text", text);
    view_set_at(r, list, i, "Shown",
                what == AUDIT_ACTIONS ? word_for(r, AUDIT_DEEDS, text) : text);
}

/* What may be chosen; what was asked for stands there in any case. */
static enum err choices_show(struct req *r, enum audit_word what,
                             const char *list, const char *chosen)
{
    struct rows rows;
    bool found = chosen[0] == '\0';
    enum err e = audit_words(r->db, r->arena, what, &rows);

    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < rows.n; i++) {
        const char *text = row_text(&rows, i, 0);
        bool current = strcmp(text, chosen) == 0;

        choice_show(r, what, list, i, text);
        if (current)
            view_set_at(r, list, i, "Current", "1");
        found = found || current;
    }
    if (!found) {
        choice_show(r, what, list, rows.n, chosen);
        view_set_at(r, list, rows.n, "Current", "1");
    }
    return ERR_OK;
}

/*
 * Names: Audit.Rows.N .At .AtIso .Login .Action .Note .Country .Flag;
 * Audit.Columns.<at login action> .Href .Dir; Audit.Filter, .From, .To, .Login,
 * .Action, .Sort; Audit.Logins.N and Audit.Actions.N .Text .Shown .Current;
 * Audit.Csv, .Xlsx (addresses), .Reset (address without a filter), .Backwards
 * (no day is between), and those of table_show.
 */
static enum err audit_show(struct req *r, const struct audit_filter *f,
                           const struct table *t, const struct audit_list *list)
{
    struct arena *a = r->arena;
    enum err e;

    rows_show(r, list);
    view_set(r, "Audit.Filter", f->term);
    view_set(r, "Audit.From", f->from);
    view_set(r, "Audit.To", f->to);
    view_set(r, "Audit.Login", f->login);
    view_set(r, "Audit.Action", f->action);
    view_set(
        r, "Audit.Sort",
        arena_printf(a, "%s%s", f->descending ? "-" : "", orders[f->order]));
    view_set(r, "Audit.Csv", arena_printf(a, "/admin/log.csv?%s", t->query));
    view_set(r, "Audit.Xlsx", arena_printf(a, "/admin/log.xlsx?%s", t->query));
    if (f->to[0] != '\0' && strcmp(f->from, f->to) > 0)
        view_set(r, "Audit.Backwards", "1");
    if (audit_is_filtered(f))
        view_set(r, "Audit.Reset", t->address);
    columns_show(r, f, t);
    table_show(r, t);
    e = choices_show(r, AUDIT_LOGINS, "Audit.Logins", f->login);
    return e != ERR_OK
               ? e
               : choices_show(r, AUDIT_ACTIONS, "Audit.Actions", f->action);
}

/* Counted up to a limit; the whole is counted only when a filter is on. */
static enum err totals_read(struct req *r, const struct audit_filter *f,
                            struct table *t)
{
    static const struct audit_filter whole = {
        .from = "", .to = "", .login = "", .action = "", .term = ""
    };
    enum err e = audit_count(r->db, r->arena, f, &t->total);

    if (e == ERR_OK && audit_is_filtered(f))
        e = audit_count(r->db, r->arena, &whole, &t->all);
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

    if ((e = audit_filter_read(r, &filter)) != ERR_OK ||
        (e = table_read(r, &t)) != ERR_OK ||
        (e = totals_read(r, &filter, &t)) != ERR_OK)
        return e;
    t.query = filter_query(r, &filter);

    struct span span = { .rows = t.size, .before = table_before(&t) };

    if ((e = audit_page(r->db, r->arena, &filter, span, &list)) != ERR_OK ||
        (e = audit_show(r, &filter, &t, &list)) != ERR_OK)
        return e;
    return view_render(r, "admin/audit.cst");
}
