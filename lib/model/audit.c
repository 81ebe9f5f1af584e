/* The log of operators; no screen changes or deletes its records. */
#include "lib/model/audit.h"

enum err audit_add(struct db *db, struct arena *a, const char *login,
                   const char *action, const char *note, const char *address)
{
    const char *const params[] = { login, action, note, address };

    return db_exec(db, a, Q_AUDIT_ADD, params);
}

enum err audit_count(struct db *db, struct arena *a, const char *term,
                     int64_t *out)
{
    const char *const params[] = { param_int(a, AUDIT_COUNT_MAX + 1),
                                   param_contains(a, term) };
    struct rows rows;
    enum err e = db_query(
        db, a, term[0] != '\0' ? Q_AUDIT_COUNT__FOUND : Q_AUDIT_COUNT__ALL,
        params, &rows);

    if (e == ERR_OK)
        *out = row_int(&rows, 0, 0);
    return e;
}

static enum query variant(const struct audit_filter *f)
{
    int order = (int)f->order * 2 + f->descending;

    return (enum query)((int)Q_AUDIT_PAGE + order * Q_AUDIT_PAGE__N_FILTER +
                        (f->term[0] != '\0'));
}

static struct audit_line of_row(const struct rows *r, size_t row)
{
    return (struct audit_line){
        .at = row_moment(r, row, 0),
        .login = row_text(r, row, 1),
        .action = row_text(r, row, 2),
        .note = row_text(r, row, 3),
    };
}

enum err audit_page(struct db *db, struct arena *a,
                    const struct audit_filter *filter, struct span span,
                    struct audit_list *out)
{
    const char *params[] = { NULL, NULL, param_contains(a, filter->term) };
    struct audit_line *list;
    struct rows rows;
    enum err e;

    param_span(a, span, &params[0], &params[1]);
    e = db_query(db, a, variant(filter), params, &rows);
    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list));
    for (size_t i = 0; i < rows.n; i++)
        list[i] = of_row(&rows, i);
    out->rows = list;
    out->n = rows.n;
    return ERR_OK;
}

struct each {
    enum err (*call)(const struct audit_line *it, void *ctx);
    void *ctx;
};

static enum err one_row(const struct rows *row, void *ctx)
{
    const struct each *each = ctx;
    struct audit_line it = of_row(row, 0);

    return each->call(&it, each->ctx);
}

enum err audit_stream(struct db *db, struct arena *a,
                      const struct audit_filter *filter,
                      enum err (*each)(const struct audit_line *it, void *ctx),
                      void *ctx)
{
    const char *const params[] = { NULL, "0", param_contains(a, filter->term) };
    struct each with = { .call = each, .ctx = ctx };
    enum err e;

    if ((e = db_exec(db, a, Q_STREAM_BEGIN, NULL)) != ERR_OK)
        return e;
    return db_stream(db, variant(filter), params, one_row, &with);
}
