/* Operations of accounts: rows as structs, and the one way to add one. */
#include "lib/model/account.h"

#include <string.h>

/* Columns of sql/queries/operation_page.sql. */
enum {
    AT,
    KIND,
    AMOUNT,
    BALANCE,
    SERIAL,
    FROM_AT,
    TO_AT,
    FROM_DM3,
    TO_DM3,
    PRICE,
    DOCUMENT,
    NOTE,
    TOTAL,
};

static const char *const codes[] = { "accrual", "debit", "correction" };

const char *operation_code(enum operation_kind kind)
{
    return codes[kind];
}

bool operation_of_code(const char *code, enum operation_kind *out)
{
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (strcmp(code, codes[i]) == 0) {
            *out = (enum operation_kind)i;
            return true;
        }
    }
    return false;
}

static struct operation operation_of_row(const struct rows *r, size_t i)
{
    struct operation o = {
        .at = row_moment(r, i, AT),
        .amount = { row_int(r, i, AMOUNT) },
        .balance = { row_int(r, i, BALANCE) },
        .serial = row_text(r, i, SERIAL),
        .from_at = row_moment(r, i, FROM_AT),
        .to_at = row_moment(r, i, TO_AT),
        .from_dm3 = row_int(r, i, FROM_DM3),
        .to_dm3 = row_int(r, i, TO_DM3),
        .price_kopecks_per_1000_m3 = row_int(r, i, PRICE),
        .document = row_text(r, i, DOCUMENT),
        .note = row_text(r, i, NOTE),
    };

    (void)operation_of_code(row_text(r, i, KIND), &o.kind);
    return o;
}

enum err operation_page(struct db *db, struct arena *a, int64_t subscriber_id,
                        struct span span, struct operation_list *out)
{
    struct operation *list;
    struct rows rows;
    enum err e =
        history_page(db, a, Q_OPERATION_PAGE, subscriber_id, span, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = operation_of_row(&rows, i);
    *out = (struct operation_list){ .rows = list, .n = rows.n };
    out->total = rows_total(&rows, TOTAL, &out->more);
    return ERR_OK;
}

struct stream {
    enum err (*each)(const struct operation *it, void *ctx);
    void *ctx;
};

static enum err stream_row(const struct rows *row, void *ctx)
{
    const struct stream *s = ctx;
    struct operation it = operation_of_row(row, 0);

    return s->each(&it, s->ctx);
}

enum err operation_stream(struct db *db, struct arena *a, int64_t subscriber_id,
                          enum err (*each)(const struct operation *it,
                                           void *ctx),
                          void *ctx)
{
    struct stream s = { each, ctx };

    return history_stream(db, a, Q_OPERATION_PAGE, subscriber_id, stream_row,
                          &s);
}

enum err account_add(struct db *db, struct arena *a, const struct payment *p,
                     const char *address)
{
    const char *const params[] = {
        param_int(a, p->subscriber_id),
        operation_code(p->kind),
        param_int(a, p->amount.kopecks),
        p->document,
        p->note,
        p->nonce,
        address,
    };

    return db_exec(db, a, Q_ACCOUNT_ADD, params);
}
