/*
 * The balance report (GC-110 … GC-115): what the meters of a group used, and
 * how far that is from what the balance meter measured or somebody typed.
 */
#include "lib/document/inner.h"

#include <inttypes.h>
#include <string.h>

#include "lib/model/group.h"
#include "lib/units/quantity.h"

struct balance {
    struct document *d;
    struct report *report;
    struct arena *row;
    struct meter_group group;
    bool detailed;
    int64_t total_dm3, done, drawn, unknown;
    struct balance_row main; /* the balance meter's; texts are copies */
    bool main_found;
};

static void close_arena(void *a)
{
    arena_free(a);
}

static const char *mark_of(const struct document *d,
                           const struct balance_row *it)
{
    if (!it->begin_dm3.known || !it->end_dm3.known)
        return w(d, "Doc.MarkNone");
    if (it->begin_drawn)
        return w(d, it->end_drawn ? "Doc.MarkBoth" : "Doc.MarkBegin");
    return it->end_drawn ? w(d, "Doc.MarkEnd") : "";
}

static struct figure used_of(const struct balance_row *it)
{
    return (struct figure){ it->begin_dm3.known && it->end_dm3.known,
                            it->end_dm3.n - it->begin_dm3.n };
}

static enum err member_each(const struct balance_row *it, void *ctx)
{
    struct balance *b = ctx;
    struct figure used = used_of(it);
    struct arena *a = b->row;
    enum err e = tell(b->d, ++b->done, b->group.seen);

    if (e != ERR_OK)
        return e;
    if (used.known) {
        b->total_dm3 += used.n;
        b->drawn += it->begin_drawn || it->end_drawn;
    } else {
        b->unknown++;
    }
    if (!b->detailed)
        return ERR_OK;
    const char *const cells[] = {
        it->account,
        it->serial,
        figure_text(a, it->begin_dm3, volume_m3_text),
        figure_text(a, it->end_dm3, volume_m3_text),
        figure_text(a, used, volume_m3_text),
        mark_of(b->d, it),
    };
    e = report_row(b->report, cells);
    arena_reset(a);
    return e;
}

static enum err main_each(const struct balance_row *it, void *ctx)
{
    struct balance *b = ctx;

    b->main = *it;
    b->main_found = true;
    return ERR_OK;
}

/* ---- totals ---- */

/* In a detailed report the label stands beside its meter's columns. */
static enum err total_put(struct balance *b, const char *label,
                          const char *begin, const char *end, const char *value)
{
    const char *const wide[] = { "", label, begin, end, value, "" };
    const char *const narrow[] = { label, value };

    return report_total(b->report, b->detailed ? wide : narrow);
}

/* Thousandths of a per cent, half away from zero; false: there is none. */
static bool percent_of(int64_t part, int64_t whole, int64_t *out)
{
    int64_t scaled, half = whole / 2;

    if (whole <= 0 || __builtin_mul_overflow(part, INT64_C(100000), &scaled))
        return false;
    *out = (scaled + (scaled < 0 ? -half : half)) / whole;
    return true;
}

static enum err imbalance_put(struct balance *b, int64_t volume_dm3)
{
    struct document *d = b->d;
    struct arena *a = d->arena;
    int64_t difference = volume_dm3 - b->total_dm3, percent;
    enum err e = total_put(b, w(d, "Doc.Imbalance"), "", "",
                           volume_m3_text(a, difference));

    if (e != ERR_OK)
        return e;
    return total_put(b, w(d, "Doc.ImbalancePercent"), "", "",
                     percent_of(difference, volume_dm3, &percent)
                         ? decimal_text(a, percent, -3)
                         : "");
}

static enum err use_put(struct balance *b)
{
    struct document *d = b->d;
    struct arena *a = d->arena;
    struct figure used;
    const char *mark, *label;
    enum err e;

    e = balance_stream(d->db, a,
                       (struct whose){ .meter_id = b->group.balance_id },
                       d->order->days, main_each, b);
    if (e != ERR_OK)
        return e;
    used = used_of(&b->main);
    mark = mark_of(d, &b->main);
    label = arena_printf(a, "%s №%s%s%s%s", w(d, "Doc.BalanceMeter"),
                         b->group.balance_serial, mark[0] ? " (" : "", mark,
                         mark[0] ? ")" : "");
    e = total_put(b, label, figure_text(a, b->main.begin_dm3, volume_m3_text),
                  figure_text(a, b->main.end_dm3, volume_m3_text),
                  figure_text(a, used, volume_m3_text));
    return e == ERR_OK && used.known ? imbalance_put(b, used.n) : e;
}

