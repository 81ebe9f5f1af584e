/*
 * Load and calls as plain pictures, for a browser without scripts: lines in a
 * box of 10000 by 2600. A step without samples is a gap in the line.
 */
#include "cgi-bin/admin/statistics.h"

#include <inttypes.h>

#include "lib/base/buf.h"

#define LEFT   INT64_C(700)
#define RIGHT  INT64_C(9900)
#define TOP    INT64_C(120)
#define BOTTOM INT64_C(2240)

#define OVERLOAD_PERMILLE 700 /* GC-265 */
#define LINES_MAX         12  /* of a scale; step_of makes six at most */

struct picture {
    const struct statistics_view *v;
    int64_t top; /* the value at the upper edge */
};

static int64_t x_of(const struct picture *p, int64_t s)
{
    const struct statistics_ask *ask = &p->v->ask;

    return LEFT +
           (s - ask->begin_s) * (RIGHT - LEFT) / (ask->end_s - ask->begin_s);
}

static int64_t y_of(const struct picture *p, int64_t value)
{
    return BOTTOM - value * (BOTTOM - TOP) / p->top;
}

/* 1, 2 or 5 and zeros: at most six lines up to the highest value. */
static int64_t step_of(int64_t highest)
{
    int64_t step = 10;

    for (int i = 0; step * 5 < highest; i++)
        step = i % 3 == 1 ? step / 2 * 5 : step * 2;
    return step;
}

static int64_t field(const struct statistics_point *p, size_t offset)
{
    return *(const int64_t *)(const void *)((const char *)p + offset);
}

static int64_t highest(const struct statistics_view *v, size_t offset)
{
    int64_t most = 0;

    for (size_t i = 0; i < v->chart.n; i++) {
        int64_t n = field(&v->chart.rows[i], offset);

        most = n > most ? n : most;
    }
    return most;
}

static void line_show(const struct picture *p, const char *name, size_t offset)
{
    const struct statistics_chart *c = &p->v->chart;
    struct buf path = { 0 };

    for (size_t i = 0; i < c->n; i++) {
        bool gap =
            i == 0 || c->rows[i].at_s - c->rows[i - 1].at_s > p->v->ask.step_s;

        buf_puts(&path, arena_printf(p->v->r->arena, "%c%" PRId64 " %" PRId64,
                                     gap ? 'M' : 'L', x_of(p, c->rows[i].at_s),
                                     y_of(p, field(&c->rows[i], offset))));
        /* One sample alone is a dot. */
        if (gap)
            buf_puts(&path, "h1");
    }
    view_set(p->v->r, name, path.at);
    buf_free(&path);
}

static void scale_show(const struct picture *p, const char *list, int64_t step)
{
    struct arena *a = p->v->r->arena;
    int64_t value = 0;

    for (size_t i = 0; i < LINES_MAX && value <= p->top; i++, value += step) {
        view_set_at(p->v->r, list, i, "Y",
                    arena_printf(a, "%" PRId64, y_of(p, value)));
        view_set_at(p->v->r, list, i, "Text", thousandths_text(a, value, 2));
    }
}

void statistics_svg_show(const struct statistics_view *v)
{
    size_t la5 = offsetof(struct statistics_point, la5_permille);
    size_t la15 = offsetof(struct statistics_point, la15_permille);
    size_t cons = offsetof(struct statistics_point, cons_millihz);
    int64_t most = highest(v, la5), most15 = highest(v, la15), step;
    struct picture p = { .v = v };

    most = most > most15 ? most : most15;
    step = step_of(most > 1000 ? most : 1000);
    p.top = most > 1000 ? (most + step - 1) / step * step : 1000;
    scale_show(&p, "Stats.Load.Ticks", step);
    view_set_int(v->r, "Stats.Load.Limit", y_of(&p, OVERLOAD_PERMILLE));
    line_show(&p, "Stats.Load.La5", la5);
    line_show(&p, "Stats.Load.La15", la15);

    most = highest(v, cons);
    step = step_of(most > 100 ? most : 100);
    p.top = most > 100 ? (most + step - 1) / step * step : 100;
    scale_show(&p, "Stats.Cons.Ticks", step);
    line_show(&p, "Stats.Cons.Line", cons);
}
