/*
 * The daily consumption report: archive records day by day (GC-106), or the
 * latest session of each meter as DBF (GC-108).
 */
#include "lib/document/inner.h"

#include <string.h>

#include "lib/base/buf.h"
#include "lib/model/group.h"
#include "lib/model/meter.h"
#include "lib/model/reading.h"
#include "lib/units/quantity.h"

struct daily {
    struct document *d;
    struct report *report;
    struct arena *row; /* emptied after each row */
    const char *states[STATUS_BITS];
    struct buf state;
    int64_t meter; /* whose rows are coming */
    int64_t done, total, empty;
};

static void close_arena(void *a)
{
    arena_free(a);
}

static void close_buf(void *b)
{
    buf_free(b);
}

static struct daily *daily_new(struct document *d)
{
    struct daily *y = arena_alloc(d->arena, sizeof(*y));

    y->d = d;
    y->row = arena_new();
    arena_defer(d->arena, close_arena, y->row);
    arena_defer(d->arena, close_buf, &y->state);
    for (int bit = 0; bit < STATUS_BITS; bit++)
        y->states[bit] =
            w(d, arena_printf(d->arena, "State.%s", status_code(bit)));
    return y;
}

/* «Счётчик: …», «Группа счётчиков: …»; ERR_NOT_FOUND for what he cannot see. */
static enum err whose_line(struct document *d, const char **out)
{
    struct whose whose = d->order->whose;
    struct arena *a = d->arena;
    struct meter_group group = { .name = w(d, "Doc.AllMeters") };
    struct meter_card card;
    enum err e = ERR_OK;

    if (whose.meter_id == 0) {
        if (whose.group_id != 0)
            e = group_find(d->db, a, whose.group_id, &group);
        *out = arena_printf(a, "%s: %s", w(d, "Doc.Group"), group.name);
        return e;
    }
    if ((e = meter_find(d->db, a, whose.meter_id, &card)) != ERR_OK)
        return e;
    *out = arena_printf(a, "%s: %s%s%s%s%s", w(d, "Doc.Meter"), card.serial,
                        card.full_name[0] ? ", " : "", card.full_name,
                        card.address[0] ? ", " : "", card.address);
    return ERR_OK;
}

static enum err begin(struct daily *y, const struct report_column *columns,
                      size_t n)
{
    struct document *d = y->d;
    struct report_head *head = arena_alloc(d->arena, sizeof(*head));
    const char **lines = arena_alloc(d->arena, 3 * sizeof(*lines));
    enum err e;

    if ((e = whose_line(d, &lines[1])) != ERR_OK ||
        (e = daily_count(d->db, d->arena, d->order->whose, &y->total)) !=
            ERR_OK ||
        (e = tell(d, 0, y->total)) != ERR_OK)
        return e;
    lines[0] = period_line(d);
    *head = (struct report_head){
        .title = w(d, "Doc.Daily"),
        .lines = lines,
        .page_word = w(d, "Doc.Page"),
        .made = d->today,
        .charset = strcmp(d->order->charset, "cp1251") == 0 ? REPORT_CP1251
                                                            : REPORT_CP866,
        .tmpdir = d->tmpdir,
    };
    return report_begin(d->arena, document_format(d->order), head, columns, n,
                        &d->to, &y->report);
}

/* ---- archive records ---- */

static const char *state_text(struct daily *y, int64_t status)
{
    buf_clear(&y->state);
    for (int bit = 0; bit < STATUS_BITS && status >> bit != 0; bit++) {
        if ((status >> bit & 1) == 0)
            continue;
        if (y->state.len > 0)
            buf_puts(&y->state, ", ");
        buf_puts(&y->state, y->states[bit]);
    }
    return y->state.len > 0 ? y->state.at : "";
}

/* A new meter: the one before it is done. */
static enum err meter_turn(struct daily *y, int64_t id, bool empty)
{
    if (id == y->meter)
        return ERR_OK;
    y->meter = id;
    y->done++;
    y->empty += empty;
    return tell(y->d, y->done, y->total);
}

static enum err daily_each(const struct daily_row *it, void *ctx)
{
    struct daily *y = ctx;
    struct arena *a = y->row;
    enum err e = meter_turn(y, it->meter_id, it->day[0] == '\0');

