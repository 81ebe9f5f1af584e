/* Lists of directories as pages; listing_file.c makes files of them. */
#include "cgi-bin/web/listing.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/web/listing_inner.h"
#include "cgi-bin/web/sheet.h"
#include "cgi-bin/web/table.h"

static const char *prefix_of(const struct listing *l)
{
    return l->prefix != NULL ? l->prefix : "";
}

static const char *field_of(struct req *r, const struct listing *l,
                            const char *name)
{
    return arena_printf(r->arena, "%s%s", prefix_of(l), name);
}

/* ---- what the address says ---- */

static int order_of(const struct listing *l, const char *name)
{
    int order = 0;

    for (size_t i = 0; i < l->n_columns; i++) {
        if (!l->columns[i].sorts)
            continue;
        if (strcmp(l->columns[i].name, name) == 0)
            return order;
        order++;
    }
    return -1;
}

enum err listing_read(struct req *r, const struct listing *l,
                      struct listing_state *s)
{
    const char *sort = form_text(r, field_of(r, l, "sort"));

    if (sort[0] == '\0')
        sort = l->sort;
    s->filter.term = l->hidden ? "" : form_text(r, field_of(r, l, "q"));
    s->filter.descending = sort[0] == '-';
    s->filter.order = order_of(l, sort + s->filter.descending);
    if (s->filter.order < 0)
        return err_raise(ERR_INVALID, "no such order");
    return form_int(r, field_of(r, l, "id"), 1, INT64_MAX, 0, &s->picked);
}

enum err listing_read_of(struct req *r, const struct listing *l, int64_t id,
                         struct listing_state *s)
{
    s->filter.extra[0] = param_int(r->arena, id);
    s->filter.n_extra = 1;
    return listing_read(r, l, s);
}

static const char *sort_text(struct req *r, const struct listing *l,
                             const struct directory_filter *f)
{
    int order = 0;

    for (size_t i = 0; i < l->n_columns; i++) {
        if (l->columns[i].sorts && order++ == f->order)
            return arena_printf(r->arena, "%s%s", f->descending ? "-" : "",
                                l->columns[i].name);
    }
    return "";
}

/* "group=7&q=x&sort=-at" */
static const char *query_of(struct req *r, const struct listing *l,
                            const struct directory_filter *f)
{
    const char *p = prefix_of(l);

    return arena_printf(r->arena, "%s%s%sq=%s&%ssort=%s",
                        l->keep != NULL ? l->keep : "",
                        l->keep != NULL && l->keep[0] != '\0' ? "&" : "", p,
                        url_encode(r->arena, f->term), p, sort_text(r, l, f));
}

/* ---- the page ---- */

/* Columns of this many characters get the room they need; others are cut. */
#define LONG_WIDTH 40

static const char *class_of(const struct listing_column *c)
{
    switch (c->kind) {
    case CELL_CODE:
        return "code";
    case CELL_NUMBER:
    case CELL_COUNT:
        return "num";
    case CELL_MOMENT:
        return "at";
    case CELL_FLAG:
        return "flag";
    case CELL_TEXT:
    case CELL_WORD:
        break;
    }
    return c->width >= LONG_WIDTH ? "long" : "";
}

const char *listing_word(struct req *r, const struct listing *l,
                         const char *name)
{
    return word(r, arena_printf(r->arena, "%s.%s", l->words, name));
}

/* A row of headings over several columns each, where there are such. */
static void over_show(struct req *r, const struct listing *l)
{
    const char *list = arena_printf(r->arena, "%s.Over", l->root);
    bool any = false;
    size_t n = 0;

    for (size_t i = 0; i < l->n_columns; i++)
        any = any || l->columns[i].over != NULL;
    for (size_t i = 0, end; any && i < l->n_columns; i = end) {
        const char *over = l->columns[i].over;

        for (end = i + 1; end < l->n_columns && l->columns[end].over == over;)
            end++;
        view_set_at(r, list, n, "Span", arena_printf(r->arena, "%zu", end - i));
        if (over != NULL)
            view_set_at(r, list, n, "Word", listing_word(r, l, over));
        n++;
    }
}

