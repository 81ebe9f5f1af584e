/* Journals of meters: rows of meter_event as structs. */
#include "lib/model/event.h"

/* Columns of sql/queries/event_page.sql. */
enum { AT, LOG, CODE, TEXT, STATUS, TOTAL };

static struct event event_of_row(const struct rows *r, size_t i)
{
    return (struct event){
        .at = row_moment(r, i, AT),
        .log = row_text(r, i, LOG),
        .code = row_int(r, i, CODE),
        .text = row_text(r, i, TEXT),
        .status = row_int(r, i, STATUS),
    };
}

static enum query page_query(bool descending)
{
    return (enum query)(Q_EVENT_PAGE + (descending ? Q_EVENT_PAGE__DIR_DESC
                                                   : Q_EVENT_PAGE__DIR_ASC));
}

enum err event_page(struct db *db, struct arena *a, int64_t meter_id,
                    bool descending, struct span span, struct event_list *out)
{
    struct event *list;
    struct rows rows;
    enum err e =
        history_page(db, a, page_query(descending), meter_id, span, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = event_of_row(&rows, i);
    *out = (struct event_list){ .rows = list, .n = rows.n };
    out->total = rows_total(&rows, TOTAL, &out->more);
    return ERR_OK;
}

struct stream {
    enum err (*each)(const struct event *it, void *ctx);
    void *ctx;
};

static enum err stream_row(const struct rows *row, void *ctx)
{
    struct stream *s = ctx;
    struct event it = event_of_row(row, 0);

    return s->each(&it, s->ctx);
}

enum err event_stream(struct db *db, struct arena *a, int64_t meter_id,
                      enum err (*each)(const struct event *it, void *ctx),
                      void *ctx)
{
    struct stream s = { each, ctx };

    return history_stream(db, a, page_query(true), meter_id, stream_row, &s);
}
