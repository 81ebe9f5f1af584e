/* Sessions: rows of reading as structs. */
#include "lib/model/reading.h"

/* Columns of sql/queries/reading_page.sql. */
enum {
    AT,
    VOLUME,
    ENERGY,
    TEMPERATURE,
    PRESSURE,
    WORKING,
    TAMPER,
    STATUS,
    VALVE,
    BATTERY,
    TOTAL,
};

const char *status_code(int bit)
{
    static const char *const codes[STATUS_BITS] = {
        "tamper", "button",    "cover",   "overflow",   "leak",   "battery",
        "radio",  "reverse",   "channel", "thermo",     "module", "gas",
        "sim",    "smallleak", "noise",   "closedflow",
    };

    return bit >= 0 && bit < STATUS_BITS ? codes[bit] : "";
}

const char *valve_code(struct figure valve)
{
    static const char *const codes[] = { "closed", "open", "allowed",
                                         "faulty" };

    return valve.known && valve.n >= 0 && valve.n < 4 ? codes[valve.n] : "";
}

static struct reading reading_of_row(const struct rows *r, size_t i)
{
    return (struct reading){
        .at = row_moment(r, i, AT),
        .volume_dm3 = row_figure(r, i, VOLUME),
        .energy_wh = row_figure(r, i, ENERGY),
        .temperature_mk = row_figure(r, i, TEMPERATURE),
        .pressure_pa = row_figure(r, i, PRESSURE),
        .working_h = row_figure(r, i, WORKING),
        .tamper_h = row_figure(r, i, TAMPER),
        .status = row_int(r, i, STATUS),
        .valve = row_figure(r, i, VALVE),
        .battery_mv = row_figure(r, i, BATTERY),
    };
}

static enum query page_query(bool descending)
{
    return (enum query)(Q_READING_PAGE + (descending
                                              ? Q_READING_PAGE__DIR_DESC
                                              : Q_READING_PAGE__DIR_ASC));
}

enum err reading_page(struct db *db, struct arena *a, int64_t meter_id,
                      bool descending, struct span span,
                      struct reading_list *out)
{
    struct reading *list;
    struct rows rows;
    enum err e =
        history_page(db, a, page_query(descending), meter_id, span, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = reading_of_row(&rows, i);
    *out = (struct reading_list){ .rows = list, .n = rows.n };
    out->total = rows_total(&rows, TOTAL, &out->more);
    return ERR_OK;
}

struct stream {
    enum err (*each)(const struct reading *it, void *ctx);
    void *ctx;
};

static enum err stream_row(const struct rows *row, void *ctx)
{
    struct stream *s = ctx;
    struct reading it = reading_of_row(row, 0);

    return s->each(&it, s->ctx);
}

enum err reading_stream(struct db *db, struct arena *a, int64_t meter_id,
                        enum err (*each)(const struct reading *it, void *ctx),
                        void *ctx)
{
    struct stream s = { each, ctx };

    return history_stream(db, a, page_query(true), meter_id, stream_row, &s);
}