/* A click sorts ascending, the next descending (GC-036). */
static void columns_show(struct req *r, const struct listing *l,
                         const struct table *t,
                         const struct directory_filter *f)
{
    const char *list = arena_printf(r->arena, "%s.Columns", l->root);
    int order = 0;

    for (size_t i = 0; i < l->n_columns; i++) {
        const struct listing_column *c = &l->columns[i];
        struct directory_filter next = *f;
        bool current = c->sorts && order == f->order;

        view_set_at(r, list, i, "Word", listing_word(r, l, c->name));
        view_set_at(r, list, i, "Class", class_of(c));
        if (!c->sorts)
            continue;
        next.order = order++;
        next.descending = current && !f->descending;
        view_set_at(r, list, i, "Href",
                    arena_printf(r->arena, "%s?%s&%ssize=%" PRId64, t->address,
                                 query_of(r, l, &next), prefix_of(l), t->size));
        if (current)
            view_set_at(r, list, i, "Dir", f->descending ? "desc" : "asc");
    }
}

const char *listing_text(struct req *r, struct arena *a,
                         const struct listing *l, const struct rows *rows,
                         size_t row, size_t column)
{
    const struct listing_column *c = &l->columns[column];
    int field = (int)column + 1; /* before them stands the id */

    if (l->cell != NULL) {
        const char *own = l->cell(r, a, rows, row, column);

        if (own != NULL)
            return own;
    }
    if (row_null(rows, row, field))
        return "";
    switch (c->kind) {
    case CELL_COUNT:
        return count_text(a, row_int(rows, row, field));
    case CELL_MOMENT:
        return moment_text(a, row_moment(rows, row, field));
    case CELL_FLAG:
        return row_bool(rows, row, field) ? word(r, "App.Yes") : "";
    case CELL_WORD:
        return word(
            r, arena_printf(a, "%s.%s", c->group, row_text(rows, row, field)));
    case CELL_TEXT:
    case CELL_CODE:
    case CELL_NUMBER:
        break;
    }
    return row_text(rows, row, field);
}

static void cell_show(struct req *r, const struct listing *l,
                      const struct rows *rows, size_t row, size_t column)
{
    const struct listing_column *c = &l->columns[column];
    const char *cells =
        arena_printf(r->arena, "%s.Rows.%zu.Cells", l->root, row);

    view_set_at(r, cells, column, "Text",
                listing_text(r, r->arena, l, rows, row, column));
    view_set_at(r, cells, column, "Class", class_of(c));
    view_set_at(r, cells, column, "Word", listing_word(r, l, c->name));
    if (c->kind == CELL_MOMENT)
        view_set_at(
            r, cells, column, "Iso",
            moment_iso(r->arena, row_moment(rows, row, (int)column + 1)));
}

static const char *page_address(struct req *r, const struct listing *l,
                                const struct table *t)
{
    return arena_printf(r->arena, "%s?%s%s%ssize=%" PRId64 "&%spage=%" PRId64,
                        t->address, t->query, t->query[0] != '\0' ? "&" : "",
                        prefix_of(l), t->size, prefix_of(l), t->page);
}

static void rows_show(struct req *r, const struct listing *l,
                      const struct table *t, const struct listing_state *s,
                      const struct rows *rows)
{
    const char *list = arena_printf(r->arena, "%s.Rows", l->root);
    const char *here = page_address(r, l, t);

    for (size_t i = 0; i < rows->n; i++) {
        int64_t id = row_int(rows, i, 0);

        view_set_at(r, list, i, "Id", row_text(rows, i, 0));
        if (l->picks)
            view_set_at(r, list, i, "Href",
                        arena_printf(r->arena, "%s&%sid=%" PRId64, here,
                                     prefix_of(l), id));
        if (l->picks && id == s->picked)
            view_set_at(r, list, i, "Current", "1");
        for (size_t c = 0; c < l->n_columns; c++)
            cell_show(r, l, rows, i, c);
    }
}

