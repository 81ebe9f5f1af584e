/* The log of operators; no screen changes or deletes its records. */
#include "lib/model/audit.h"

enum err audit_add(struct db *db, struct arena *a, const char *login,
                   const char *action, const char *note, const char *address)
{
    const char *const params[] = { login, action, note, address };

    return db_exec(db, a, Q_AUDIT_ADD, params);
}

static bool given(const char *text)
{
    return text[0] != '\0';
}

bool audit_is_filtered(const struct audit_filter *f)
{
    return given(f->from) || given(f->to) || given(f->login) ||
           given(f->action) || given(f->term);
}

enum err audit_prepare(struct db *db, struct arena *a, struct audit_filter *f)
{
    const char *const params[] = { param_contains(a, f->term),
                                   param_int(a, AUDIT_COUNT_MAX + 1) };
    struct rows rows;
    enum err e;

    f->common = false;
    if (!given(f->term))
        return ERR_OK;
    e = db_query(db, a, Q_AUDIT_TERM, params, &rows);
    if (e == ERR_OK)
        f->common = row_int(&rows, 0, 0) > AUDIT_COUNT_MAX;
    return e;
}

/* The variants of a filter, in the order of the statements' dimensions. */
static int variant(const struct audit_filter *f)
{
    int term = !given(f->term) ? Q_AUDIT_PAGE__FILTER_ALL
               : f->common     ? Q_AUDIT_PAGE__FILTER_MANY
                               : Q_AUDIT_PAGE__FILTER_FEW;

    return ((int)given(f->login) * Q_AUDIT_PAGE__N_ACTION +
            (int)given(f->action)) *
               Q_AUDIT_PAGE__N_FILTER +
           term;
}

#define VARIANTS                                                               \
    (Q_AUDIT_PAGE__N_LOGIN * Q_AUDIT_PAGE__N_ACTION * Q_AUDIT_PAGE__N_FILTER)

static enum query page_query(const struct audit_filter *f)
{
    int order = (int)f->order * 2 + f->descending;

    return (enum query)((int)Q_AUDIT_PAGE + order * VARIANTS + variant(f));
}

/* $1 and $2 are the caller's. */
#define PARAMS 7
static void params_put(struct arena *a, const struct audit_filter *f,
                       const char *params[PARAMS])
{
    params[2] = given(f->from) ? f->from : "-infinity";
    params[3] = given(f->to) ? f->to : "infinity";
    params[4] = f->login;
    params[5] = f->action;
    params[6] = param_contains(a, f->term);
}

enum err audit_count(struct db *db, struct arena *a,
                     const struct audit_filter *filter, int64_t *out)
{
    const char *params[PARAMS] = { param_int(a, AUDIT_COUNT_MAX + 1), NULL };
    struct rows rows;
    enum err e;

    params_put(a, filter, params);
    e = db_query(db, a, (enum query)((int)Q_AUDIT_COUNT + variant(filter)),
                 params, &rows);
    if (e == ERR_OK)
        *out = row_int(&rows, 0, 0);
    return e;
}

static struct audit_line of_row(const struct rows *r, size_t row)
{
    return (struct audit_line){
        .at = row_moment(r, row, 0),
        .login = row_text(r, row, 1),
        .action = row_text(r, row, 2),
        .note = row_text(r, row, 3),
        .address = row_text(r, row, 4),
    };
}

enum err audit_page(struct db *db, struct arena *a,
                    const struct audit_filter *filter, struct span span,
                    struct audit_list *out)
{
    const char *params[PARAMS];
    struct audit_line *list;
    struct rows rows;
    enum err e;

    param_span(a, span, &params[0], &params[1]);
    params_put(a, filter, params);
    e = db_query(db, a, page_query(filter), params, &rows);
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
    const char *params[PARAMS] = { NULL, "0" };
    struct each with = { .call = each, .ctx = ctx };
    enum err e;

    params_put(a, filter, params);
    if ((e = db_exec(db, a, Q_STREAM_BEGIN, NULL)) != ERR_OK)
        return e;
    return db_stream(db, page_query(filter), params, one_row, &with);
}

enum err audit_words(struct db *db, struct arena *a, enum audit_word what,
                     struct rows *out)
{
    const char *const params[] = { what == AUDIT_LOGINS ? "login" : "action" };

    return db_query(db, a, Q_AUDIT_WORDS, params, out);
}