    if (e != ERR_OK || it->day[0] == '\0')
        return e;
    const char *const cells[] = {
        it->account,
        it->serial,
        it->day,
        figure_text(a, it->volume_dm3, volume_m3_text),
        figure_text(a, it->delta_dm3, volume_m3_text),
        figure_text(a, it->temperature_mk, temperature_c_text),
        figure_text(a, it->pressure_pa, pressure_mmhg_text),
        it->status != 0 ? state_text(y, it->status) : "",
    };
    e = report_row(y->report, cells);
    arena_reset(a);
    return e;
}

static enum err daily_end(struct daily *y)
{
    struct document *d = y->d;
    enum err e;

    if ((e = report_note(y->report, count_line(d, "Doc.Meters",
                                               y->done - y->empty))) != ERR_OK)
        return e;
    if (y->empty > 0 &&
        (e = report_note(y->report,
                         count_line(d, "Doc.NoArchive", y->empty))) != ERR_OK)
        return e;
    return tell(d, y->total, y->total);
}

/* The rest of a report, or nothing of it. */
static enum err finish(struct daily *y, enum err e)
{
    if (e == ERR_OK)
        return report_end(y->report);
    report_drop(y->report);
    return e;
}

enum err daily_make(struct document *d)
{
    const struct report_column columns[] = {
        { w(d, "Doc.Account"), REPORT_TEXT, 12, 0, NULL, 0 },
        { w(d, "Doc.Serial"), REPORT_TEXT, 14, 0, NULL, 0 },
        { w(d, "Doc.Day"), REPORT_DATE, 10, 0, NULL, 0 },
        { w(d, "Doc.Volume"), REPORT_NUMBER, 13, 3, NULL, 0 },
        { w(d, "Doc.Delta"), REPORT_NUMBER, 11, 3, NULL, 0 },
        { w(d, "Doc.Temperature"), REPORT_NUMBER, 7, 1, NULL, 0 },
        { w(d, "Doc.Pressure"), REPORT_NUMBER, 9, 1, NULL, 0 },
        { w(d, "Doc.State"), REPORT_TEXT, 24, 0, NULL, 0 },
    };
    struct daily *y = daily_new(d);
    enum err e = begin(y, columns, sizeof(columns) / sizeof(columns[0]));

    if (e != ERR_OK)
        return e;
    e = daily_stream(d->db, d->arena, d->order->whose, d->order->days,
                     daily_each, y);
    if (e == ERR_OK)
        e = daily_end(y);
    return finish(y, e);
}

/* ---- the latest session of each meter ---- */

static enum err latest_each(const struct latest_row *it, void *ctx)
{
    struct daily *y = ctx;
    struct arena *a = y->row;
    struct figure shown = it->volume_dm3.known ? it->volume_dm3 : it->energy_wh;
    enum err e = tell(y->d, ++y->done, y->total);

    if (e != ERR_OK || it->day[0] == '\0')
        return e;
    const char *const cells[] = {
        it->account,   it->serial,
        it->day,       figure_text(a, shown, volume_m3_text),
        it->full_name, it->address,
    };
    e = report_row(y->report, cells);
    arena_reset(a);
    return e;
}

enum err latest_make(struct document *d)
{
    const struct report_column columns[] = {
        { w(d, "Doc.Account"), REPORT_TEXT, 20, 0, "ACCOUNT", 0 },
        { w(d, "Doc.Serial"), REPORT_TEXT, 16, 0, "SERIAL", 0 },
        { w(d, "Doc.Day"), REPORT_DATE, 10, 0, "DATE", 0 },
        { w(d, "Doc.Volume"), REPORT_NUMBER, 14, 3, "VALUE", 0 },
        { w(d, "Doc.Subscriber"), REPORT_TEXT, 60, 0, "FIO", 0 },
        { w(d, "Doc.Address"), REPORT_TEXT, 120, 0, "ADDR", 0 },
    };
    struct daily *y = daily_new(d);
    enum err e = begin(y, columns, sizeof(columns) / sizeof(columns[0]));

    if (e != ERR_OK)
        return e;
    e = latest_stream(d->db, d->arena, d->order->whose, d->order->days,
                      latest_each, y);
    if (e == ERR_OK)
        e = tell(d, y->total, y->total);
    return finish(y, e);
}
