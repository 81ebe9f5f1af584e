/* «Мои счётчики»: a panel for each, with its months (GC-308 ... GC-311). */
#include "cgi-bin/cabinet/cabinet.h"

#include <inttypes.h>
#include <time.h>

#include "lib/model/chart.h"
#include "lib/units/grouped.h"
#include "lib/units/quantity.h"

/* The chart: columns of 34 in steps of 52, 160 high at most, in a box that
 * leaves room for a figure above and a month below. */
#define MONTHS_MAX 12
#define STEP       52
#define COLUMN     34
#define TOP        24
#define HIGH       160

static const char *main_value(struct arena *a, bool electricity, int64_t n)
{
    return grouped_text(a, electricity ? energy_kwh_text(a, n)
                                       : volume_m3_text(a, n));
}

/* As control_state of the schema: «Закрыт(разрешен)» is closed to a reader. */
static const char *valve_code(int64_t valve)
{
    static const char *const codes[] = { "closed", "open", "closed", "faulty" };

    return valve >= 0 && valve < 4 ? codes[valve] : "";
}

/* Meters.N.Serial .Model .AttachedModel .AttachedSerial .Electricity .Value
 * .Temperature .Valve .At .AtIso */
static void meter_show(struct req *r, size_t i, const struct cabinet_meter *m)
{
    const struct figure *main = m->electricity ? &m->energy_wh : &m->volume_dm3;

    view_set_at(r, "Meters", i, "Serial", m->serial);
    view_set_at(r, "Meters", i, "Model", m->model);
    view_set_at(r, "Meters", i, "AttachedModel", m->attached_model);
    view_set_at(r, "Meters", i, "AttachedSerial", m->attached_serial);
    if (m->electricity)
        view_set_at(r, "Meters", i, "Electricity", "1");
    if (main->known)
        view_set_at(r, "Meters", i, "Value",
                    main_value(r->arena, m->electricity, main->n));
    if (m->temperature_mk.known)
        view_set_at(r, "Meters", i, "Temperature",
                    temperature_c_text(r->arena, m->temperature_mk.n));
    if (m->valve.known)
        view_set_at(r, "Meters", i, "Valve", valve_code(m->valve.n));
    if (m->last_at.us != 0)
        moment_show(r, "Meters", i, "At", m->last_at);
}

void meters_show(struct req *r, const struct cabinet_meter_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        meter_show(r, i, &list->rows[i]);
}

/* ---- the chart ---- */

static int64_t highest(const struct chart_point *p, size_t n)
{
    int64_t most = 1;

    for (size_t i = 0; i < n; i++) {
        if (p[i].value > most)
            most = p[i].value;
    }
    return most;
}

static void put_int(struct req *r, const char *list, size_t i,
                    const char *field, int64_t n)
{
    view_set_at(r, list, i, field, arena_printf(r->arena, "%" PRId64, n));
}

static const char *month_word(struct req *r, const char *group,
                              const struct tm *day)
{
    return word(r, arena_printf(r->arena, "%s.m%d", group, day->tm_mon + 1));
}

/* .Months.N.X .Middle .Y .Height .LabelY .Short .Year .Name .Figure .Value
 * .Estimated .Partial */
static void month_show(struct req *r, const char *list, size_t i,
                       const struct chart_point *p, int64_t most, bool wh)
{
    time_t begins = (time_t)(p->start_wall_ms / 1000);
    int64_t high = p->value > 0 ? p->value * HIGH / most : 0;
    struct tm day;

    gmtime_r(&begins, &day);
    put_int(r, list, i, "X", (int64_t)i * STEP + (STEP - COLUMN) / 2);
    put_int(r, list, i, "Middle", (int64_t)i * STEP + STEP / 2);
    put_int(r, list, i, "Y", TOP + HIGH - high);
    put_int(r, list, i, "Height", high);
    put_int(r, list, i, "LabelY", TOP + HIGH - high - 6);
    view_set_at(r, list, i, "Short", month_word(r, "MonthShort", &day));
    view_set_at(r, list, i, "Name",
                arena_printf(r->arena, "%s %d",
                             month_word(r, "MonthName", &day),
                             day.tm_year + 1900));
    /* A litre is a thousandth, a column is about the tenths. */
    view_set_at(r, list, i, "Figure",
                decimal_text(r->arena, (p->value + 50) / 100, -1));
    view_set_at(r, list, i, "Value", main_value(r->arena, wh, p->value));
    if (p->estimated)
        view_set_at(r, list, i, "Estimated", "1");
    if (p->partial)
        view_set_at(r, list, i, "Partial", "1");
}

static enum err chart_show(struct req *r, size_t i,
                           const struct cabinet_meter *m)
{
    const struct chart_ask ask = { .meter_id = m->id,
                                   .energy = m->electricity,
                                   .mode = CHART_MONTHS,
                                   .span = CHART_1_YEAR,
                                   .end = "" };
    const char *list = arena_printf(r->arena, "Meters.%zu.Months", i);
    struct chart c = { .n = 0 };
    enum err e = chart_read(r->db, r->arena, &ask, &c);
    size_t first = c.n > MONTHS_MAX ? c.n - MONTHS_MAX : 0;
    int64_t most;

    if (e != ERR_OK || c.n == 0)
        return e;
    most = highest(c.points + first, c.n - first);
    for (size_t k = first; k < c.n; k++)
        month_show(r, list, k - first, &c.points[k], most, m->electricity);
    view_set_at(r, "Meters", i, "ChartWidth",
                arena_printf(r->arena, "%zu", (c.n - first) * STEP));
    return ERR_OK;
}

enum err meters(struct req *r)
{
    struct cabinet_meter_list list;
    enum err e;

    if ((e = section_open(r, "meters")) != ERR_OK ||
        (e = cabinet_meters(r->db, r->arena, &list)) != ERR_OK)
        return e;
    meters_show(r, &list);
    for (size_t i = 0; i < list.n && e == ERR_OK; i++)
        e = chart_show(r, i, &list.rows[i]);
    return e == ERR_OK ? view_render(r, "cabinet/meters.cst") : e;
}
