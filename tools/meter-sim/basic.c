/* Who a meter is, its clock, and what it measures. */
#include <string.h>

#include "lib/dlms/cosem.h"
#include "lib/dlms/cosem_control.h"
#include "lib/dlms/cosem_time.h"
#include "tools/meter-sim/drift.h"
#include "tools/meter-sim/flash.h"
#include "tools/meter-sim/objects.h"
#include "tools/meter-sim/push.h"
#include "tools/meter-sim/tariff.h"

#define CONTROL_MODE 4 /* class 70: remote off, remote and local on */
#define UNIT_HOUR    5 /* units: IEC 62056-6-2, Table 4 */
#define UNIT_DEGREE  9
#define UNIT_M3      13
#define UNIT_PA      23
#define UNIT_W       27
#define UNIT_WH      30
#define UNIT_VARH    32
#define UNIT_V       35
#define UNIT_PERCENT 56

static unsigned number(struct dlms_value *out, enum dlms_type type, uint64_t v)
{
    *out = dlms_of_unsigned(type, v);
    return DLMS_SUCCESS;
}

static unsigned identity_get(const struct asking *q, struct arena *a,
                             const struct dlms_asked *what,
                             struct dlms_value *out)
{
    const uint8_t *n = what->target.name.at;
    const char *text = q->m->serial;

    if (n[2] == 42)
        text = arena_printf(a, "LZS%s", q->m->serial);
    else if (n[0] == 1)
        text = flash_version(q->m);
    else if (n[4] == 1)
        text = model_at(q->m->model)->name;
    *out = dlms_of_text(a, text);
    return DLMS_SUCCESS;
}

/* ---- 8: Clock ---- */

static struct dlms_value unspecified(struct arena *a)
{
    uint8_t *at = arena_alloc(a, DLMS_DATETIME_LEN);

    memset(at, 0xFF, DLMS_DATETIME_LEN);
    return dlms_of_octets((struct bytes){ at, DLMS_DATETIME_LEN });
}

static unsigned clock_get(const struct asking *q, struct arena *a,
                          const struct dlms_asked *what, struct dlms_value *out)
{
    struct dlms_datetime t;

    switch (what->target.index) {
    case DLMS_CLOCK_TIME:
        dlms_datetime_of_moment(
            (struct moment){ .us = meter_clock_s(q->m, q->now_us) * 1000000 },
            PUSH_DEVIATION, &t);
        *out = dlms_of_datetime(a, &t);
        return DLMS_SUCCESS;
    case DLMS_CLOCK_TIME_ZONE:
        *out = dlms_of_signed(DLMS_LONG, PUSH_DEVIATION);
        return DLMS_SUCCESS;
    case DLMS_CLOCK_DST_BEGIN:
    case DLMS_CLOCK_DST_END:
        *out = unspecified(a);
        return DLMS_SUCCESS;
    case DLMS_CLOCK_DST_DEVIATION:
        *out = dlms_of_signed(DLMS_INTEGER, 0);
        return DLMS_SUCCESS;
    case DLMS_CLOCK_DST_ENABLED:
        *out = dlms_of_boolean(false);
        return DLMS_SUCCESS;
    case DLMS_CLOCK_BASE:
        return number(out, DLMS_ENUM, 1); /* an internal crystal */
    default:
        return number(out, DLMS_UNSIGNED, 0);
    }
}

static unsigned clock_set(const struct asking *q, struct arena *a,
                          const struct dlms_asked *what)
{
    struct dlms_datetime t;

    if (what->target.index != DLMS_CLOCK_TIME)
        return DLMS_READ_WRITE_DENIED;
    if (!dlms_value_datetime(&what->value, &t))
        return DLMS_TYPE_UNMATCHED;
    q->hands.written(q->hands.ctx, q->m, &what->target, DLMS_SUCCESS,
                     objects_encoded(a, &what->value));
    q->m->clock_line = CLOCK_TRUE;
    drift_correct(q->m, q->now_us);
    return DLMS_SUCCESS;
}

