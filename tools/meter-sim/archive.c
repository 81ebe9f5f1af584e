/*
 * Archives of class 7. Records follow from what the meter shows now and its
 * mean consumption, so that they cost no memory: the same moment gives the
 * same record as long as gas flows evenly. Days of a gas meter end at its
 * report hour; an electricity meter's load profile has half hours.
 */
#include <string.h>

#include "lib/dlms/datetime.h"
#include "lib/dlms/profile.h"
#include "tools/meter-sim/objects.h"
#include "tools/meter-sim/push.h"
#include "tools/meter-sim/tariff.h"

#define ZONE_S        10800
#define DAY_S         86400
#define HOUR_S        3600
#define MONTH_S       0 /* of no fixed length */
#define REPORT_HOUR_S (10 * HOUR_S)
#define COLUMNS_MAX   8
#define MONTHS_BACK   36

struct archive {
    struct obis name;
    int64_t step_s;
    int64_t offset_s; /* of the first record of a day, UTC */
    uint32_t rows;    /* what is older is gone */
    size_t columns_n;
    struct dlms_column columns[COLUMNS_MAX];
};

/* clang-format off */
#define AT(a, b, c, d, e) { { a, b, c, d, e, 255 } }
#define HOURLY  AT(7, 0, 99, 1, 0)
#define DAILY   AT(7, 0, 99, 2, 0)
#define LOAD    AT(1, 0, 99, 1, 0)
#define EDAILY  AT(1, 0, 98, 2, 0)
#define MONTHLY AT(1, 0, 98, 1, 0)
#define CLOCKED { 8, AT(0, 0, 1, 0, 0), 2, 0 }
#define GAS_COLUMNS 5, { CLOCKED, { 1, AT(7, 0, 96, 5, 0), 2, 0 }, \
    { 3, AT(7, 0, 13, 2, 0), 2, 0 }, { 3, AT(7, 0, 41, 0, 0), 2, 0 }, \
    { 3, AT(7, 0, 42, 0, 0), 2, 0 } }
#define TARIFF_COLUMNS 6, { CLOCKED, { 3, AT(1, 0, 1, 8, 0), 2, 0 }, \
    { 3, AT(1, 0, 1, 8, 1), 2, 0 }, { 3, AT(1, 0, 1, 8, 2), 2, 0 }, \
    { 3, AT(1, 0, 1, 8, 3), 2, 0 }, { 3, AT(1, 0, 1, 8, 4), 2, 0 } }
static const struct archive archives[] = {
    { HOURLY,  HOUR_S,     0,                      1488, GAS_COLUMNS },
    { DAILY,   DAY_S,      REPORT_HOUR_S - ZONE_S, 124,  GAS_COLUMNS },
    { LOAD,    HOUR_S / 2, 0,                      4464, 3, { CLOCKED, { 3, AT(1, 0, 1, 8, 0), 2, 0 }, { 3, AT(1, 0, 3, 8, 0), 2, 0 } } },
    { EDAILY,  DAY_S,      -ZONE_S,                124,  TARIFF_COLUMNS },
    { MONTHLY, MONTH_S,    -ZONE_S,                MONTHS_BACK, TARIFF_COLUMNS },
};
/* clang-format on */

static const struct archive *archive_of(const struct dlms_target *t)
{
    const struct archive *g = archives;

    while (!obis_same(g->name, t->name))
        g++;
    return g;
}

/* ---- moments ---- */

/* Midnight of the first of this month or of some before, in the zone. */
static int64_t month_start(int64_t now_s, int back)
{
    struct dlms_datetime t;
    struct moment m;

    dlms_datetime_of_moment((struct moment){ .us = now_s * 1000000 },
                            PUSH_DEVIATION, &t);
    back = t.year * 12 + t.month - 1 - back;
    t = (struct dlms_datetime){ .year = back / 12,
                                .month = back % 12 + 1,
                                .day = 1,
                                .weekday = DLMS_UNSPECIFIED,
                                .deviation = PUSH_DEVIATION };
    return dlms_datetime_moment(&t, PUSH_DEVIATION, &m) == ERR_OK
               ? m.us / 1000000
               : 0;
}

