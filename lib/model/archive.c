/* Daily records: rows of archive_daily as structs. */
#include "lib/model/archive.h"

/* Columns of sql/queries/archive_page.sql. */
enum { AT, VOLUME, DELTA, TEMPERATURE, PRESSURE, STATUS, TOTAL };

static struct archive_day day_of_row(const struct rows *r, size_t i)
{
    return (struct archive_day){
        .at = row_moment(r, i, AT),
        .volume_dm3 = row_figure(r, i, VOLUME),
        .delta_dm3 = row_figure(r, i, DELTA),
        .temperature_mk = row_figure(r, i, TEMPERATURE),
        .pressure_pa = row_figure(r, i, PRESSURE),
        .status = row_int(r, i, STATUS),
    };
}

static enum query page_query(bool descending)
{
    return (enum query)(Q_ARCHIVE_PAGE + (descending
                                              ? Q_ARCHIVE_PAGE__DIR_DESC
                                              : Q_ARCHIVE_PAGE__DIR_ASC));
}

enum err archive_page(struct db *db, struct arena *a, int64_t meter_id,
                      bool descending, struct span span,
                      struct archive_list *out)
{
    struct archive_day *list;
    struct rows rows;
    enum err e =
        history_page(db, a, page_query(descending), meter_id, span, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = day_of_row(&rows, i);
    *out = (struct archive_list){ .rows = list, .n = rows.n };
    out->total = rows_total(&rows, TOTAL, &out->more);
    return ERR_OK;
}

struct stream {
    enum err (*each)(const struct archive_day *it, void *ctx);
    void *ctx;
};

static enum err stream_row(const struct rows *row, void *ctx)
{
    struct stream *s = ctx;
    struct archive_day it = day_of_row(row, 0);

    return s->each(&it, s->ctx);
}

enum err archive_stream(struct db *db, struct arena *a, int64_t meter_id,
                        enum err (*each)(const struct archive_day *it,
                                         void *ctx),
                        void *ctx)
{
    struct stream s = { each, ctx };

    return history_stream(db, a, page_query(true), meter_id, stream_row, &s);
}