static unsigned clock_act(const struct asking *q, struct arena *a,
                          const struct dlms_asked *what)
{
    if (what->target.index != DLMS_CLOCK_SHIFT)
        return DLMS_OBJECT_UNAVAILABLE;
    q->hands.written(q->hands.ctx, q->m, &what->target, DLMS_SUCCESS,
                     objects_encoded(a, &what->value));
    q->m->clock_line = CLOCK_TRUE;
    drift_correct(q->m, q->now_us);
    return DLMS_SUCCESS;
}

/* ---- 1 and 3: what it measures ---- */

enum measured {
    VOLUME,
    DEGREES,
    PASCALS,
    STATUS,
    BATTERY_MV,
    BATTERY_PERMILLE,
    WORKING,
    TAMPER,
    ENERGY,
    REACTIVE,
    VOLTS,
    POWER
};

/* clang-format off */
static const struct {
    struct obis name;
    int8_t scaler;
    uint8_t unit;
    enum dlms_type type;
} measures[] = {
    [VOLUME]           = { { { 7, 0, 13, 2, 0, 255 } },  -3, UNIT_M3, DLMS_LONG64_UNSIGNED },
    [DEGREES]          = { { { 7, 0, 41, 0, 0, 255 } },  -1, UNIT_DEGREE, DLMS_LONG },
    [PASCALS]          = { { { 7, 0, 42, 0, 0, 255 } },   0, UNIT_PA, DLMS_DOUBLE_LONG_UNSIGNED },
    [STATUS]           = { { { 7, 0, 96, 5, 0, 255 } },   0, 255, DLMS_DOUBLE_LONG_UNSIGNED },
    [BATTERY_MV]       = { { { 0, 0, 96, 6, 3, 255 } },  -3, UNIT_V, DLMS_LONG_UNSIGNED },
    [BATTERY_PERMILLE] = { { { 0, 0, 96, 6, 1, 255 } },  -1, UNIT_PERCENT, DLMS_LONG_UNSIGNED },
    [WORKING]          = { { { 0, 0, 96, 8, 0, 255 } },   0, UNIT_HOUR, DLMS_DOUBLE_LONG_UNSIGNED },
    [TAMPER]           = { { { 0, 0, 96, 50, 1, 255 } },  0, UNIT_HOUR, DLMS_DOUBLE_LONG_UNSIGNED },
    [ENERGY]           = { { { 1, 0, 1, 8, 0, 255 } },    0, UNIT_WH, DLMS_LONG64_UNSIGNED },
    [REACTIVE]         = { { { 1, 0, 3, 8, 0, 255 } },    0, UNIT_VARH, DLMS_LONG64_UNSIGNED },
    [VOLTS]            = { { { 1, 0, 32, 7, 0, 255 } },  -1, UNIT_V, DLMS_LONG_UNSIGNED },
    [POWER]            = { { { 1, 0, 1, 7, 0, 255 } },    0, UNIT_W, DLMS_DOUBLE_LONG_UNSIGNED },
};
/* clang-format on */
#define MEASURES (sizeof measures / sizeof *measures)

static int64_t measure(const struct meter *m, enum measured what, unsigned e)
{
    switch (what) {
    case VOLUME:
        return (int64_t)m->volume;
    case DEGREES:
        return 40 + (int64_t)(m->seed % 150);
    case PASCALS:
        return m->told.pressure_pa;
    case STATUS:
        return m->status;
    case BATTERY_MV:
        return m->battery_mv;
    case BATTERY_PERMILLE:
        return meter_battery_permille(m);
    case WORKING:
        return m->working_s / 3600;
    case TAMPER:
        return m->tamper_s / 3600;
    case ENERGY:
        return (int64_t)tariff_energy(m->volume, e);
    case REACTIVE:
        return (int64_t)(m->volume / 9);
    case VOLTS:
        return 2250 + m->told.pressure_pa % 100;
    case POWER:
        return tariff_power(m);
    }
    return 0;
}

/* E names the tariff of an energy register. */
static unsigned measure_get(const struct asking *q, struct arena *a,
                            const struct dlms_asked *what,
                            struct dlms_value *out)
{
    struct obis name = what->target.name;
    struct dlms_value pair[2];
    unsigned e = name.at[4];
    size_t i = 0;

