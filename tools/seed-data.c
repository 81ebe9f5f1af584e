/*
 * A believable city as SQL on stdout: branches, subscribers, meters of many
 * types with a month of readings behind them. Everything follows from the seed
 * and a number, so that three million meters need no more memory than one.
 *
 * seed-data [--seed N] [--meters 5200] [--subscribers 5000] [--branches 12]
 *           [--days 30] [--now UNIX-SECONDS]
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/log.h"
#include "tools/meter-sim/chance.h"
#include "tools/seed_names.h"

#define DAY_S INT64_C(86400)
/* Rows of one COPY: triggers keep the rows of a statement until it ends. */
#define CHUNK 50000
/* How far back a meter may have fallen silent, and a month to find its slot. */
#define CALENDAR_DAYS 400

#define PICK(list, n) ((list)[(n) % (sizeof(list) / sizeof *(list))])

static struct {
    int64_t seed, meters, subscribers, branches, days, now;
} city = { 1, 5200, 5000, 12, 30, 0 };

/* ---- chance: a number for a kind of question about a thing --------------- */

enum about {
    ABOUT_PERSON,
    ABOUT_ADDRESS,
    ABOUT_MONEY,
    ABOUT_TYPE,
    ABOUT_PERIOD,
    ABOUT_SLOT,
    ABOUT_SILENCE,
    ABOUT_FLOW,
    ABOUT_DAY,
    ABOUT_STATUS,
    ABOUT_BATTERY,
    ABOUT_VALVE,
    ABOUT_RADIO,
    ABOUT_WEATHER,
    ABOUT_COMMAND,
    ABOUT_SECOND_METER
};

static uint64_t chance(enum about about, int64_t thing, int64_t part)
{
    uint64_t z = chance_mix((uint64_t)city.seed * 31 + (uint64_t)about);

    z = chance_mix(z ^ (uint64_t)thing * UINT64_C(0x9E3779B97F4A7C15));
    return chance_mix(z + (uint64_t)part);
}

static int64_t chance_of(enum about about, int64_t thing, int64_t below)
{
    return (int64_t)(chance(about, thing, 0) % (uint64_t)below);
}

/* ---- the calendar of the utility, in the zone of TZ ---------------------- */

struct civil_day {
    int64_t midnight; /* UTC seconds */
    int dom, month, wday, dom_last;
};

static struct civil_day calendar[CALENDAR_DAYS + 1]; /* [0] is today */

static void calendar_make(void)
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

/* ---- types and periods ----------------------------------------------------
 */

struct type {
    const char *name, *firmware;
    int serial_prefix;
    bool valve, archive, thermometer, electricity;
    int percent;
};

