/*
 * The consumption chart of a meter (GC-118 ... GC-127): flow between sessions,
 * or use by day, week, month. The page works alone, with a drawn picture and a
 * table; static/js/chart.js makes the picture a live one of the same numbers.
 *
 * Query: mode (flow, day, week, month), span (1m, 6m, 1y, all), end (the day
 * after the window, 2026-11-21; the newest unless given), back.
 */
#include "cgi-bin/operator/chart.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cgi-bin/operator/meters.h"
#include "lib/base/buf.h"
#include "lib/units/grouped.h"
#include "lib/units/quantity.h"

static const char *const mode_codes[CHART_MODES] = { "flow", "day", "week",
                                                     "month" };
static const char *const span_codes[CHART_SPANS] = { "1m", "6m", "1y", "all" };

static int choice(struct req *r, const char *name, const char *const *codes,
                  int n, int otherwise)
{
    const char *value = form_text(r, name);

    for (int i = 0; i < n; i++) {
        if (strcmp(value, codes[i]) == 0)
            return i;
    }
    return otherwise;
}

/* ---- dates ---- */

/* False when text is no date "2026-11-20". */
static bool date_read(const char *text, struct moment *out)
{
    static const char shape[] = "dddd-dd-dd";

    if (strlen(text) != sizeof(shape) - 1)
        return false;
    for (size_t i = 0; shape[i] != '\0'; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';

        if (digit != (shape[i] == 'd') || (!digit && text[i] != '-'))
            return false;
    }
    return moment_of_civil(
               (int)strtol(text, NULL, 10), (int)strtol(text + 5, NULL, 10),
               (int)strtol(text + 8, NULL, 10), 0, 0, 0, out) == ERR_OK;
}

int64_t chart_wall_ms(const char *date)
{
    struct moment m = { 0 };

    return date_read(date, &m) ? m.us / 1000 : 0;
}

/* "2026-11-20" as people write it. */
static char *date_text(struct arena *a, const char *date)
{
    return strlen(date) == 10
               ? arena_printf(a, "%.2s-%.2s-%.4s", date + 8, date + 5, date)
               : arena_strdup(a, "");
}

/* "20-11-2026", "16-11-2026 - 22-11-2026", "11-2026", or a moment of a flow. */
static char *chart_when(const struct chart_view *v, const struct chart_point *p)
{
    struct arena *a = v->r->arena;
    struct moment inside = { p->end.us - 1000000 };
    const char *start;

    if (v->ask.mode == CHART_FLOW)
        return moment_text(a, p->end);
    start = moment_text(a, p->start);
    if (v->ask.mode == CHART_MONTHS)
        return arena_strndup(a, start + 3, 7);
    if (v->ask.mode == CHART_DAYS && v->chart.days_a_bar == 1)
        return arena_strndup(a, start, 10);
    return arena_printf(a, "%.10s \u2013 %.10s", start, moment_text(a, inside));
}

/* ---- reading what is asked ---- */

static enum err chart_fill(struct req *r, struct chart_view *v)
{
    struct moment end;
    enum err e = meter_find(r->db, r->arena, r->id, &v->card);

    if (e != ERR_OK)
        return e;
    v->r = r;
    v->ask = (struct chart_ask){
        .meter_id = r->id,
        .energy = strcmp(v->card.medium, "electricity") == 0,
        .mode = (enum chart_mode)choice(r, "mode", mode_codes, CHART_MODES,
                                        CHART_DAYS),
        .span = (enum chart_span)choice(r, "span", span_codes, CHART_SPANS,
                                        CHART_1_MONTH),
        .end = form_text(r, "end"),
    };
    if (!date_read(v->ask.end, &end))
        v->ask.end = "";
    return chart_read(r->db, r->arena, &v->ask, &v->chart);
}

static char *value_text(const struct chart_view *v, int64_t value)
{
    return v->ask.energy ? energy_kwh_text(v->r->arena, value)
                         : volume_m3_text(v->r->arena, value);
}

