/*
 * «Статистика» (GC-265, GC-266): load of a host and calls of its meters over a
 * day, two days, a week, a month. The page works alone, with drawn pictures
 * and a table; static/js/statistics.js makes them live ones of the same
 * numbers.
 *
 * Query: span (1d, 2d, 1w, 1m), end (seconds since 1970; now unless given),
 * host (the first that speaks unless given).
 */
#include "cgi-bin/admin/statistics.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/units/quantity.h"

#define DAY INT64_C(86400)
/* As long as samples are kept, and a little. */
#define OLDEST_DAYS 400

static const struct {
    const char *code;
    int64_t span_s, step_s;
} spans[] = {
    { "1d", DAY, 300 },
    { "2d", 2 * DAY, 600 },
    { "1w", 7 * DAY, 1800 },
    { "1m", 30 * DAY, 7200 },
};

#define SPANS (sizeof(spans) / sizeof(spans[0]))

/* Seconds of the wall clock here, taken as UTC, for an axis of time. */
static int64_t wall_s(int64_t s)
{
    time_t t = (time_t)s;
    struct tm here;

    return localtime_r(&t, &here) != NULL ? s + here.tm_gmtoff : s;
}

char *thousandths_text(struct arena *a, int64_t n, int decimals)
{
    int64_t unit = 1;

    for (int i = decimals; i < 3; i++)
        unit *= 10;
    return decimal_text(a, (n + unit / 2) / unit, -decimals);
}

/* ---- reading what is asked ---- */

static size_t span_read(struct req *r)
{
    const char *code = form_text(r, "span");

    for (size_t i = 0; i < SPANS; i++) {
        if (strcmp(code, spans[i].code) == 0)
            return i;
    }
    return 0;
}

/* A host that does not exist is the first one. */
static const char *host_read(struct req *r, const struct statistics_hosts *all)
{
    const char *asked = form_text(r, "host");

    for (size_t i = 0; i < all->n; i++) {
        if (strcmp(asked, all->rows[i].host) == 0)
            return all->rows[i].host;
    }
    return all->n > 0 ? all->rows[0].host : "";
}

static int64_t step_up(int64_t s, int64_t step)
{
    return (s + step - 1) / step * step;
}

static enum err view_fill(struct req *r, struct statistics_view *v)
{
    int64_t end, now = clock_now_us() / 1000000;
    enum err e;

    *v = (struct statistics_view){ .r = r, .span = span_read(r) };
    v->ask.step_s = spans[v->span].step_s;
    v->now_s = step_up(now, v->ask.step_s);
    if ((e = form_int(r, "end", 0, v->now_s, v->now_s, &end)) != ERR_OK ||
        (e = statistics_hosts(r->db, r->arena, &v->hosts)) != ERR_OK)
        return e;
    if (end < now - OLDEST_DAYS * DAY)
        end = now - OLDEST_DAYS * DAY;
    v->ask.end_s = step_up(end, v->ask.step_s);
    v->ask.begin_s = v->ask.end_s - spans[v->span].span_s;
    v->ask.host = host_read(r, &v->hosts);
    return statistics_chart(r->db, r->arena, &v->ask, &v->chart);
}

/* ---- the page ---- */

/* end at or after now: the address of what is newest, which goes on moving. */
static char *address(const struct statistics_view *v, const char *page,
                     size_t span, int64_t end, const char *host)
{
    struct arena *a = v->r->arena;

    return arena_printf(a, "%s?span=%s%s%s%s", page, spans[span].code,
                        end >= v->now_s ? ""
                                        : arena_printf(a, "&end=%" PRId64, end),
                        v->hosts.n > 1 ? "&host=" : "",
                        v->hosts.n > 1 ? url_encode(a, host) : "");
}

