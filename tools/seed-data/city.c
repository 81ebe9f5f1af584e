/* The calendar, the types and the lives of the meters. */
#include "tools/seed-data/city.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "tools/meter-sim/chance.h"

static const char *const mobile_operators[] = { "МТС", "МегаФон", "Билайн",
                                                "T2" };

struct city city = { 1, 5200, 5000, 12, 30, 0 };

uint64_t chance(enum about about, int64_t thing, int64_t part)
{
    uint64_t z = chance_mix((uint64_t)city.seed * 31 + (uint64_t)about);

    z = chance_mix(z ^ (uint64_t)thing * UINT64_C(0x9E3779B97F4A7C15));
    return chance_mix(z + (uint64_t)part);
}

int64_t chance_of(enum about about, int64_t thing, int64_t below)
{
    return (int64_t)(chance(about, thing, 0) % (uint64_t)below);
}

/* ---- the calendar of the utility ---- */

struct civil_day {
    int64_t midnight; /* UTC seconds */
    int dom, month, wday, dom_last;
};

static struct civil_day calendar[CALENDAR_DAYS + 1]; /* [0] is today */

void calendar_make(void)
{
    time_t now = (time_t)city.now;
    struct tm today;

    localtime_r(&now, &today);
    for (int back = 0; back <= CALENDAR_DAYS; back++) {
        struct tm t = { .tm_year = today.tm_year,
                        .tm_mon = today.tm_mon,
                        .tm_mday = today.tm_mday - back,
                        .tm_isdst = -1 };
        time_t midnight = mktime(&t);
        struct tm last = { .tm_year = t.tm_year,
                           .tm_mon = t.tm_mon + 1,
                           .tm_hour = 12,
                           .tm_isdst = -1 };
        mktime(&last);
        calendar[back] =
            (struct civil_day){ (int64_t)midnight, t.tm_mday, t.tm_mon + 1,
                                t.tm_wday, last.tm_mday };
    }
}

int64_t midnight_before(int64_t days)
{
    return calendar[days].midnight;
}

/* ---- types and periods ---- */

/* clang-format off */
const struct type types[] = {
    { "СГ-Лазурь G4",    "1.4.2",  21, false, true,  true,  false, 22 },
    { "СГ-Лазурь G4-К",  "1.4.2",  22, true,  true,  true,  false, 26 },
    { "СГ-Лазурь G1.6",  "1.3.0",  20, false, true,  false, false, 14 },
    { "СГ-Лазурь G6-К",  "2.0.1",  23, true,  true,  true,  false, 10 },
    { "СГ-Лазурь G4-КД", "2.0.1",  24, true,  true,  true,  false, 5 },
    { "СГ-Лазурь G10",   "2.0.1",  25, false, true,  true,  false, 2 },
    { "СГ-Бриз G2.5-К",  "3.11",   30, true,  false, true,  false, 7 },
    { "СГ-Бриз G4",      "3.11",   31, false, false, false, false, 7 },
    { "СГ-Бриз G4-КД",   "3.20",   32, true,  false, true,  false, 5 },
    { "Счётчик электроэнергии DLMS", "5.0.17", 41, false, false, false, true, 2 },
};

const struct period_of_call periods[] = {
    [MONTHLY]  = { "monthly",        380, 0 },
    [WEEKLY]   = { "weekly",         100, 0 },
    [DAILY]    = { "daily",          300, 0 },
    [TWICE]    = { "twice_monthly",   80, 0 },
    [THRICE]   = { "thrice_monthly",  70, 0 },
    [HALF_DAY] = { "every_12h",       60, 43200 },
    [HOURLY]   = { "hourly",           6, 3600 },
    [MINUTES]  = { "minutes",          4, 1800 },
};
/* clang-format on */
const size_t n_types = sizeof types / sizeof *types;

/* ---- a meter ---- */

static bool planned_on(enum period p, const struct civil_day *d)
{
    switch (p) {
    case DAILY:
        return true;
    case WEEKLY:
        return d->wday == 1;
    case MONTHLY:
        return d->dom == 1;
    case TWICE: /* the 28th (26th of February) and the last day */
        return d->dom == (d->month == 2 ? 26 : 28) || d->dom == d->dom_last;
    case THRICE:
        return d->dom == 1 || d->dom == 22 || d->dom == 26;
    case HALF_DAY:
    case HOURLY:
    case MINUTES:
        break;
    }
    return false;
}

int64_t session_before(const struct meter *m, int64_t moment)
{
    int64_t step = periods[m->period].step_s;

    if (step != 0) {
        int64_t late = (moment - 1 - m->slot_s) % step;
        return moment - 1 - late;
    }
    int64_t back = (calendar[0].midnight + DAY_S - moment) / DAY_S - 1;
    for (back = back < 0 ? 0 : back; back <= CALENDAR_DAYS; back++) {
        int64_t at = calendar[back].midnight + m->slot_s;
        if (at < moment && planned_on(m->period, &calendar[back]))
            return at;
    }
    return 0;
}

