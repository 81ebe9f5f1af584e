/* Calendars (classes 9, 11, 20), limits (21, 71) and how tariffs divide. */
#include "tools/meter-sim/tariff.h"

#include <string.h>

#include "lib/dlms/cosem_control.h"
#include "lib/dlms/cosem_time.h"
#include "tools/meter-sim/objects.h"
#include "tools/meter-sim/told.h"

#define LIMIT_W     15000
#define SPECIAL_MAX 64

/* clang-format off */
#define CALENDAR { { 0, 0, 13, 0, 0, 255 } }
#define SPECIAL  { { 0, 0, 11, 0, 0, 255 } }
#define SCRIPTS  { { 0, 0, 10, 0, 100, 255 } }
#define LIMITER  { { 0, 0, 17, 0, 0, 255 } }
#define MONITOR  { { 0, 0, 16, 1, 0, 255 } }
#define MASK     { { 0, 0, 14, 0, 0, 255 } }
static const struct obis calendar_name = CALENDAR;
static const struct obis special_name  = SPECIAL;
static const struct obis scripts_name  = SCRIPTS;
static const struct obis limiter_name  = LIMITER;
static const struct obis mask_name     = MASK;
static const struct obis power_name    = { { 1, 0, 1, 7, 0, 255 } };
/* clang-format on */

/* Split in two again and again: a part of a growing whole never shrinks. */
uint64_t tariff_energy(uint64_t energy_wh, unsigned tariff)
{
    uint64_t night = energy_wh * 3 / 10, day = energy_wh - night;
    uint64_t peak = day * 2 / 5, rest = day - peak, holiday = rest / 8;

    switch (tariff) {
    case 0:
        return energy_wh;
    case 1:
        return rest - holiday;
    case 2:
        return night;
    case 3:
        return peak;
    default:
        return holiday;
    }
}

uint32_t tariff_power(const struct meter *m)
{
    return m->valve == VALVE_CLOSED ? 0 : 100 + m->told.pressure_pa % 1900;
}

bool tariff_exceeded(const struct meter *m, struct arena *a)
{
    struct dlms_value v;

    return meter_is_electric(m) && m->valve == VALVE_OPEN &&
           told_read(m, a, DLMS_LIMITER, limiter_name, DLMS_LIMITER_NORMAL,
                     &v) &&
           tariff_power(m) > v.u;
}

/* ---- from the factory ---- */

static struct bytes word(const char *text)
{
    return (struct bytes){ (const uint8_t *)text, strlen(text) };
}

void tariff_name(const struct meter *m, struct arena *a, struct dlms_value *out)
{
    (void)m;
    (void)a;
    out->octets = word("T4");
}

void tariff_seasons(const struct meter *m, struct arena *a,
                    struct dlms_value *out)
{
    const struct dlms_season year = {
        .name = word("year"),
        .start = { .year = DLMS_UNSPECIFIED,
                   .month = 1,
                   .day = 1,
                   .weekday = DLMS_UNSPECIFIED,
                   .hour = 0,
                   .minute = 0,
                   .second = 0,
                   .hundredths = 0,
                   .deviation = DLMS_DEVIATION_UNKNOWN,
                   .status = 0xFF },
        .week = word("week"),
    };

    (void)m;
    dlms_seasons_make(a, &year, 1, out);
}

void tariff_weeks(const struct meter *m, struct arena *a,
                  struct dlms_value *out)
{
    const struct dlms_week week = { word("week"), 1, 1, 1, 1, 1, 2, 2 };

    (void)m;
    dlms_weeks_make(a, &week, 1, out);
}

/* Workdays: night, peak, day; on the others the fourth. */
void tariff_days(const struct meter *m, struct arena *a, struct dlms_value *out)
{
    struct dlms_day_action work[] = {
        { { 0, 0, 0, 0 }, scripts_name, 2 },
        { { 7, 0, 0, 0 }, scripts_name, 3 },
        { { 10, 0, 0, 0 }, scripts_name, 1 },
        { { 23, 0, 0, 0 }, scripts_name, 2 },
    };
    struct dlms_day_action rest[] = {
        { { 0, 0, 0, 0 }, scripts_name, 2 },
        { { 7, 0, 0, 0 }, scripts_name, 4 },
        { { 23, 0, 0, 0 }, scripts_name, 2 },
    };
    const struct dlms_day_profile days[] = { { 1, work, 4 }, { 2, rest, 3 } };

    (void)m;
    dlms_days_make(a, days, 2, out);
}

void tariff_limit(const struct meter *m, struct arena *a,
                  struct dlms_value *out)
{
    (void)m;
    (void)a;
    out->u = LIMIT_W;
}

