/* Broken sessions as the listener counted them; the worker forgets old ones. */
#include "lib/model/fault.h"

static struct fault of_row(const struct rows *r, size_t row)
{
    return (struct fault){
        .reason = row_text(r, row, 0),
        .address = row_text(r, row, 1),
        .times = row_int(r, row, 2),
        .first_at = row_moment(r, row, 3),
        .last_at = row_moment(r, row, 4),
        .detail = row_text(r, row, 5),
        .sample = row_text(r, row, 6),
    };
}

enum err fault_count(struct db *db, struct arena *a,
                     const struct fault_filter *filter, int64_t *found,
                     int64_t *total)
{
    const char *const params[] = { filter->reason,
                                   param_contains(a, filter->term) };
    struct rows rows;
    enum err e = db_query(db, a, Q_FAULT_COUNT, params, &rows);

    if (e != ERR_OK)
        return e;
    *found = row_int(&rows, 0, 0);
    *total = row_int(&rows, 0, 1);
    return ERR_OK;
}

enum err fault_page(struct db *db, struct arena *a,
                    const struct fault_filter *filter, struct span span,
                    struct fault_list *out)
{
    const char *params[] = { filter->reason, param_contains(a, filter->term),
                             NULL, NULL };
    struct fault *list;
    struct rows rows;
    enum err e;

    param_span(a, span, &params[2], &params[3]);
    e = db_query(db, a, Q_FAULT_PAGE, params, &rows);
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
    enum err (*call)(const struct fault *it, void *ctx);
    void *ctx;
};

static enum err one_row(const struct rows *row, void *ctx)
{
    const struct each *each = ctx;
    struct fault it = of_row(row, 0);

    return each->call(&it, each->ctx);
}

enum err fault_stream(struct db *db, struct arena *a,
                      const struct fault_filter *filter,
                      enum err (*each)(const struct fault *it, void *ctx),
                      void *ctx)
{
    const char *const params[] = { filter->reason,
                                   param_contains(a, filter->term), NULL, "0" };
    struct each with = { .call = each, .ctx = ctx };
    enum err e;

    if ((e = db_exec(db, a, Q_STREAM_BEGIN, NULL)) != ERR_OK)
        return e;
    return db_stream(db, Q_FAULT_PAGE, params, one_row, &with);
}

enum err fault_reasons(struct db *db, struct arena *a, const char *const **out,
                       size_t *n)
{
    struct rows rows;
    const char **list;
    enum err e = db_query(db, a, Q_FAULT_REASONS, NULL, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list));
    for (size_t i = 0; i < rows.n; i++)
        list[i] = row_text(&rows, i, 0);
    *out = list;
    *n = rows.n;
    return ERR_OK;
}