/* A word of Words.Chart: "m3", "kwh", "m3h", "kw". */
static const char *unit(const struct chart_view *v)
{
    if (v->ask.mode == CHART_FLOW)
        return v->ask.energy ? "kw" : "m3h";
    return v->ask.energy ? "kwh" : "m3";
}

/* ---- the page ---- */

static char *address(const struct chart_view *v, const char *what,
                     enum chart_mode mode, enum chart_span span,
                     const char *end)
{
    struct arena *a = v->r->arena;
    const char *back = back_address(v->r, "");

    return arena_printf(a, "/meters/%" PRId64 "/%s?mode=%s&span=%s%s%s%s%s",
                        v->r->id, what, mode_codes[mode], span_codes[span],
                        end[0] ? "&end=" : "", end, back[0] ? "&back=" : "",
                        back[0] ? url_encode(a, back) : "");
}

static void buttons_show(const struct chart_view *v)
{
    const struct chart_ask *ask = &v->ask;
    struct req *r = v->r;

    for (size_t i = 0; i < CHART_MODES; i++) {
        view_set_at(r, "Chart.Modes", i, "Code", mode_codes[i]);
        view_set_at(
            r, "Chart.Modes", i, "Href",
            address(v, "chart", (enum chart_mode)i, ask->span, ask->end));
        if (i == ask->mode)
            view_set_at(r, "Chart.Modes", i, "Current", "1");
    }
    for (size_t i = 0; i < CHART_SPANS; i++) {
        view_set_at(r, "Chart.Spans", i, "Code", span_codes[i]);
        view_set_at(
            r, "Chart.Spans", i, "Href",
            address(v, "chart", ask->mode, (enum chart_span)i, ask->end));
        if (i == ask->span)
            view_set_at(r, "Chart.Spans", i, "Current", "1");
    }
    if (v->chart.previous_end[0] != '\0')
        view_set(
            r, "Chart.Previous",
            address(v, "chart", ask->mode, ask->span, v->chart.previous_end));
    if (v->chart.next_end[0] != '\0')
        view_set(r, "Chart.Next",
                 address(v, "chart", ask->mode, ask->span, v->chart.next_end));
}

/* The table: newest first. */
static void rows_show(const struct chart_view *v)
{
    int64_t total = 0, drops = 0, estimated = 0;
    struct req *r = v->r;
    size_t n = v->chart.n;

    for (size_t i = 0; i < n; i++) {
        const struct chart_point *p = &v->chart.points[n - 1 - i];

        view_set_at(r, "Chart.Rows", i, "When", chart_when(v, p));
        view_set_at(r, "Chart.Rows", i, "Value",
                    grouped_text(r->arena, value_text(v, p->value)));
        if (p->estimated)
            view_set_at(r, "Chart.Rows", i, "Estimated", "1");
        if (p->partial)
            view_set_at(r, "Chart.Rows", i, "Partial", "1");
        if (p->drops > 0)
            view_set_at(r, "Chart.Rows", i, "Dropped", "1");
        total += p->value;
        drops += p->drops;
        estimated += p->estimated;
    }
    if (v->ask.mode != CHART_FLOW)
        view_set(r, "Chart.Total",
                 grouped_text(r->arena, value_text(v, total)));
    if (drops > 0)
        view_set(r, "Chart.Drops", grouped_int(r->arena, drops));
    if (estimated > 0)
        view_set(r, "Chart.Estimated", grouped_int(r->arena, estimated));
}

