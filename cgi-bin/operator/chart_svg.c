/*
 * The chart as a plain picture, for a browser without scripts: paths in a box
 * of 10000 by 3200, the plot inside it, weekends shaded.
 */
#include "cgi-bin/operator/chart.h"

#include <inttypes.h>

#include "lib/base/buf.h"
#include "lib/units/grouped.h"
#include "lib/units/quantity.h"

/* Fine enough that a thousand bars stand apart. */
#define LEFT   INT64_C(700)
#define RIGHT  INT64_C(9900)
#define TOP    INT64_C(120)
#define BOTTOM INT64_C(2840)

#define DAY_MS     INT64_C(86400000)
#define SHADED_MAX 800 /* more weekends than this are a haze */

struct picture {
    const struct chart_view *v;
    struct arena *a;
    int64_t from, to, top; /* ms, and the value at the upper edge */
};

static int64_t x_of(const struct picture *p, int64_t ms)
{
    ms = ms < p->from ? p->from : ms > p->to ? p->to : ms;
    return LEFT + (ms - p->from) * (RIGHT - LEFT) / (p->to - p->from);
}

static int64_t y_of(const struct picture *p, int64_t value)
{
    return BOTTOM - value * (BOTTOM - TOP) / p->top;
}

/* 1, 2 or 5 and zeros: about four lines below the highest value. */
static int64_t step_of(int64_t highest)
{
    int64_t step = 1;

    for (int i = 0; step * 5 < highest; i++)
        step = i % 3 == 1 ? step / 2 * 5 : step * 2;
    return step;
}

static void put_box(struct buf *to, struct arena *a, int64_t x0, int64_t x1,
                    int64_t y0, int64_t y1)
{
    buf_puts(to, arena_printf(a,
                              "M%" PRId64 " %" PRId64 "H%" PRId64 "V%" PRId64
                              "H%" PRId64 "Z",
                              x0, y0, x1, y1, x0));
}

static void set_path(const struct picture *p, const char *name, struct buf *b)
{
    if (b->len > 0)
        view_set(p->v->r, name, b->at);
    buf_free(b);
}

static void weekends_show(const struct picture *p)
{
    struct buf path = { 0 };

    if ((p->to - p->from) / DAY_MS <= SHADED_MAX) {
        for (int64_t day = p->from; day < p->to; day += DAY_MS) {
            int64_t weekday = (day / DAY_MS + 4) % 7; /* 0 is Sunday */

            if (weekday == 0 || weekday == 6)
                put_box(&path, p->a, x_of(p, day), x_of(p, day + DAY_MS), TOP,
                        BOTTOM);
        }
    }
    set_path(p, "Chart.Svg.Weekends", &path);
}

static void bars_show(const struct picture *p)
{
    struct buf sure = { 0 }, estimated = { 0 };
    const struct chart *c = &p->v->chart;

    for (size_t i = 0; i < c->n; i++) {
        int64_t x0 = x_of(p, c->points[i].start_wall_ms);
        int64_t x1 = x_of(p, c->points[i].end_wall_ms);
        int64_t gap = (x1 - x0) / 8;

        put_box(c->points[i].estimated ? &estimated : &sure, p->a, x0 + gap,
                x1 - gap, y_of(p, c->points[i].value), BOTTOM);
    }
    set_path(p, "Chart.Svg.Bars", &sure);
    set_path(p, "Chart.Svg.Estimated", &estimated);
}

static void line_show(const struct picture *p)
{
    struct buf path = { 0 };
    const struct chart *c = &p->v->chart;

    for (size_t i = 0; i < c->n; i++)
        buf_puts(&path, arena_printf(p->a, "%c%" PRId64 " %" PRId64,
                                     i == 0 ? 'M' : 'L',
                                     x_of(p, c->points[i].end_wall_ms),
                                     y_of(p, c->points[i].value)));
    set_path(p, "Chart.Svg.Line", &path);
}

static void ticks_show(const struct picture *p, int64_t step)
{
    size_t i = 0;

    for (int64_t value = 0; value <= p->top; value += step, i++) {
        char *text = p->v->ask.energy ? energy_kwh_text(p->a, value)
                                      : volume_m3_text(p->a, value);

        view_set_at(p->v->r, "Chart.Svg.Ticks", i, "Y",
                    arena_printf(p->a, "%" PRId64, y_of(p, value)));
        view_set_at(p->v->r, "Chart.Svg.Ticks", i, "Text",
                    grouped_text(p->a, text));
    }
}

void chart_svg_show(const struct chart_view *v)
{
    struct picture p = { .v = v,
                         .a = v->r->arena,
                         .from = chart_wall_ms(v->chart.begin),
                         .to = chart_wall_ms(v->chart.end) };
    int64_t highest = 1, step;

    if (v->chart.n == 0 || p.to <= p.from)
        return;
    for (size_t i = 0; i < v->chart.n; i++) {
        if (v->chart.points[i].value > highest)
            highest = v->chart.points[i].value;
        if (v->chart.points[i].end_wall_ms > p.to)
            p.to = v->chart.points[i].end_wall_ms;
    }
    step = step_of(highest);
    p.top = (highest + step - 1) / step * step;
    weekends_show(&p);
    if (v->ask.mode == CHART_FLOW)
        line_show(&p);
    else
        bars_show(&p);
    ticks_show(&p, step);
}