    if (name.at[0] == 1 && name.at[3] == 8)
        name.at[4] = 0;
    while (i < MEASURES && !obis_same(measures[i].name, name))
        i++;
    if (i == MEASURES)
        return DLMS_OTHER_REASON;
    if (what->target.index == DLMS_REGISTER_SCALER_UNIT) {
        pair[0] = dlms_of_signed(DLMS_INTEGER, measures[i].scaler);
        pair[1] = dlms_of_unsigned(DLMS_ENUM, measures[i].unit);
        *out = dlms_of_list(a, DLMS_STRUCTURE, pair, 2);
    } else if (measures[i].type == DLMS_LONG) {
        *out = dlms_of_signed(DLMS_LONG, measure(q->m, (enum measured)i, e));
    } else {
        *out = dlms_of_unsigned(measures[i].type,
                                (uint64_t)measure(q->m, (enum measured)i, e));
    }
    return DLMS_SUCCESS;
}

/* ---- 4 and 5: the highest and the mean of a quarter of an hour ---- */

static unsigned demand_get(const struct asking *q, struct arena *a,
                           const struct dlms_asked *what,
                           struct dlms_value *out)
{
    bool extended = what->target.class_id == DLMS_EXTENDED_REGISTER;
    struct dlms_asked clock = dlms_ask(DLMS_CLOCK, dlms_clock_name, 2);
    struct dlms_asked power = *what;

    power.target.name = measures[POWER].name;
    power.target.index = extended ? what->target.index
                         : what->target.index == DLMS_DEMAND_SCALER_UNIT
                             ? DLMS_REGISTER_SCALER_UNIT
                             : DLMS_REGISTER_VALUE;
    if (extended ? what->target.index <= DLMS_REGISTER_SCALER_UNIT
                 : what->target.index <= DLMS_DEMAND_SCALER_UNIT)
        return measure_get(q, a, &power, out);
    if (extended ? what->target.index == DLMS_REGISTER_CAPTURE_TIME
                 : what->target.index == DLMS_DEMAND_CAPTURE_TIME ||
                       what->target.index == DLMS_DEMAND_START_TIME_CURRENT)
        return clock_get(q, a, &clock, out);
    if (what->target.index == DLMS_DEMAND_PERIOD)
        return number(out, DLMS_DOUBLE_LONG_UNSIGNED, 900);
    if (what->target.index == DLMS_DEMAND_NUMBER_OF_PERIODS)
        return number(out, DLMS_LONG_UNSIGNED, 1);
    return number(out, DLMS_UNSIGNED, 0);
}

/* ---- 70: valve or relay ---- */

static unsigned valve_get(const struct asking *q, struct arena *a,
                          const struct dlms_asked *what, struct dlms_value *out)
{
    (void)a;
    if (what->target.index == DLMS_DISCONNECT_OUTPUT)
        *out = dlms_of_boolean(q->m->valve == VALVE_OPEN);
    else if (what->target.index == DLMS_DISCONNECT_STATE)
        return number(out, DLMS_ENUM, q->m->valve);
    else
        return number(out, DLMS_ENUM, CONTROL_MODE);
    return DLMS_SUCCESS;
}

static unsigned valve_act(const struct asking *q, struct arena *a,
                          const struct dlms_asked *what)
{
    (void)a;
    return q->hands.valve(q->hands.ctx, q->m,
                          what->target.index == DLMS_REMOTE_RECONNECT);
}

/* clang-format off */
const struct object objects_basic[] = {
    { 1, 0, { { 0, 0, 42, 0, 0, 255 } },  OF_ALL, 2, 0, identity_get, NULL, NULL },
    { 1, 0, { { 0, 0, 96, 1, 0, 255 } },  OF_ALL, 2, 0, identity_get, NULL, NULL },
    { 1, 0, { { 0, 0, 96, 1, 1, 255 } },  OF_ALL, 2, 0, identity_get, NULL, NULL },
    { 1, 0, { { 1, 0, 0, 2, 0, 255 } },   OF_ALL, 2, 0, identity_get, NULL, NULL },
    { 8, 0, { { 0, 0, 1, 0, 0, 255 } },   OF_ALL, 9, 6, clock_get, clock_set, clock_act },
    { 70, 0, { { 0, 0, 96, 3, 10, 255 } }, OF_VALVE, 4, 2, valve_get, NULL, valve_act },
    { 1, 0, { { 0, 0, 96, 13, 1, 255 } }, OF_ALL, 2, 0, NULL, NULL, NULL },
    { 0 },
};

