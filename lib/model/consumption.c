/* Streams of archive records, sessions and edges of a balance. */
#include "lib/model/consumption.h"

/* Meter, group and all are variants of each statement, in this order. */
static int scope_of(struct whose w)
{
    return w.meter_id != 0   ? Q_DAILY_ROWS__SCOPE_METER
           : w.group_id != 0 ? Q_DAILY_ROWS__SCOPE_GROUP
                             : Q_DAILY_ROWS__SCOPE_ALL;
}

static const char *scope_param(struct arena *a, struct whose w)
{
    int64_t id = w.meter_id != 0 ? w.meter_id : w.group_id;

    return param_id(a, id);
}

enum err daily_count(struct db *db, struct arena *a, struct whose whose,
                     int64_t *out)
{
    const char *const params[] = { scope_param(a, whose) };
    enum query q = (enum query)(Q_DAILY_COUNT + scope_of(whose));
    struct rows rows;
    enum err e = db_query(db, a, q, params, &rows);

    if (e == ERR_OK)
        *out = row_int(&rows, 0, 0);
    return e;
}

enum err daily_is_many(struct db *db, struct arena *a, struct whose whose,
                       int64_t many, bool *out)
{
    bool all = whose.meter_id == 0 && whose.group_id == 0;
    struct rows rows;
    int64_t n = 0;
    enum err e;

    if (all) {
        e = db_query(db, a, Q_METER_TOTAL, NULL, &rows);
        n = e == ERR_OK ? row_int(&rows, 0, 0) : 0;
    } else {
        e = daily_count(db, a, whose, &n);
    }
    *out = n > many;
    return e;
}

/* One of the three streams: each is called through the right one. */
struct stream {
    enum err (*daily)(const struct daily_row *it, void *ctx);
    enum err (*latest)(const struct latest_row *it, void *ctx);
    enum err (*balance)(const struct balance_row *it, void *ctx);
    void *ctx;
};

/*
 * All meters by the index of their serials, then the rows of each by key. The
 * members of a group are gathered first: they are few beside all meters.
 */
static enum err walk(struct db *db, struct arena *a, enum query q,
                     struct whose whose, struct days days,
                     enum err (*each)(const struct rows *row, void *ctx),
                     struct stream *s)
{
    const char *const params[] = { scope_param(a, whose), days.from, days.to };
    bool all = whose.meter_id == 0 && whose.group_id == 0;
    enum err e = db_exec(
        db, a, all ? Q_STREAM_BEGIN__WALKED : Q_STREAM_BEGIN__GATHERED, NULL);

    return e == ERR_OK ? db_stream(db, q, params, each, s) : e;
}

static enum err each_daily(const struct rows *row, void *ctx)
{
    const struct stream *s = ctx;
    const struct daily_row it = {
        .meter_id = row_int(row, 0, 0),
        .account = row_text(row, 0, 1),
        .serial = row_text(row, 0, 2),
        .day = row_text(row, 0, 3),
        .volume_dm3 = row_figure(row, 0, 4),
        .delta_dm3 = row_figure(row, 0, 5),
        .temperature_mk = row_figure(row, 0, 6),
        .pressure_pa = row_figure(row, 0, 7),
        .status = row_int(row, 0, 8),
    };

    return s->daily(&it, s->ctx);
}

enum err daily_stream(struct db *db, struct arena *a, struct whose whose,
                      struct days days,
                      enum err (*each)(const struct daily_row *it, void *ctx),
                      void *ctx)
{
    struct stream s = { .daily = each, .ctx = ctx };

    return walk(db, a, (enum query)(Q_DAILY_ROWS + scope_of(whose)), whose,
                days, each_daily, &s);
}

static enum err each_latest(const struct rows *row, void *ctx)
{
    const struct stream *s = ctx;
    const struct latest_row it = {
        .account = row_text(row, 0, 1),
        .serial = row_text(row, 0, 2),
        .day = row_text(row, 0, 3),
        .volume_dm3 = row_figure(row, 0, 4),
        .energy_wh = row_figure(row, 0, 5),
        .full_name = row_text(row, 0, 6),
        .address = row_text(row, 0, 7),
    };

    return s->latest(&it, s->ctx);
}

enum err latest_stream(struct db *db, struct arena *a, struct whose whose,
                       struct days days,
                       enum err (*each)(const struct latest_row *it, void *ctx),
                       void *ctx)
{
    struct stream s = { .latest = each, .ctx = ctx };

    return walk(db, a, (enum query)(Q_LATEST_ROWS + scope_of(whose)), whose,
                days, each_latest, &s);
}

static enum err each_balance(const struct rows *row, void *ctx)
{
    const struct stream *s = ctx;
    const struct balance_row it = {
        .account = row_text(row, 0, 1),
        .serial = row_text(row, 0, 2),
        .begin_dm3 = row_figure(row, 0, 3),
        .begin_drawn = row_bool(row, 0, 4),
        .end_dm3 = row_figure(row, 0, 5),
        .end_drawn = row_bool(row, 0, 6),
    };

    return s->balance(&it, s->ctx);
}

enum err balance_stream(
    struct db *db, struct arena *a, struct whose whose, struct days days,
    enum err (*each)(const struct balance_row *it, void *ctx), void *ctx)
{
    struct stream s = { .balance = each, .ctx = ctx };
    enum query q =
        whose.meter_id != 0 ? Q_BALANCE_ROWS__METER : Q_BALANCE_ROWS__GROUP;

    return walk(db, a, q, whose, days, each_balance, &s);
}
