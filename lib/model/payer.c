/* Subscribers and bank details of their branches, for receipts. */
#include "lib/model/payer.h"

static enum err banks_read(struct db *db, struct arena *a, enum query q,
                           struct bank_list *out)
{
    struct branch_bank *list;
    struct rows rows;
    enum err e = db_query(db, a, q, NULL, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = (struct branch_bank){
            .id = row_int(&rows, i, 0),
            .name = row_text(&rows, i, 1),
            .full_name = row_text(&rows, i, 2),
            .inn = row_text(&rows, i, 3),
            .kpp = row_text(&rows, i, 4),
            .account = row_text(&rows, i, 5),
            .bank = row_text(&rows, i, 6),
            .bic = row_text(&rows, i, 7),
            .corr_account = row_text(&rows, i, 8),
            .subscribers = row_int(&rows, i, 9),
        };
    *out = (struct bank_list){ list, rows.n };
    return ERR_OK;
}

enum err branch_banks(struct db *db, struct arena *a, struct bank_list *out)
{
    return banks_read(db, a, Q_BRANCH_BANK, out);
}

enum err branch_bank_own(struct db *db, struct arena *a, struct bank_list *out)
{
    return banks_read(db, a, Q_CABINET_BANK, out);
}

enum err payer_count(struct db *db, struct arena *a, int64_t *out)
{
    struct rows rows;
    enum err e = db_query(db, a, Q_PAYER_COUNT, NULL, &rows);

    if (e == ERR_OK)
        *out = row_int(&rows, 0, 0);
    return e;
}

struct stream {
    enum err (*each)(const struct payer *it, void *ctx);
    void *ctx;
};

static enum err each_payer(const struct rows *row, void *ctx)
{
    const struct stream *s = ctx;
    const struct payer it = {
        .branch_id = row_int(row, 0, 1),
        .account = row_text(row, 0, 2),
        .full_name = row_text(row, 0, 3),
        .address = row_text(row, 0, 4),
        .balance_kopecks = row_figure(row, 0, 5),
        .serials = row_text(row, 0, 6),
        .meters = row_int(row, 0, 7),
        .volume_dm3 = row_figure(row, 0, 8),
        .day = row_text(row, 0, 9),
    };

    return s->each(&it, s->ctx);
}

enum err payer_stream(struct db *db, struct arena *a, int64_t meter_id,
                      enum err (*each)(const struct payer *it, void *ctx),
                      void *ctx)
{
    const char *const params[] = { meter_id ? param_int(a, meter_id) : "1" };
    struct stream s = { each, ctx };
    enum err e = db_exec(
        db, a, meter_id ? Q_STREAM_BEGIN__GATHERED : Q_STREAM_BEGIN__WALKED,
        NULL);

    if (e != ERR_OK)
        return e;
    return db_stream(db, meter_id ? Q_PAYER_ROWS__ONE : Q_PAYER_ROWS__ALL,
                     params, each_payer, &s);
}

enum err payer_own(struct db *db,
                   enum err (*each)(const struct payer *it, void *ctx),
                   void *ctx)
{
    struct stream s = { each, ctx };

    return db_stream(db, Q_CABINET_PAYER, NULL, each_payer, &s);
}
