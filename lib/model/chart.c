/* The consumption chart: the statements do the arithmetic. */
#include "lib/model/chart.h"

/* Columns of sql/queries/chart_window.sql. */
enum { BEGIN_DAY, END_DAY, LAST_DAY, PREVIOUS_END, NEXT_END, DAYS };

/* Columns of sql/queries/chart_flow.sql and chart_bars.sql. */
enum {
    START,
    END,
    START_WALL,
    END_WALL,
    VALUE,
    ESTIMATED,
    PARTIAL,
    DROPS,
};

static const char *const spans[CHART_SPANS] = { "1 month", "6 months", "1 year",
                                                NULL };

static enum err window_read(struct db *db, struct arena *a,
                            const struct chart_ask *ask, struct chart *out)
{
    static const char *const begins_with[CHART_MODES] = { "day", "day", "week",
                                                          "month" };
    const char *const params[] = { param_int(a, ask->meter_id),
                                   spans[ask->span],
                                   ask->end[0] ? ask->end : NULL,
                                   begins_with[ask->mode],
                                   param_bool(ask->energy) };
    struct rows rows;
    enum err e = db_query(db, a, Q_CHART_WINDOW, params, &rows);

    if (e != ERR_OK)
        return e;
    *out = (struct chart){
        .begin = row_text(&rows, 0, BEGIN_DAY),
        .end = row_text(&rows, 0, END_DAY),
        .last = row_text(&rows, 0, LAST_DAY),
        .previous_end = row_text(&rows, 0, PREVIOUS_END),
        .next_end = row_text(&rows, 0, NEXT_END),
        .days_a_bar = 1 + row_int(&rows, 0, DAYS) / CHART_POINTS_MAX,
    };
    return ERR_OK;
}

static const char *bar_width(struct arena *a, enum chart_mode mode,
                             int64_t days)
{
    return mode == CHART_MONTHS  ? "1 month"
           : mode == CHART_WEEKS ? "1 week"
                                 : arena_printf(a, "%d days", (int)days);
}

static void points_take(struct arena *a, const struct rows *rows,
                        struct chart *out)
{
    struct chart_point *list = arena_alloc(a, rows->n * sizeof(*list) + 1);

    for (size_t i = 0; i < rows->n; i++)
        list[i] = (struct chart_point){
            .start = row_moment(rows, i, START),
            .end = row_moment(rows, i, END),
            .start_wall_ms = row_int(rows, i, START_WALL),
            .end_wall_ms = row_int(rows, i, END_WALL),
            .value = row_int(rows, i, VALUE),
            .estimated = row_bool(rows, i, ESTIMATED),
            .partial = row_bool(rows, i, PARTIAL),
            .drops = row_int(rows, i, DROPS),
        };
    out->points = list;
    out->n = rows->n;
}

enum err chart_read(struct db *db, struct arena *a, const struct chart_ask *ask,
                    struct chart *out)
{
    const char *energy = param_bool(ask->energy);
    struct rows rows;
    enum err e;

    if ((e = window_read(db, a, ask, out)) != ERR_OK || out->end[0] == '\0')
        return e;
    if (ask->mode == CHART_FLOW) {
        const char *const params[] = { param_int(a, ask->meter_id), out->begin,
                                       out->end, energy };

        e = db_query(db, a, Q_CHART_FLOW, params, &rows);
    } else {
        const char *const params[] = { param_int(a, ask->meter_id), out->begin,
                                       out->end,
                                       bar_width(a, ask->mode, out->days_a_bar),
                                       energy };

        e = db_query(db, a, Q_CHART_BARS, params, &rows);
    }
    if (e == ERR_OK)
        points_take(a, &rows, out);
    return e;
}