static void put(struct req *r, const struct listing *l, const char *name,
                const char *value)
{
    view_set(r, arena_printf(r->arena, "%s.%s", l->root, name), value);
}

static void head_show(struct req *r, const struct listing *l,
                      const struct listing_state *s, const struct table *t)
{
    static const char *const words[] = { "Title", "About", "FilterHint",
                                         "Empty", "EmptyHelp" };
    const char *query = arena_printf(r->arena, "%s.%s?%s", l->address, "csv",
                                     query_of(r, l, &s->filter));

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        const char *key = arena_printf(r->arena, "%s.%s", l->words, words[i]);

        if (word_known(r, key))
            put(r, l, arena_printf(r->arena, "Words.%s", words[i]),
                word(r, key));
    }
    put(r, l, "Filter", s->filter.term);
    put(r, l, "Sort", sort_text(r, l, &s->filter));
    put(r, l, "Prefix", prefix_of(l));
    /* A list below another has its file at an address of its own, or none. */
    if (prefix_of(l)[0] == '\0') {
        put(r, l, "Csv", query);
        put(r, l, "Xlsx", arena_printf(r->arena, "%s&format=xlsx", query));
    }
    put(r, l, "Here", page_address(r, l, t));
    put(r, l, "Back", url_encode(r->arena, page_address(r, l, t)));
    if (l->bulk)
        put(r, l, "Bulk", "1");
    if (l->hidden)
        put(r, l, "NoSearch", "1");
}

const char *listing_keep(struct req *r, int64_t id)
{
    const char *fields = strchr(view_text(r, "List.Here"), '?');

    if (fields == NULL)
        return arena_printf(r->arena, "id=%" PRId64, id);
    return arena_printf(r->arena, "%s&id=%" PRId64, fields + 1, id);
}

void listing_keep_fields(struct req *r, const struct listing *l,
                         const char *const *names, size_t n)
{
    const char *list = arena_printf(r->arena, "%s.KeepFields", l->root);
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        const char *value = form_text(r, names[i]);

        if (value[0] == '\0')
            continue;
        view_set_at(r, list, kept, "Name", names[i]);
        view_set_at(r, list, kept++, "Value", value);
    }
}

static enum err total_read(struct req *r, const struct listing *l,
                           const struct directory_filter *f, int64_t total,
                           struct table *t)
{
    struct directory_filter all = *f;
    enum err e = ERR_OK;

    all.term = "";
    t->total = t->all = total;
    if (f->term[0] != '\0' || total < 0)
        e = directory_count(r->db, r->arena, &l->statement, f, &t->total);
    if (e == ERR_OK && f->term[0] != '\0' && total < 0)
        e = directory_count(r->db, r->arena, &l->statement, &all, &t->all);
    if (f->term[0] == '\0')
        t->all = 0;
    t->more =
        t->total > DIRECTORY_COUNT_MAX && (f->term[0] != '\0' || total < 0);
    if (t->more)
        t->total = DIRECTORY_COUNT_MAX;
    return e;
}

enum err listing_show(struct req *r, const struct listing *l,
                      const struct listing_state *s, int64_t total)
{
    struct table t = { .list = l->root,
                       .address = l->address,
                       .prefix = prefix_of(l) };
    struct rows rows;
    enum err e;

    if ((e = table_read(r, &t)) != ERR_OK ||
        (e = total_read(r, l, &s->filter, total, &t)) != ERR_OK)
        return e;
    t.query = query_of(r, l, &s->filter);

    struct span span = { .rows = t.size, .before = table_before(&t) };

    e = directory_page(r->db, r->arena, &l->statement, &s->filter, span, &rows);
    if (e != ERR_OK)
        return e;
    over_show(r, l);
    columns_show(r, l, &t, &s->filter);
    rows_show(r, l, &t, s, &rows);
    head_show(r, l, s, &t);
    table_show(r, &t);
    if (!view_has_text(r, "Screen"))
        view_set(r, "Screen", place_of(r, l->address));
    sheet_done_show(r);
    return ERR_OK;
}