static enum err manual_put(struct balance *b)
{
    struct document *d = b->d;
    int64_t volume = d->order->volume_dm3;
    enum err e = total_put(b, w(d, "Doc.BalanceManual"), "", "",
                           volume_m3_text(d->arena, volume));

    return e == ERR_OK ? imbalance_put(b, volume) : e;
}

static enum err totals_put(struct balance *b)
{
    struct document *d = b->d;
    enum err e = total_put(b, w(d, "Doc.GroupTotal"), "", "",
                           volume_m3_text(d->arena, b->total_dm3));

    if (e != ERR_OK)
        return e;
    switch (d->order->mode) {
    case BALANCE_USE:
        return use_put(b);
    case BALANCE_MANUAL:
        return manual_put(b);
    case BALANCE_NONE:
        break;
    }
    return ERR_OK;
}

static enum err notes_put(struct balance *b)
{
    struct document *d = b->d;
    const struct {
        bool wanted;
        const char *text;
    } notes[] = {
        { true, count_line(d, "Doc.Meters", b->done) },
        { true, count_line(d, "Doc.Interpolated", b->drawn) },
        { b->unknown > 0, count_line(d, "Doc.NoData", b->unknown) },
        { b->group.meters > b->group.seen,
          count_line(d, "Doc.Unseen", b->group.meters - b->group.seen) },
        { d->order->mode != BALANCE_NONE, w(d, "Doc.Formula") },
        { true, w(d, "Doc.Edges") },
    };

    for (size_t i = 0; i < sizeof(notes) / sizeof(notes[0]); i++) {
        enum err e =
            notes[i].wanted ? report_note(b->report, notes[i].text) : ERR_OK;

        if (e != ERR_OK)
            return e;
    }
    return ERR_OK;
}

/* ---- the whole ---- */

static enum err begin(struct balance *b, const struct report_column *columns,
                      size_t n)
{
    struct document *d = b->d;
    struct report_head *head = arena_alloc(d->arena, sizeof(*head));
    const char **lines = arena_alloc(d->arena, 3 * sizeof(*lines));

    lines[0] = period_line(d);
    lines[1] =
        arena_printf(d->arena, "%s: %s", w(d, "Doc.Group"), b->group.name);
    *head = (struct report_head){
        .title = w(d, "Doc.Balance"),
        .lines = lines,
        .page_word = w(d, "Doc.Page"),
        .made = d->today,
        .tmpdir = d->tmpdir,
    };
    return report_begin(d->arena, document_format(d->order), head, columns, n,
                        &d->to, &b->report);
}

static enum err fill(struct balance *b)
{
    struct document *d = b->d;
    enum err e;

    if ((e = balance_stream(d->db, d->arena, d->order->whose, d->order->days,
                            member_each, b)) != ERR_OK ||
        (e = totals_put(b)) != ERR_OK)
        return e;
    return notes_put(b);
}

enum err balance_make(struct document *d)
{
    const struct report_column wide[] = {
        { w(d, "Doc.Account"), REPORT_TEXT, 14, 0, NULL, 0 },
        { w(d, "Doc.Serial"), REPORT_TEXT, 26, 0, NULL, 0 },
        { w(d, "Doc.Begin"), REPORT_NUMBER, 14, 3, NULL, 0 },
        { w(d, "Doc.End"), REPORT_NUMBER, 14, 3, NULL, 0 },
        { w(d, "Doc.Used"), REPORT_NUMBER, 14, 3, NULL, 0 },
        { w(d, "Doc.Mark"), REPORT_TEXT, 22, 0, NULL, 0 },
    };
    const struct report_column narrow[] = {
        { w(d, "Doc.What"), REPORT_TEXT, 60, 0, NULL, 0 },
        { w(d, "Doc.Cubic"), REPORT_NUMBER, 20, 3, NULL, 0 },
    };
    struct balance *b = arena_alloc(d->arena, sizeof(*b));
    enum err e;

    b->d = d;
    b->detailed = d->order->detailed;
    b->row = arena_new();
    arena_defer(d->arena, close_arena, b->row);
    if ((e = group_find(d->db, d->arena, d->order->whose.group_id,
                        &b->group)) != ERR_OK)
        return e;
    if (d->order->mode == BALANCE_USE && b->group.balance_id == 0)
        return err_raise(ERR_NOT_FOUND, "balance: the group has no meter");
    e = b->detailed ? begin(b, wide, 6) : begin(b, narrow, 2);
    if (e != ERR_OK)
        return e;
    if ((e = fill(b)) == ERR_OK)
        return report_end(b->report);
    report_drop(b->report);
    return e;
}