static void buttons_show(const struct statistics_view *v)
{
    static const char here[] = "/admin/statistics";
    const struct statistics_ask *ask = &v->ask;
    int64_t span_s = spans[v->span].span_s;
    struct req *r = v->r;

    for (size_t i = 0; i < SPANS; i++) {
        view_set_at(r, "Stats.Spans", i, "Code", spans[i].code);
        view_set_at(r, "Stats.Spans", i, "Href",
                    address(v, here, i, ask->end_s, ask->host));
        if (i == v->span)
            view_set_at(r, "Stats.Spans", i, "Current", "1");
    }
    if (ask->begin_s > v->now_s - OLDEST_DAYS * DAY)
        view_set(r, "Stats.Previous",
                 address(v, here, v->span, ask->begin_s, ask->host));
    if (ask->end_s < v->now_s)
        view_set(r, "Stats.Next",
                 address(v, here, v->span, ask->end_s + span_s, ask->host));
    for (size_t i = 0; v->hosts.n > 1 && i < v->hosts.n; i++) {
        const char *host = v->hosts.rows[i].host;

        view_set_at(r, "Stats.Hosts", i, "Name", host);
        view_set_at(r, "Stats.Hosts", i, "Href",
                    address(v, here, v->span, ask->end_s, host));
        if (strcmp(host, ask->host) == 0)
            view_set_at(r, "Stats.Hosts", i, "Current", "1");
    }
}

static char *minute_text(struct arena *a, int64_t s)
{
    return moment_minute_text(a, (struct moment){ s * 1000000 });
}

/* The table: newest first. */
static void rows_show(const struct statistics_view *v)
{
    struct req *r = v->r;
    struct arena *a = r->arena;

    for (size_t i = 0; i < v->chart.n; i++) {
        const struct statistics_point *p = &v->chart.rows[v->chart.n - 1 - i];

        view_set_at(r, "Stats.Rows", i, "At", minute_text(a, p->at_s));
        view_set_at(r, "Stats.Rows", i, "La5",
                    thousandths_text(a, p->la5_permille, 2));
        view_set_at(r, "Stats.Rows", i, "La15",
                    thousandths_text(a, p->la15_permille, 2));
        view_set_at(r, "Stats.Rows", i, "Cons",
                    thousandths_text(a, p->cons_millihz, 2));
        view_set_at(r, "Stats.Rows", i, "Sessions",
                    thousandths_text(a, p->sessions_millihz, 2));
        if (p->commit_p99_us.known)
            view_set_at(r, "Stats.Rows", i, "P99",
                        thousandths_text(a, p->commit_p99_us.n, 1));
    }
}

/* The names that templates/admin/statistics.cst lists. */
enum err statistics_page(struct req *r)
{
    struct statistics_view v;
    enum err e = view_fill(r, &v);

    if (e != ERR_OK)
        return e;
    view_set(r, "Stats.Host", v.ask.host);
    view_set(r, "Stats.Begin", minute_text(r->arena, v.ask.begin_s));
    view_set(r, "Stats.End", minute_text(r->arena, v.ask.end_s));
    view_set(
        r, "Stats.Json",
        address(&v, "/admin/statistics.json", v.span, v.ask.end_s, v.ask.host));
    buttons_show(&v);
    rows_show(&v);
    if (v.chart.n > 0)
        statistics_svg_show(&v);
    if ((e = statistics_figures_show(&v)) != ERR_OK)
        return e;
    view_set(r, "Screen", "statistics");
    return view_render(r, "admin/statistics.cst");
}

/* ---- the numbers for the script ---- */

/* {"from":ms,"to":ms,"step":ms,"rows":[[ms,la5,la15,cons],...]} */
enum err statistics_json(struct req *r)
{
    struct statistics_view v;
    struct arena *a = r->arena;
    struct buf out = { 0 };
    enum err e = view_fill(r, &v);

    if (e != ERR_OK)
        return e;
    buf_puts(&out, arena_printf(a,
                                "{\"from\":%" PRId64 "000,\"to\":%" PRId64
                                "000,\"step\":%" PRId64 "000,\"rows\":[",
                                wall_s(v.ask.begin_s), wall_s(v.ask.end_s),
                                v.ask.step_s));
    for (size_t i = 0; i < v.chart.n; i++) {
        const struct statistics_point *p = &v.chart.rows[i];

        buf_puts(&out, arena_printf(a, "%s[%" PRId64 "000,%s,%s,%s]",
                                    i > 0 ? "," : "", wall_s(p->at_s),
                                    thousandths_text(a, p->la5_permille, 3),
                                    thousandths_text(a, p->la15_permille, 3),
                                    thousandths_text(a, p->cons_millihz, 3)));
    }
    buf_puts(&out, "]}");
    e = answer_body(r, "application/json", out.at, out.len);
    buf_free(&out);
    return e;
}
