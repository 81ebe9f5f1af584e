/*
 * Keys of many meters out of one file: all of them or none. The file never
 * leaves memory; what is wrong is told by line and column.
 */
#include "cgi-bin/admin/meter_keys.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"
#include "lib/import/keys_table.h"

static const struct sheet_field fields[] = {
    { .name = "file", .kind = SHEET_FILE, .required = true },
    { .name = "trial", .kind = SHEET_CHECK },
};

static struct sheet import_sheet(struct req *r)
{
    return (struct sheet){
        .r = r,
        .words = "KeysImport",
        .fields = fields,
        .n = sizeof(fields) / sizeof(fields[0]),
        .post = METERS_ADDRESS "/keys-import",
        .back = back_to(r, METERS_ADDRESS),
    };
}

static enum err import_show(struct sheet *s)
{
    sheet_notice(s, "info", "About");
    sheet_button(s, "danger", "Execute");
    return sheet_render(s, "admin/keys_import.cst");
}

enum err keys_import_ask(struct req *r)
{
    struct sheet s = import_sheet(r);

    sheet_put(&s, "trial", "1");
    return import_show(&s);
}

/* ---- reading ---- */

static enum err table_read(const struct held_file *file, struct keys_table *t)
{
    static const char zip[] = "PK\x03\x04";
    enum err e = ERR_OK;

    if (file->cut)
        keys_table_problem(t, 0, "", "LargeFile");
    else if (file->is.len == 0)
        keys_table_problem(t, 0, "", "EmptyFile");
    else if (file->is.len > 4 && memcmp(file->is.at, zip, 4) == 0)
        e = keys_table_xlsx(t, file->is);
    else
        keys_table_csv(t, file->is);
    if (e == ERR_OK && t->n == 0 && t->n_problems == 0)
        keys_table_problem(t, 0, "", "EmptyFile");
    return e;
}

/* ---- whose they are ---- */

struct meters {
    int64_t *id; /* of each row; 0: unknown */
    const char **serial;
};

/* Asks for both names of every row at once. */
static enum err meters_find(struct req *r, struct keys_table *t,
                            struct meters *m)
{
    const char **names = arena_alloc(r->arena, (2 * t->n + 1) * sizeof(*names));
    int64_t *by_title = arena_alloc(r->arena, (t->n + 1) * sizeof(*by_title));
    const struct keys_named *found;
    size_t n;
    enum err e;

    m->id = arena_alloc(r->arena, (t->n + 1) * sizeof(*m->id));
    m->serial = arena_alloc(r->arena, (t->n + 1) * sizeof(*m->serial));
    memset(m->id, 0, (t->n + 1) * sizeof(*m->id));
    memset(by_title, 0, (t->n + 1) * sizeof(*by_title));
    for (size_t i = 0; i < t->n; i++) {
        names[2 * i] = t->rows[i].serial;
        names[2 * i + 1] = t->rows[i].title;
    }
    e = keys_named(r->db, r->arena, names, 2 * t->n, &found, &n);
    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < n; i++) {
        size_t row = found[i].at / 2;

        if (found[i].at % 2 == 1)
            by_title[row] = found[i].meter_id;
        if (found[i].at % 2 == 0 || t->rows[row].serial[0] == '\0') {
            m->id[row] = found[i].meter_id;
            m->serial[row] = found[i].serial;
        }
    }
    for (size_t i = 0; i < t->n; i++) {
        if (m->id[i] == 0)
            keys_table_problem(t, t->rows[i].line, "", "NoMeter");
        else if (by_title[i] != 0 && by_title[i] != m->id[i])
            keys_table_problem(t, t->rows[i].line, "title", "TitleTaken");
    }
    return ERR_OK;
}

struct place {
    int64_t id;
    size_t row;
};

static int place_order(const void *a, const void *b)
{
    const struct place *x = a, *y = b;

    if (x->id != y->id)
        return x->id > y->id ? 1 : -1;
    return (x->row > y->row) - (x->row < y->row);
}

struct title {
    const char *text;
    int64_t line;
};

static int title_order(const void *a, const void *b)
{
    const struct title *x = a, *y = b;
    int by = strcmp(x->text, y->text);

    return by != 0 ? by : (x->line > y->line) - (x->line < y->line);
}

/* Rows in the order of their meters, so that two imports take their locks
 * alike; a meter or a title that stands there twice is a mistake. */
static struct place *places_of(struct req *r, struct keys_table *t,
                               const struct meters *m)
{
    struct place *p = arena_alloc(r->arena, (t->n + 1) * sizeof(*p));
    struct title *by = arena_alloc(r->arena, (t->n + 1) * sizeof(*by));

    for (size_t i = 0; i < t->n; i++) {
        p[i] = (struct place){ m->id[i], i };
        by[i] = (struct title){ t->rows[i].title, t->rows[i].line };
    }
    qsort(p, t->n, sizeof(*p), place_order);
    qsort(by, t->n, sizeof(*by), title_order);
    for (size_t i = 1; i < t->n; i++) {
        if (p[i].id != 0 && p[i].id == p[i - 1].id)
            keys_table_problem(t, t->rows[p[i].row].line, "", "Twice");
        else if (by[i].text[0] != '\0' &&
                 strcmp(by[i].text, by[i - 1].text) == 0)
            keys_table_problem(t, by[i].line, "title", "Twice");
    }
    return p;
}

/* ---- putting ---- */