const struct object objects_gas[] = {
    { 3, 0, { { 7, 0, 13, 2, 0, 255 } },   OF_GAS, 3, 0, measure_get, NULL, NULL },
    { 3, 0, { { 7, 0, 41, 0, 0, 255 } },   OF_GAS | OF_HEAT, 3, 0, measure_get, NULL, NULL },
    { 3, 0, { { 7, 0, 42, 0, 0, 255 } },   OF_GAS, 3, 0, measure_get, NULL, NULL },
    { 1, 0, { { 7, 0, 96, 5, 0, 255 } },   OF_GAS, 2, 0, measure_get, NULL, NULL },
    { 3, 0, { { 0, 0, 96, 6, 3, 255 } },   OF_GAS, 3, 0, measure_get, NULL, NULL },
    { 3, 0, { { 0, 0, 96, 6, 1, 255 } },   OF_GAS, 3, 0, measure_get, NULL, NULL },
    { 3, 0, { { 0, 0, 96, 8, 0, 255 } },   OF_GAS, 3, 0, measure_get, NULL, NULL },
    { 3, 0, { { 0, 0, 96, 50, 1, 255 } },  OF_GAS, 3, 0, measure_get, NULL, NULL },
    { 1, 0, { { 0, 0, 96, 50, 10, 255 } }, OF_GAS, 2, 0, NULL, NULL, NULL },
    { 1, 0, { { 0, 0, 96, 50, 11, 255 } }, OF_GAS, 2, 0, NULL, NULL, NULL },
    { 1, 0, { { 7, 0, 96, 50, 15, 255 } }, OF_GAS, 2, 0, NULL, NULL, NULL },
    { 1, 0, { { 0, 0, 96, 50, 16, 255 } }, OF_GAS | OF_VALVE, 2, 0, NULL, NULL, NULL },
    { 1, 0, { { 0, 0, 96, 50, 17, 255 } }, OF_GAS | OF_VALVE, 2, 0, NULL, NULL, NULL },
    { 1, 0, { { 0, 0, 96, 50, 18, 255 } }, OF_GAS, 2, 0, NULL, NULL, NULL },
    { 0 },
};

const struct object objects_power[] = {
    { 3, 0, { { 1, 0, 1, 8, 0, 255 } },  OF_POWER, 3, 0, measure_get, NULL, NULL },
    { 3, 0, { { 1, 0, 1, 8, 1, 255 } },  OF_POWER, 3, 0, measure_get, NULL, NULL },
    { 3, 0, { { 1, 0, 1, 8, 2, 255 } },  OF_POWER, 3, 0, measure_get, NULL, NULL },
    { 3, 0, { { 1, 0, 1, 8, 3, 255 } },  OF_POWER, 3, 0, measure_get, NULL, NULL },
    { 3, 0, { { 1, 0, 1, 8, 4, 255 } },  OF_POWER, 3, 0, measure_get, NULL, NULL },
    { 3, 0, { { 1, 0, 3, 8, 0, 255 } },  OF_POWER, 3, 0, measure_get, NULL, NULL },
    { 3, 0, { { 1, 0, 32, 7, 0, 255 } }, OF_POWER, 3, 0, measure_get, NULL, NULL },
    { 3, 0, { { 1, 0, 1, 7, 0, 255 } },  OF_POWER, 3, 0, measure_get, NULL, NULL },
    { 4, 0, { { 1, 0, 1, 6, 0, 255 } },  OF_POWER, 5, 0, demand_get, NULL, NULL },
    { 5, 0, { { 1, 0, 1, 4, 0, 255 } },  OF_POWER, 9, 0, demand_get, NULL, NULL },
    { 0 },
};
/* clang-format on */
