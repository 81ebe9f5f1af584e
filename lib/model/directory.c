/* Every directory is asked alike; what differs is in its statement. */
#include "lib/model/directory.h"

#include <string.h>

enum { ALL, FOUND, FILTERS };

static enum query variant(const struct directory *d,
                          const struct directory_filter *f)
{
    int order = f->order * 2 + f->descending;
    int filter = f->term[0] != '\0' ? FOUND : ALL;

    return (enum query)((int)d->page + order * FILTERS + filter);
}

/* A statement that does not use its last parameters does not have them. */
static void extra_put(const struct directory_filter *f, const char **params)
{
    for (size_t i = 0; i < f->n_extra; i++)
        params[i] = f->extra[i];
}

enum err directory_page(struct db *db, struct arena *a,
                        const struct directory *d,
                        const struct directory_filter *f, struct span span,
                        struct rows *out)
{
    const char *params[3 + DIRECTORY_EXTRA_MAX] = { NULL };

    param_span(a, span, &params[0], &params[1]);
    params[2] = param_contains(a, f->term);
    extra_put(f, params + 3);
    return db_query(db, a, variant(d, f), params, out);
}

enum err directory_count(struct db *db, struct arena *a,
                         const struct directory *d,
                         const struct directory_filter *f, int64_t *out)
{
    const char *params[2 + DIRECTORY_EXTRA_MAX] = {
        param_int(a, DIRECTORY_COUNT_MAX + 1), param_contains(a, f->term)
    };
    int filter = f->term[0] != '\0' ? FOUND : ALL;
    struct rows rows;
    enum err e;

    extra_put(f, params + 2);
    e = db_query(db, a, (enum query)((int)d->count + filter), params, &rows);
    if (e == ERR_OK)
        *out = row_int(&rows, 0, 0);
    return e;
}

enum err directory_stream(struct db *db, struct arena *a,
                          const struct directory *d,
                          const struct directory_filter *f,
                          enum err (*each)(const struct rows *row, void *ctx),
                          void *ctx)
{
    const char *params[3 + DIRECTORY_EXTRA_MAX] = {
        NULL, "0", param_contains(a, f->term)
    };
    enum query begin;
    enum err e;

    extra_put(f, params + 3);
    begin = f->walked ? Q_STREAM_BEGIN__WALKED : Q_STREAM_BEGIN__GATHERED;
    if ((e = db_exec(db, a, begin, NULL)) != ERR_OK)
        return e;
    return db_stream(db, variant(d, f), params, each, ctx);
}