static struct bytes over(struct arena *a, struct bytes text,
                         const struct keys_table_row *row)
{
    for (int k = 0; k < SECRET_ITEMS; k++) {
        if (row->value[k] != NULL)
            text = secret_with(a, text, (enum secret_item)k, row->value[k]);
    }
    return text;
}

/* One row: what is kept, with it over; then put, unless something is wrong. */
static enum err row_put(struct req *r, struct keys_table *t, size_t row,
                        const struct keys_list *kept, const struct meters *m,
                        const char *file)
{
    const struct keys_table_row *it = &t->rows[row];
    struct keys_change c;
    struct bytes was, text;
    struct secret is;
    const char *lack;
    enum err e;

    if (kept->n > 0 && kept->rows[0].changing[0] != '\0') {
        keys_table_problem(t, it->line, "", "IsChanging");
        return ERR_OK;
    }
    if ((e = keys_unseal(r, kept, &was, &is)) != ERR_OK) {
        log_err(e, "keys of a meter");
        keys_table_problem(t, it->line, "", "Locked");
        return ERR_OK;
    }
    text = over(r->arena, was, it);
    if (t->n_problems == 0 && (e = secret_read(text, &is)) != ERR_OK)
        return e;
    if (t->n_problems == 0 && (lack = keys_lack(&is)) != NULL)
        keys_table_problem(t, it->line, "", lack);
    explicit_bzero(&is, sizeof(is));
    if (t->n_problems > 0)
        return ERR_OK;
    e = keys_close(
        r, kept, was, text,
        keys_identity(r, text,
                      kept->n > 0 ? kept->rows[0].identity : m->serial[row]),
        &c);
    c.meter_id = m->id[row];
    c.how = "import";
    c.file = file;
    return e != ERR_OK ? e : keys_put(r->db, r->arena, &c, r->address);
}

static enum err rows_put(struct req *r, struct keys_table *t,
                         const struct meters *m, const struct place *p,
                         const char *file)
{
    struct keys_list all, kept;
    size_t at = 0;
    enum err e = keys_list(r->db, r->arena, m->id, t->n, &all);

    for (size_t i = 0; i < t->n && e == ERR_OK; i++) {
        while (at < all.n && all.rows[at].meter_id < p[i].id)
            at++;
        kept = (struct keys_list){ all.rows + at, 0 };
        while (at + kept.n < all.n && all.rows[at + kept.n].meter_id == p[i].id)
            kept.n++;
        if (p[i].id != 0)
            e = row_put(r, t, p[i].row, &kept, m, file);
    }
    return e;
}

/* ---- what came of it ---- */

static int problem_order(const void *a, const void *b)
{
    const struct keys_table_problem *x = a, *y = b;

    return (x->line > y->line) - (x->line < y->line);
}

/* Import.Problems.N .Line .Column .Text; Import.More: of how many. */
static enum err problems_show(struct sheet *s, struct keys_table *t)
{
    static const char list[] = "Import.Problems";
    struct req *r = s->r;
    size_t n = t->n_problems < KEYS_TABLE_PROBLEMS_MAX
                   ? t->n_problems
                   : KEYS_TABLE_PROBLEMS_MAX;

    qsort(t->problems, n, sizeof(t->problems[0]), problem_order);
    for (size_t i = 0; i < n; i++) {
        const struct keys_table_problem *p = &t->problems[i];
        const char *key = arena_printf(r->arena, "KeysImport.%s", p->code);

        if (!word_known(r, key))
            key = arena_printf(r->arena, "Keys.%s", p->code);
        if (p->line > 0)
            view_set_at(r, list, i, "Line", param_int(r->arena, p->line));
        if (p->column[0] != '\0')
            view_set_at(r, list, i, "Column",
                        word(r, arena_printf(r->arena, "Keys.%s", p->column)));
        view_set_at(r, list, i, "Text", word(r, key));
    }
    view_set_int(r, "Import.Count", (int64_t)t->n_problems);
    sheet_mistake(s, "file", "Refused");
    return import_show(s);
}

static void wipe(void *table)
{
    explicit_bzero(table, sizeof(struct keys_table));
}

static enum err take(struct req *r, const struct held_file *file,
                     struct keys_table *t)
{
    struct meters m;
    struct place *p;
    enum err e;

    if ((e = table_read(file, t)) != ERR_OK || t->n_problems > 0)
        return e;
    if ((e = meters_find(r, t, &m)) != ERR_OK)
        return e;
    p = places_of(r, t, &m);
    if (t->n_problems > 0)
        return ERR_OK;
    return rows_put(r, t, &m, p, file->name);
}

enum err keys_import(struct req *r)
{
    struct sheet s = import_sheet(r);
    const struct held_file *file = form_held(r, "file");
    struct keys_table *t;
    bool trial;
    enum err e;

    sheet_read(&s);
    trial = sheet_on(&s, "trial");
    if (file == NULL) {
        sheet_mistake(&s, "file", "NoFile");
        return import_show(&s);
    }
    t = keys_table_new(r->arena);
    arena_defer(r->arena, wipe, t);
    e = take(r, file, t);
    if (e == ERR_CONFLICT) { /* somebody was at one of them just now */
        db_rollback(r->db);
        keys_table_problem(t, 0, "", "Again");
        e = ERR_OK;
    }
    if (e != ERR_OK)
        return e;
    if (t->n_problems > 0 || trial)
        db_rollback(r->db);
    if (t->n_problems > 0)
        return problems_show(&s, t);
    return sheet_done(&s, trial ? "TrialDone" : "Done",
                      param_int(r->arena, (int64_t)t->n));
}