static void meter_show(const struct chart_view *v)
{
    struct req *r = v->r;

    view_set(r, "Chart.Serial", v->card.serial);
    view_set(r, "Chart.Account", v->card.account);
    view_set(r, "Chart.Address", v->card.address);
    view_set(r, "Chart.Subscriber", v->card.full_name);
    view_set(r, "Chart.Unit", unit(v));
    view_set(r, "Chart.Mode", mode_codes[v->ask.mode]);
    view_set(r, "Chart.Begin", date_text(r->arena, v->chart.begin));
    view_set(r, "Chart.Last", date_text(r->arena, v->chart.last));
    if (v->ask.mode == CHART_DAYS && v->chart.days_a_bar > 1)
        view_set_int(r, "Chart.DaysABar", v->chart.days_a_bar);
    view_set(r, "Chart.Back",
             back_address(
                 r, arena_printf(r->arena, "/meters?meter=%" PRId64, r->id)));
    view_set(r, "Chart.Json",
             address(v, "chart.json", v->ask.mode, v->ask.span, v->ask.end));
    view_set(r, "Chart.Csv",
             address(v, "chart.csv", v->ask.mode, v->ask.span, v->ask.end));
}

enum err chart_page(struct req *r)
{
    struct chart_view v = { .r = r };
    enum err e = chart_fill(r, &v);

    if (e != ERR_OK)
        return e;
    meter_show(&v);
    buttons_show(&v);
    rows_show(&v);
    chart_svg_show(&v);
    view_set(r, "Screen", "chart");
    return view_render(r, "operator/chart.cst");
}

/* ---- the numbers for the script ---- */

/* {"bars":true,"from":ms,"to":ms,"points":[[start,end,value,"when",flags]]} */
enum err chart_json(struct req *r)
{
    struct chart_view v = { .r = r };
    struct buf out = { 0 };
    enum err e = chart_fill(r, &v);

    if (e != ERR_OK)
        return e;
    buf_puts(&out, arena_printf(r->arena,
                                "{\"bars\":%s,\"from\":%" PRId64
                                ",\"to\":%" PRId64 ",\"points\":[",
                                v.ask.mode == CHART_FLOW ? "false" : "true",
                                chart_wall_ms(v.chart.begin),
                                chart_wall_ms(v.chart.end)));
    for (size_t i = 0; i < v.chart.n; i++) {
        const struct chart_point *p = &v.chart.points[i];

        buf_puts(&out, arena_printf(
                           r->arena, "%s[%" PRId64 ",%" PRId64 ",%s,\"%s\",%d]",
                           i > 0 ? "," : "", p->start_wall_ms, p->end_wall_ms,
                           value_text(&v, p->value), chart_when(&v, p),
                           p->estimated | p->partial << 1));
    }
    buf_puts(&out, "]}");
    e = answer_body(r, "application/json", out.at, out.len);
    buf_free(&out);
    return e;
}

/* ---- the table as a file ---- */

static void csv_flag(struct csv *csv, struct req *r,
                     const struct chart_point *p)
{
    csv_cell(csv, p->estimated ? word(r, "Chart.Estimated")
                  : p->partial ? word(r, "Chart.Partial")
                               : "");
    csv_row_end(csv);
}

enum err chart_csv(struct req *r)
{
    struct chart_view v = { .r = r };
    bool comma = strcmp(r->language, "ru") == 0;
    struct csv *csv;
    enum err e = chart_fill(r, &v);

    if (e != ERR_OK ||
        (e = csv_begin(r,
                       arena_printf(r->arena, "%s %s %s.csv",
                                    word(r, "Chart.File"), v.card.serial,
                                    date_text(r->arena, v.chart.last)),
                       &csv)) != ERR_OK)
        return e;
    csv_cell(csv,
             word(r, v.ask.mode == CHART_FLOW ? "Chart.At" : "Chart.Period"));
    csv_cell(csv, word(r, arena_printf(r->arena, "ChartHead.%s", unit(&v))));
    csv_cell(csv, word(r, "Chart.Remark"));
    csv_row_end(csv);
    for (size_t i = 0; i < v.chart.n && !csv_gone(csv); i++) {
        char *number = value_text(&v, v.chart.points[i].value);

        csv_cell(csv, chart_when(&v, &v.chart.points[i]));
        csv_number(csv, comma ? comma_text(r->arena, number) : number);
        csv_flag(csv, r, &v.chart.points[i]);
    }
    return csv_end(csv);
}