/* clang-format off */
static const struct type types[] = {
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

enum period { MONTHLY, WEEKLY, DAILY, TWICE, THRICE, HALF_DAY, HOURLY, MINUTES };
static const struct { const char *name; int permille; int64_t step_s; } periods[] = {
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

/* ---- a meter --------------------------------------------------------------
 */

struct meter {
    int64_t id, subscriber; /* 0: bound to nobody */
    const struct type *type;
    enum period period;
    char serial[16];
    int64_t slot_s;    /* its minute inside the window, or its phase */
    int64_t last_at;   /* of its newest session */
    int64_t closed_at; /* when its valve shut; INT64_MAX: it is open */
    int64_t per_day;   /* dm3, or Wh */
    int64_t start;     /* what it showed CALENDAR_DAYS ago */
    int64_t status, working_h;
    int battery_mv, battery_permille, signal_percent, valve;
    const char *mobile_operator;
};

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

/* The newest planned session before this moment; 0 when there is none. */
static int64_t session_before(const struct meter *m, int64_t moment)
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
static int64_t shown_at(const struct meter *m, int64_t moment)
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

static int temperature_mk_at(const struct meter *m, int64_t moment)
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

/* When somebody last asked something of its valve; the meter heard it later. */
#define SENT_AFTER_S 7200

static int64_t asked_at(const struct meter *m)
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

static void meter_of(int64_t id, struct meter *m)
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

/* Silent for longer than any period: the simulator leaves these alone. */
static bool is_silent(int64_t id)
{
    return chance_of(ABOUT_SILENCE, id, 1000) < 25;
}

/* ---- writing --------------------------------------------------------------
 */

static const char *moment_utc(int64_t moment)
{
    static char text[4][32];
    static unsigned turn;
    char *out = text[turn++ % 4];
    time_t t = (time_t)moment;
    struct tm utc;

    gmtime_r(&t, &utc);
    strftime(out, sizeof text[0], "%Y-%m-%d %H:%M:%S+00", &utc);
    return out;
}

static void number_or_null(bool there, int64_t n)
{
    if (there)
        printf("\t%" PRId64, n);
    else
        fputs("\t\\N", stdout);
}

/* One COPY after another of at most CHUNK things each. */
static void copy_all(const char *into, const char *after, int64_t things,
                     void (*rows)(int64_t id))
{
    for (int64_t id = 1; id <= things; id++) {
        if ((id - 1) % CHUNK == 0)
            printf("copy %s from stdin;\n", into);
        rows(id);
        if (id % CHUNK == 0 || id == things)
            printf("\\.\n%s", after);
    }
}

static void branch_row(int64_t id)
{
    const char *name = PICK(branch_names, (uint64_t)id - 1);
    char number[24] = "";

    if (id > (int64_t)(sizeof branch_names / sizeof *branch_names))
        snprintf(number, sizeof number, " %" PRId64, id);
    printf("%" PRId64 "\t%s%s\tФилиал «%s%s», " CITY "\n", id, name, number,
           name, number);
}

static int64_t branch_of(int64_t subscriber)
{
    /* The first ones are larger: the smaller of two throws. */
    uint64_t n = (uint64_t)city.branches;
    int64_t a = (int64_t)(chance(ABOUT_ADDRESS, subscriber, 1) % n);
    int64_t b =
        (int64_t)(chance(ABOUT_ADDRESS, subscriber, 2) % (n + n / 2 + 1));

    return 1 + (a < b ? a : b);
}

static void address_write(int64_t id, int64_t branch)
{
    uint64_t c = chance(ABOUT_ADDRESS, id, 3);
    unsigned house = 1 + (unsigned)(c >> 8) % 140;

    if (branch % 3 == 0 && c % 4 == 0) {
        printf("%s, %s, д. %u",
               PICK(villages, (uint64_t)branch / 3 + c / 4 % 3),
               PICK(streets, c >> 20), house);
        return;
    }
    printf(CITY ", %s, д. %u", PICK(streets, (c >> 20) + (uint64_t)branch * 7),
           house);
    if (c % 11 == 0)
        fputs("А", stdout);
    if (c % 5 != 0)
        printf(", кв. %u", 1 + (unsigned)(c >> 40) % 120);
}

static void subscriber_row(int64_t id)
{
    uint64_t c = chance(ABOUT_PERSON, id, 0);
    unsigned woman = c % 100 < 54;
    int64_t branch = branch_of(id);
    uint64_t money = chance(ABOUT_MONEY, id, 0);

    printf("%" PRId64 "\t%" PRId64 "\t%d\t", id, branch,
           1 + (int)((money >> 32) % 4));
    if (c % 199 == 7)
        fputs("\\N", stdout);
    else
        printf("%02" PRId64 "%08" PRId64, branch % 100,
               id * 10 + (int64_t)(c % 10));
    printf("\t%s %s %s\t", PICK(surnames, c >> 8)[woman],
           woman ? PICK(women, c >> 20) : PICK(men, c >> 20),
           PICK(patronymics, c >> 32)[woman]);
    address_write(id, branch);
    printf("\t%" PRId64 "\t%s\n", (int64_t)(money % 900000) - 550000,
           money % 10 < 7 ? "t" : "f");
}

static void meter_row(int64_t id)
{
    struct meter m;

    meter_of(id, &m);
    printf("%" PRId64 "\t%s\t%td", id, m.serial, m.type - types + 1);
    number_or_null(m.subscriber != 0, m.subscriber);
    printf("\t%s\t%s", m.type->firmware, periods[m.period].name);
    number_or_null(m.period == MINUTES, periods[MINUTES].step_s / 60);
    printf("\t%s\n", moment_utc(calendar[CALENDAR_DAYS].midnight + m.slot_s));
}

/* What a session of this meter says at this moment; a row has the same columns
 * in the state and in the history. */
static void values_write(const struct meter *m, int64_t at)
{
    bool gas = !m->type->electricity, warm = m->type->thermometer;
    int64_t shown = shown_at(m, at);
    int64_t hours =
        m->working_h + (at - calendar[CALENDAR_DAYS].midnight) / 3600;

    number_or_null(gas, shown);
    number_or_null(!gas, shown);
    number_or_null(true, at == m->last_at ? m->status : m->status & 1 << 5);
    number_or_null(true, hours);
    number_or_null(true, (m->status & 1) != 0 ? 3 : 0);
    number_or_null(warm, temperature_mk_at(m, at));
    number_or_null(gas, 101325 + 600 + m->id % 1900);
    number_or_null(gas, m->battery_mv);
    number_or_null(gas, m->battery_permille);
    number_or_null(true, m->signal_percent);
    number_or_null(m->valve >= 0,
                   at < m->closed_at && m->valve != 3 ? 1 : m->valve);
}

#define VALUES                                                                 \
    "volume_dm3, energy_wh, status, working_h, tamper_h, temperature_mk, "     \
    "pressure_pa, battery_mv, battery_permille, signal_percent, valve"

static void state_row(int64_t id)
{
    struct meter m;

    meter_of(id, &m);
    printf("%" PRId64 "\t%s\t%s", id, moment_utc(m.last_at),
           moment_utc(m.last_at + 2 + id % 7));
    values_write(&m, m.last_at);
    printf("\t%s\n", m.mobile_operator);
}

/* The newest session at least, and all of the last days. */
static void reading_rows(int64_t id)
{
    struct meter m;
    int64_t since = city.now - city.days * DAY_S;

    meter_of(id, &m);
    for (int64_t at = m.last_at; at > 0; at = session_before(&m, at)) {
        if (at < since && at != m.last_at)
            break;
        printf("%" PRId64 "\t%s\t%s", id, moment_utc(at),
               moment_utc(at + 2 + id % 7));
        values_write(&m, at);
        fputs("\t0\n", stdout);
    }
}

/* The meter's own record of each day, closed at ten in the morning. */
static void archive_rows(int64_t id)
{
    struct meter m;

    meter_of(id, &m);
    if (!m.type->archive)
        return;
    for (int64_t back = city.days; back >= 1; back--) {
        int64_t at = calendar[back].midnight + 36000;
        if (at > m.last_at)
            break;
        printf("%" PRId64 "\t%s\t%s", id, moment_utc(at), moment_utc(at));
        number_or_null(true, shown_at(&m, at));
        number_or_null(true, shown_at(&m, at) - shown_at(&m, at - DAY_S));
        number_or_null(true, m.status & 1 << 5);
        number_or_null(m.type->thermometer, temperature_mk_at(&m, at));
        number_or_null(true, 101325 + 600 + id % 1900);
        fputc('\n', stdout);
    }
}

/* ---- commands: a past for the valve to have come to its state -------------
 */

static void command_row(const struct meter *m, const char *kind,
                        const char *state, int64_t asked)
{
    bool executed = strcmp(state, "executed") == 0;
    bool delivered = executed || strcmp(state, "delivered") == 0;

    printf("%" PRId64 "\t%s\t%s\toperator\t%s", m->id, kind, state,
           moment_utc(asked));
    for (int i = 0; i < 3; i++) { /* sent, delivered, executed */
        bool there = i == 2   ? executed
                     : i == 1 ? delivered && kind[6] == 'o'
                              : delivered;
        printf("\t%s", there
                           ? moment_utc(asked + SENT_AFTER_S + i * INT64_C(300))
                           : "\\N");
    }
    fputc('\n', stdout);
}

static void command_rows(int64_t id)
{
    struct meter m;
    int64_t c = chance_of(ABOUT_COMMAND, id, 100);
    int64_t asked;

    meter_of(id, &m);
    asked = asked_at(&m);
    switch (m.valve) {
    case 0:
        command_row(&m, "valve_close", "executed", asked);
        break;
    case 2:
        command_row(&m, "valve_close", "executed", asked - 5 * DAY_S);
        command_row(&m, "valve_open", "delivered", asked);
        break;
    case 1:
        if (c < 4) {
            command_row(&m, "valve_close", "executed", asked - 6 * DAY_S);
            command_row(&m, "valve_open", "executed", asked);
        }
        break;
    }
}

static void all_rows(void)
{
    puts("copy branch (id, name, full_name) from stdin;");
    for (int64_t id = 1; id <= city.branches; id++)
        branch_row(id);
    puts(
        "\\.\ninsert into tariff (id, name, price_kopecks_per_1000_m3) values\n"
        "  (1, 'Население: отопление и приготовление пищи', 678953),\n"
        "  (2, 'Население: приготовление пищи', 812307),\n"
        "  (3, 'Население: приготовление пищи и горячая вода', 795000),\n"
        "  (4, 'Прочие потребители', 923641);");
    copy_all(
        "subscriber (id, branch_id, tariff_id, account, full_name, address,"
        " balance_kopecks, calculates_balance)",
        "", city.subscribers, subscriber_row);
    /* Types have numbers of their own in the database: by name. */
    puts("create temp table seed_meter (id bigint, serial text, type int,"
         " subscriber_id bigint, firmware text, period text,"
         " period_minutes int, registered_at timestamptz);\n"
         "create temp table seed_type (no int, name text);");
    puts("copy seed_type from stdin;");
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        printf("%zu\t%s\n", i + 1, types[i].name);
    puts("\\.");
    copy_all("seed_meter",
             "insert into meter (id, serial, meter_type_id, subscriber_id,"
             " firmware, period, period_minutes, registered_at)\n"
             "  select s.id, s.serial, mt.id, s.subscriber_id, s.firmware,"
             " s.period, s.period_minutes, s.registered_at\n"
             "    from seed_meter s join seed_type t on t.no = s.type\n"
             "    join meter_type mt on mt.name = t.name order by s.id;\n"
             "truncate seed_meter;\n",
             city.meters, meter_row);
    puts("create temp table seed_state as select meter_id, last_at, "
         "received_at, " VALUES ", mobile_operator from meter_state limit 0;");
    copy_all("seed_state",
             "update meter_state m set (last_at, received_at, " VALUES
             ", mobile_operator) =\n (s.last_at, s.received_at, "
             "s.volume_dm3, s.energy_wh, s.status, s.working_h, s.tamper_h,"
             " s.temperature_mk, s.pressure_pa, s.battery_mv,"
             " s.battery_permille, s.signal_percent, s.valve,"
             " s.mobile_operator)\n"
             "  from seed_state s where s.meter_id = m.meter_id;\n"
             "truncate seed_state;\n",
             city.meters, state_row);
    copy_all("reading (meter_id, at, received_at, " VALUES ", cause)", "",
             city.meters, reading_rows);
    copy_all("archive_daily (meter_id, day, at, volume_dm3, delta_dm3, status,"
             " temperature_mk, pressure_pa)",
             "", city.meters, archive_rows);
    copy_all("command (meter_id, kind, state, operator_login, submitted_at,"
             " sent_at, delivered_at, executed_at)",
             "", city.meters, command_rows);
}

static void finish(void)
{
    puts("insert into audit_log (at, operator_login, action, note)\n"
         "  select c.submitted_at, c.operator_login, case c.kind when"
         " 'valve_close' then 'Закрыть клапан' else 'Открыть клапан' end,\n"
         "    'прибор №' || m.serial\n"
         "    from command c join meter m on m.id = c.meter_id"
         " order by c.submitted_at;");
    /* Electricity meters measure more than one thing. */
    puts("insert into register (meter_id, no, logical_name, scaler, unit,"
         " last_value, last_at)\n"
         "  select m.meter_id, r.no, r.name, r.scaler, r.unit,"
         " coalesce(r.fixed + m.meter_id % 40, m.energy_wh * r.share / 100),"
         " m.last_at\n"
         "    from meter_state m, (values\n"
         "      (1, '1.0.1.8.1.255', 0, 30, 72, null::bigint),\n"
         "      (2, '1.0.1.8.2.255', 0, 30, 28, null),\n"
         "      (3, '1.0.32.7.0.255', -1, 35, 0, 2280)) r (no, name, scaler,"
         " unit, share, fixed)\n"
         "   where m.energy_wh is not null;\n"
         "insert into register_value (meter_id, at, no, value)\n"
         "  select meter_id, last_at, no, last_value from register;");
    puts("select setval(pg_get_serial_sequence(t, 'id'), m) from (\n"
         "  select 'branch' t, max(id)::bigint m from branch union all\n"
         "  select 'tariff', max(id) from tariff union all\n"
         "  select 'subscriber', max(id) from subscriber union all\n"
         "  select 'meter', max(id) from meter) x where m is not null;");
    puts("commit;\nvacuum (full, analyze) meter_state;\nvacuum analyze;");
}

static void list_talkers(void)
{
    for (int64_t id = 1; id <= city.meters; id++) {
        struct meter m;

        if (is_silent(id))
            continue;
        meter_of(id, &m);
        printf("%s;%s;;%" PRId64 ";", m.serial, m.type->name,
               shown_at(&m, city.now));
        if (m.valve >= 0)
            printf("%d", m.valve);
        putchar('\n');
    }
}

static void usage(void)
{
    fputs("usage: seed-data [--seed N] [--meters N] [--subscribers N] "
          "[--branches N] [--days N] [--now UNIX-SECONDS] [--talkers]\n"
          "SQL of a believable city for psql; --talkers lists the meters that "
          "still call in, for meter-sim.\n",
          stderr);
    exit(2);
}

static bool talkers;

static void options(int argc, char **argv)
{
    static const struct {
        const char *name;
        int64_t *at, min, max;
    } table[] = {
        { "--seed", &city.seed, 0, INT32_MAX },
        { "--meters", &city.meters, 0, 9999999 },
        { "--subscribers", &city.subscribers, 0, 9999999 },
        { "--branches", &city.branches, 1, 99 },
        { "--days", &city.days, 0, CALENDAR_DAYS - 40 },
        { "--now", &city.now, 100000000, INT32_MAX },
    };

    for (int i = 1; i < argc; i++) {
        size_t t = 0, n = sizeof table / sizeof *table;
        char *end;

        if (strcmp(argv[i], "--talkers") == 0) {
            talkers = true;
            continue;
        }
        while (t < n && strcmp(argv[i], table[t].name) != 0)
            t++;
        if (t == n || ++i >= argc)
            usage();
        errno = 0;
        *table[t].at = strtoll(argv[i], &end, 10);
        if (errno != 0 || end == argv[i] || *end != '\0' ||
            *table[t].at < table[t].min || *table[t].at > table[t].max)
            usage();
    }
}

int main(int argc, char **argv)
{
    city.now = (int64_t)time(NULL);
    options(argc, argv);
    calendar_make();
    if (talkers) {
        list_talkers();
    } else {
        puts("\\set ON_ERROR_STOP on\nset synchronous_commit = off;\n"
             "set timezone = 'UTC';\nbegin;");
        all_rows();
        finish();
    }
    if (fflush(stdout) != 0)
        fatal("cannot write the city");
    return 0;
}