bool tariff_seasons_fit(struct arena *a, const struct dlms_value *v)
{
    struct dlms_season *at;
    size_t n;

    return dlms_seasons_read(a, v, &at, &n) == ERR_OK;
}

bool tariff_weeks_fit(struct arena *a, const struct dlms_value *v)
{
    struct dlms_week *at;
    size_t n;

    return dlms_weeks_read(a, v, &at, &n) == ERR_OK;
}

bool tariff_days_fit(struct arena *a, const struct dlms_value *v)
{
    struct dlms_day_profile *at;
    size_t n;

    return dlms_days_read(a, v, &at, &n) == ERR_OK;
}

bool tariff_special_fit(struct arena *a, const struct dlms_value *v)
{
    struct dlms_special_day *at;
    size_t n;

    return dlms_special_days_read(a, v, &at, &n) == ERR_OK && n <= SPECIAL_MAX;
}

/* ---- methods ---- */

/* Told of before it happens, as everything that changes a meter. */
static void written(const struct asking *q, struct arena *a,
                    const struct dlms_asked *what)
{
    q->hands.written(q->hands.ctx, q->m, &what->target, DLMS_SUCCESS,
                     objects_encoded(a, &what->value));
}

/* activate_passive_calendar: what was prepared holds from now on. */
static unsigned calendar_act(const struct asking *q, struct arena *a,
                             const struct dlms_asked *what)
{
    written(q, a, what);
    for (int i = DLMS_CALENDAR_NAME; i <= DLMS_CALENDAR_DAYS; i++) {
        struct dlms_value v;

        if (told_read(q->m, a, DLMS_ACTIVITY_CALENDAR, calendar_name,
                      (uint8_t)(i + DLMS_CALENDAR_PASSIVE), &v))
            told_keep(q->m, DLMS_ACTIVITY_CALENDAR, calendar_name, (uint8_t)i,
                      objects_encoded(a, &v));
    }
    return DLMS_SUCCESS;
}

static void special_put(const struct meter *m, struct arena *a,
                        const struct dlms_special_day *at, size_t n)
{
    struct dlms_value v;

    dlms_special_days_make(a, at, n, &v);
    told_keep(m, DLMS_SPECIAL_DAYS, special_name, DLMS_SPECIAL_DAYS_ENTRIES,
              objects_encoded(a, &v));
}

/* insert takes the place of the entry with its index; delete takes it out. */
static unsigned special_act(const struct asking *q, struct arena *a,
                            const struct dlms_asked *what)
{
    struct dlms_special_day one = { 0 }, *had = NULL, *now;
    bool insert = what->target.index == DLMS_SPECIAL_DAYS_INSERT;
    struct dlms_value v;
    size_t n = 0, left = 0;

    if (!what->has_value ||
        (insert && dlms_special_day_read(a, &what->value, &one) != ERR_OK) ||
        (!insert && what->value.type != DLMS_LONG_UNSIGNED))
        return DLMS_TYPE_UNMATCHED;
    if (!insert)
        one.index = (uint16_t)what->value.u;
    if (told_read(q->m, a, DLMS_SPECIAL_DAYS, special_name,
                  DLMS_SPECIAL_DAYS_ENTRIES, &v) &&
        dlms_special_days_read(a, &v, &had, &n) != ERR_OK)
        n = 0;
    now = arena_alloc(a, (n + 1) * sizeof *now);
    for (size_t i = 0; i < n; i++)
        if (had[i].index != one.index)
            now[left++] = had[i];
    if (insert ? left == SPECIAL_MAX : left == n)
        return DLMS_OTHER_REASON;
    if (insert)
        now[left++] = one;
    written(q, a, what);
    special_put(q->m, a, now, left);
    return DLMS_SUCCESS;
}

/* ---- what is read ---- */

static unsigned scripts_get(const struct asking *q, struct arena *a,
                            const struct dlms_asked *what,
                            struct dlms_value *out)
{
    static const uint8_t masks[TARIFFS][2] = {
        { 'T', '1' }, { 'T', '2' }, { 'T', '3' }, { 'T', '4' }
    };
    struct dlms_script_action actions[TARIFFS];
    struct dlms_script scripts[TARIFFS];

    (void)q;
    (void)what;
    for (size_t i = 0; i < TARIFFS; i++) {
        actions[i] = (struct dlms_script_action){
            1, DLMS_REGISTER_ACTIVATION, mask_name, DLMS_ACTIVATION_ACTIVE_MASK,
            dlms_of_octets((struct bytes){ masks[i], 2 })
        };
        scripts[i] = (struct dlms_script){ (uint16_t)(i + 1), &actions[i], 1 };
    }
    dlms_scripts_make(a, scripts, TARIFFS, out);
    return DLMS_SUCCESS;
}