/* Moments of all records, oldest first. */
static int64_t *moments(const struct archive *g, struct arena *a, int64_t now_s,
                        size_t *n)
{
    int64_t *at = arena_alloc(a, g->rows * sizeof *at);
    int64_t last;

    *n = g->rows;
    if (g->step_s == MONTH_S) {
        for (size_t i = 0; i < *n; i++)
            at[i] = month_start(now_s, (int)(*n - 1 - i));
        return at;
    }
    last = (now_s - g->offset_s) / g->step_s * g->step_s + g->offset_s;
    for (size_t i = 0; i < *n; i++)
        at[i] = last - (int64_t)(*n - 1 - i) * g->step_s;
    return at;
}

/* ---- cells ---- */

static uint64_t counted_at(const struct meter *m, int64_t at_s, int64_t now_s)
{
    uint64_t since = (uint64_t)(now_s - at_s) * meter_per_hour(m) / HOUR_S;

    return m->volume > since ? m->volume - since : 0;
}

static struct dlms_value time_cell(struct arena *a, int64_t at_s)
{
    struct dlms_datetime t;

    dlms_datetime_of_moment((struct moment){ .us = at_s * 1000000 },
                            PUSH_DEVIATION, &t);
    return dlms_of_datetime(a, &t);
}

static struct dlms_value cell(struct arena *a, const struct meter *m,
                              const struct dlms_column *c, int64_t at_s,
                              int64_t now_s)
{
    uint64_t counted = counted_at(m, at_s, now_s);

    if (c->class_id == DLMS_CLOCK)
        return time_cell(a, at_s);
    switch (c->name.at[2]) {
    case 96:
        return dlms_of_unsigned(DLMS_DOUBLE_LONG_UNSIGNED, m->status);
    case 41:
        return dlms_of_signed(DLMS_LONG, 40 + (int64_t)(m->seed % 150));
    case 42:
        return dlms_of_unsigned(DLMS_DOUBLE_LONG_UNSIGNED,
                                m->pressure_pa != 0 ? m->pressure_pa
                                                    : 102000 + m->seed % 2500);
    case 3:
        return dlms_of_unsigned(DLMS_LONG64_UNSIGNED, counted / 9);
    case 1:
        counted = tariff_energy(counted, c->name.at[4]);
        break;
    default:
        break;
    }
    return dlms_of_unsigned(DLMS_LONG64_UNSIGNED, counted);
}

/* ---- what is selected of rows and columns ---- */

struct selection {
    size_t from, to; /* rows, the last not included */
    const struct dlms_column *columns;
    size_t columns_n;
};

static bool seconds_of(const struct dlms_value *v, int64_t *out)
{
    struct dlms_datetime t;
    struct moment m;

    if (!dlms_value_datetime(v, &t) ||
        dlms_datetime_moment(&t, PUSH_DEVIATION, &m) != ERR_OK)
        return false;
    *out = m.us / 1000000;
    return true;
}

static bool has_columns(const struct archive *g, const struct dlms_column *at,
                        size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (dlms_column_find(g->columns, g->columns_n, at[i].name,
                             at[i].attribute) < 0)
            return false;
    return true;
}

static bool select_range(const struct archive *g, struct arena *a,
                         const struct dlms_asked *what, const int64_t *at,
                         struct selection *s)
{
    struct dlms_range r;
    int64_t from, to;

    if (dlms_range_read(a, &what->selection, &r) != ERR_OK ||
        !seconds_of(&r.from, &from) || !seconds_of(&r.to, &to) ||
        !has_columns(g, r.selected, r.n))
        return false;
    while (s->from < s->to && at[s->from] < from)
        s->from++;
    while (s->to > s->from && at[s->to - 1] > to)
        s->to--;
    if (r.n > 0) {
        s->columns = r.selected;
        s->columns_n = r.n;
    }
    return true;
}

/* Entries and columns are counted from 1; 0 as a "to" is the last. */
static bool select_entries(struct arena *a, const struct dlms_asked *what,
                           struct selection *s)
{
    struct dlms_entries e;
    size_t last;