/* Counts up by half a day's use at least, whatever chance adds to each day. */
int64_t shown_at(const struct meter *m, int64_t moment)
{
    int64_t began = calendar[CALENDAR_DAYS].midnight;

    if (moment > m->closed_at)
        moment = m->closed_at;
    int64_t day = (moment - began) / DAY_S, second = (moment - began) % DAY_S;
    uint64_t spread = (uint64_t)m->per_day / 2 + 1;
    int64_t now = (int64_t)(chance(ABOUT_DAY, m->id, day) % spread);
    int64_t next = (int64_t)(chance(ABOUT_DAY, m->id, day + 1) % spread);

    return m->start + m->per_day * day + now +
           (m->per_day + next - now) * second / DAY_S;
}

int64_t hours_at(const struct meter *m, int64_t moment)
{
    return m->working_h + (moment - calendar[CALENDAR_DAYS].midnight) / 3600;
}

int tamper_hours(const struct meter *m)
{
    return (m->status & 1) != 0 ? 3 : 0;
}

int temperature_mk_at(const struct meter *m, int64_t moment)
{
    uint64_t c = chance(ABOUT_WEATHER, m->id, moment);

    return 273150 + 14000 + (int)(c % 90) * 100;
}

static enum period period_of(int64_t id)
{
    int64_t c = chance_of(ABOUT_PERIOD, id, 1000);
    int p = MONTHLY;

    while (p < MINUTES && c >= periods[p].permille)
        c -= periods[p++].permille;
    return (enum period)p;
}

static const struct type *type_of(int64_t id)
{
    int64_t c = chance_of(ABOUT_TYPE, id, 100);
    const struct type *t = types;

    while (c >= t->percent)
        c -= t++->percent;
    return t;
}

/* Every 25th meter is bound to nobody; the others take the subscribers in
 * order, and those left over are somebody's second meter. */
static int64_t subscriber_of(int64_t id)
{
    int64_t rank = id - id / 25;

    if (id % 25 == 0 || city.subscribers == 0)
        return 0;
    return rank <= city.subscribers
               ? rank
               : 1 + chance_of(ABOUT_SECOND_METER, id, city.subscribers);
}

static void meter_flow(struct meter *m)
{
    int64_t c = chance_of(ABOUT_FLOW, m->id, 1000);

    if (m->type->electricity)
        m->per_day = 3000 + 9 * c;
    else /* a stove, or a stove and heating */
        m->per_day = c < 350 ? 150 + c : 1500 + 8 * c;
    m->start = (int64_t)(chance(ABOUT_FLOW, m->id, 1) % 2000) * m->per_day;
    m->working_h = m->start / m->per_day * 24;
}

int64_t asked_at(const struct meter *m)
{
    return m->last_at - 3 * DAY_S - chance_of(ABOUT_COMMAND, m->id, 100) * 3600;
}

static void meter_health(struct meter *m)
{
    static const int troubles[] = { 0, 2, 3, 4, 7, 8, 9, 12, 14 };
    int64_t c = chance_of(ABOUT_STATUS, m->id, 1000);

    m->battery_permille = 1000 - (int)(m->working_h / 24 * 900 / 3000);
    if (chance_of(ABOUT_BATTERY, m->id, 100) == 0)
        m->battery_permille = 40;
    m->battery_mv =
        m->battery_permille < 100 ? 3150 : 3500 + m->battery_permille / 8;
    m->status = c < 25 ? 1 << PICK(troubles, (uint64_t)c) : 0;
    if (m->battery_permille < 100)
        m->status |= 1 << 5;
    m->signal_percent = 22 + (int)chance_of(ABOUT_RADIO, m->id, 78);
    m->mobile_operator = PICK(mobile_operators, chance(ABOUT_RADIO, m->id, 1));
    m->valve = -1;
    if (m->type->valve) {
        c = chance_of(ABOUT_VALVE, m->id, 100);
        m->valve = c < 88 ? 1 : c < 97 ? 0 : c < 99 ? 2 : 3;
    }
    m->closed_at = m->valve == 0   ? asked_at(m) + SENT_AFTER_S
                   : m->valve == 2 ? asked_at(m) + SENT_AFTER_S - 5 * DAY_S
                                   : INT64_MAX;
}

void meter_of(int64_t id, struct meter *m)
{
    int64_t silence = chance_of(ABOUT_SILENCE, id, 1000), until = city.now;

    *m = (struct meter){ .id = id,
                         .subscriber = subscriber_of(id),
                         .type = type_of(id),
                         .period = period_of(id) };
    snprintf(m->serial, sizeof m->serial, "%03d%02d%07" PRId64,
             m->type->serial_prefix % 1000, 18 + (int)(id % 8), id % 10000000);
    if (periods[m->period].step_s != 0)
        m->slot_s = chance_of(ABOUT_SLOT, id, periods[m->period].step_s);
    else /* daily ones inside an hour, the others inside six */
        m->slot_s =
            chance_of(ABOUT_SLOT, id, m->period == DAILY ? 3600 : 21600);
    if (silence < 25) /* has not been heard for ten days to half a year */
        until -= (10 + silence * 7) * DAY_S;
    m->last_at = session_before(m, until);
    meter_flow(m);
    meter_health(m);
}

bool is_silent(int64_t id)
{
    return chance_of(ABOUT_SILENCE, id, 1000) < 25;
}