static unsigned limiter_get(const struct asking *q, struct arena *a,
                            const struct dlms_asked *what,
                            struct dlms_value *out)
{
    const struct dlms_monitored power = { DLMS_REGISTER, power_name, 2 };
    const struct dlms_emergency_profile none = { 0 };
    const struct dlms_action_pair pair = { { scripts_name, 0 },
                                           { scripts_name, 0 } };
    struct dlms_target normal = what->target;

    switch (what->target.index) {
    case DLMS_LIMITER_VALUE:
        dlms_monitored_make(a, &power, out);
        return DLMS_SUCCESS;
    case DLMS_LIMITER_ACTIVE:
        normal.index = DLMS_LIMITER_NORMAL;
        return told_get(q->m, told_find(q->m, &normal), a, out);
    case DLMS_LIMITER_EMERGENCY_PROFILE:
        dlms_emergency_profile_make(a, &none, out);
        return DLMS_SUCCESS;
    case DLMS_LIMITER_EMERGENCY_GROUPS:
        out->type = DLMS_ARRAY;
        return DLMS_SUCCESS;
    case DLMS_LIMITER_EMERGENCY_ACTIVE:
        *out = dlms_of_boolean(false);
        return DLMS_SUCCESS;
    case DLMS_LIMITER_ACTIONS:
        dlms_action_pair_make(a, &pair, out);
        return DLMS_SUCCESS;
    default:
        return DLMS_READ_WRITE_DENIED;
    }
}

static unsigned monitor_get(const struct asking *q, struct arena *a,
                            const struct dlms_asked *what,
                            struct dlms_value *out)
{
    const struct dlms_monitored power = { DLMS_REGISTER, power_name, 2 };

    (void)q;
    if (what->target.index == DLMS_MONITOR_VALUE)
        dlms_monitored_make(a, &power, out);
    else
        out->type = DLMS_ARRAY;
    return DLMS_SUCCESS;
}

/* Register activation: each mask lets one of the four registers count. */
static unsigned mask_get(const struct asking *q, struct arena *a,
                         const struct dlms_asked *what, struct dlms_value *out)
{
    static const char *const names[TARIFFS] = { "T1", "T2", "T3", "T4" };
    struct dlms_value rows[TARIFFS];

    (void)q;
    if (what->target.index == DLMS_ACTIVATION_ACTIVE_MASK) {
        *out = dlms_of_text(a, names[0]);
        return DLMS_SUCCESS;
    }
    for (unsigned i = 0; i < TARIFFS; i++) {
        const struct obis energy = { { 1, 0, 1, 8, (uint8_t)(i + 1), 255 } };
        const struct dlms_value index = dlms_of_unsigned(DLMS_UNSIGNED, i + 1u);
        struct dlms_value pair[2];

        if (what->target.index == DLMS_ACTIVATION_ASSIGNMENT) {
            pair[0] = dlms_of_unsigned(DLMS_LONG_UNSIGNED, DLMS_REGISTER);
            pair[1] = dlms_of_obis(a, energy);
        } else {
            pair[0] = dlms_of_text(a, names[i]);
            pair[1] = dlms_of_list(a, DLMS_ARRAY, &index, 1);
        }
        rows[i] = dlms_of_list(a, DLMS_STRUCTURE, pair, 2);
    }
    *out = dlms_of_list(a, DLMS_ARRAY, rows, TARIFFS);
    return DLMS_SUCCESS;
}

static unsigned script_run(const struct asking *q, struct arena *a,
                           const struct dlms_asked *what)
{
    if (what->value.type != DLMS_LONG_UNSIGNED || what->value.u < 1 ||
        what->value.u > TARIFFS)
        return DLMS_TYPE_UNMATCHED;
    written(q, a, what);
    return DLMS_SUCCESS;
}

/* clang-format off */
const struct object objects_tariff[] = {
    { DLMS_ACTIVITY_CALENDAR,   0, CALENDAR, OF_POWER, 10, 1, NULL, NULL, calendar_act },
    { DLMS_SPECIAL_DAYS,        0, SPECIAL,  OF_POWER, 2,  2, NULL, NULL, special_act },
    { DLMS_SCRIPT_TABLE,        0, SCRIPTS,  OF_POWER, 2,  1, scripts_get, NULL, script_run },
    { DLMS_REGISTER_ACTIVATION, 0, MASK,     OF_POWER, 4,  0, mask_get, NULL, NULL },
    { DLMS_REGISTER_MONITOR,    0, MONITOR,  OF_POWER, 4,  0, monitor_get, NULL, NULL },
    { DLMS_LIMITER,             0, LIMITER,  OF_POWER, 11, 0, limiter_get, NULL, NULL },
    { 0 },
};
/* clang-format on */