    (void)a;
    if (dlms_entries_read(&what->selection, &e) != ERR_OK || e.from == 0 ||
        e.column_from == 0)
        return false;
    if (e.to != 0 && e.to < s->to)
        s->to = e.to;
    s->from = e.from - 1 < s->to ? e.from - 1 : s->to;
    last = e.column_to != 0 && e.column_to < s->columns_n ? e.column_to
                                                          : s->columns_n;
    if (e.column_from > last)
        return false;
    s->columns += e.column_from - 1;
    s->columns_n = last - e.column_from + 1;
    return true;
}

static unsigned buffer_get(const struct asking *q, const struct archive *g,
                           struct arena *a, const struct dlms_asked *what,
                           struct dlms_value *out)
{
    int64_t now_s = q->now_us / 1000000;
    struct selection s = { 0, 0, g->columns, g->columns_n };
    const int64_t *at = moments(g, a, now_s, &s.to);
    struct dlms_value *rows, cells[COLUMNS_MAX];

    if (what->has_selection &&
        !(what->selector == DLMS_BY_RANGE   ? select_range(g, a, what, at, &s)
          : what->selector == DLMS_BY_ENTRY ? select_entries(a, what, &s)
                                            : false))
        return DLMS_OTHER_REASON;
    if (s.columns_n > COLUMNS_MAX)
        return DLMS_OTHER_REASON;
    rows = arena_alloc(a, (s.to - s.from + 1) * sizeof *rows);
    for (size_t i = s.from; i < s.to; i++) {
        for (size_t c = 0; c < s.columns_n; c++)
            cells[c] = cell(a, q->m, &s.columns[c], at[i], now_s);
        rows[i - s.from] = dlms_of_list(a, DLMS_STRUCTURE, cells, s.columns_n);
    }
    *out = (struct dlms_value){ .type = DLMS_ARRAY };
    out->list.at = rows;
    out->list.n = s.to - s.from;
    return DLMS_SUCCESS;
}

static unsigned sort_object(const struct archive *g, struct arena *a,
                            struct dlms_value *out)
{
    struct dlms_value list;

    dlms_columns_make(a, g->columns, 1, &list);
    *out = list.list.at[0];
    return DLMS_SUCCESS;
}

static unsigned archive_get(const struct asking *q, struct arena *a,
                            const struct dlms_asked *what,
                            struct dlms_value *out)
{
    const struct archive *g = archive_of(&what->target);

    switch (what->target.index) {
    case DLMS_PROFILE_BUFFER:
        return buffer_get(q, g, a, what, out);
    case DLMS_PROFILE_CAPTURE_OBJECTS:
        dlms_columns_make(a, g->columns, g->columns_n, out);
        return DLMS_SUCCESS;
    case DLMS_PROFILE_CAPTURE_PERIOD:
        *out =
            dlms_of_unsigned(DLMS_DOUBLE_LONG_UNSIGNED, (uint64_t)(g->step_s));
        return DLMS_SUCCESS;
    case DLMS_PROFILE_SORT_METHOD:
        *out = dlms_of_unsigned(DLMS_ENUM, 1); /* first in, first out */
        return DLMS_SUCCESS;
    case DLMS_PROFILE_SORT_OBJECT:
        return sort_object(g, a, out);
    default: /* entries_in_use, profile_entries */
        *out = dlms_of_unsigned(DLMS_DOUBLE_LONG_UNSIGNED, g->rows);
        return DLMS_SUCCESS;
    }
}

/* clang-format off */
const struct object objects_archive[] = {
    { 7, 1, HOURLY,  OF_GAS | OF_ARCHIVE,   8, 0, archive_get, NULL, NULL },
    { 7, 1, DAILY,   OF_GAS | OF_ARCHIVE,   8, 0, archive_get, NULL, NULL },
    { 7, 1, LOAD,    OF_POWER | OF_ARCHIVE, 8, 0, archive_get, NULL, NULL },
    { 7, 1, EDAILY,  OF_POWER | OF_ARCHIVE, 8, 0, archive_get, NULL, NULL },
    { 7, 1, MONTHLY, OF_POWER | OF_ARCHIVE, 8, 0, archive_get, NULL, NULL },
    { 0 },
};
/* clang-format on */
