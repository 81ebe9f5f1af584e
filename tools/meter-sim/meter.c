/* What happens to a meter. */
#include "tools/meter-sim/meter.h"

#include <string.h>

#include "tools/meter-sim/chance.h"
#include "tools/meter-sim/drift.h"

#define US_PER_S        INT64_C(1000000)
#define EPOCH_2000_S    INT64_C(946684800)
#define BACK_S          INT64_C(848000000) /* from 2026 into 2000 */
#define AHEAD_S         (INT64_C(3650) * 86400)
#define BATTERY_NEW_MV  3650
#define BATTERY_LOW_MV  3050
#define BATTERY_DEAD_MV 2800
/* Below this charge a meter says that its battery is low. */
#define BATTERY_LOW_PERMILLE 100

/* Consumption through the day, in eighths of the mean. */
static const uint8_t day_shape[24] = { 2,  2,  1,  1,  1,  3,  9, 14,
                                       12, 8,  7,  7,  10, 10, 7, 6,
                                       7,  11, 16, 18, 15, 12, 8, 5 };

static uint32_t seed_of(const char *serial)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325);

    for (; *serial != '\0'; serial++)
        h = (h ^ (uint8_t)*serial) * UINT64_C(0x100000001B3);
    return (uint32_t)chance_mix(h);
}

void meter_make(struct meter *m, const char *serial, uint8_t model,
                int64_t now_us)
{
    uint64_t r = seed_of(serial);
    uint32_t years_s = (uint32_t)(86400 + chance_below(&r, 157680000));

    memset(m, 0, sizeof *m);
    strncpy(m->serial, serial, sizeof m->serial - 1);
    m->seed = (uint32_t)chance_next(&r);
    m->model = model;
    m->working_s = years_s;
    m->volume = (uint64_t)years_s / 3600 * (20 + chance_below(&r, 200));
    m->moved_us = now_us;
    m->battery_mv =
        (uint16_t)(BATTERY_NEW_MV - years_s / 31536000 * 60 - m->seed % 50);
    m->valve = model_at(model)->has_valve ? VALVE_OPEN : VALVE_NONE;
    m->wants = CAUSE_NONE;
}

/* dm3 an hour of a made-up household; one uses three times as many Wh. */
#define PER_HOUR_LEAST 5
#define PER_HOURS      400
#define WH_TO_A_DM3    3

uint32_t meter_per_hour(const struct meter *m)
{
    uint32_t dm3 = PER_HOUR_LEAST + m->seed % PER_HOURS;

    if (m->valve != VALVE_OPEN && m->valve != VALVE_NONE)
        return 0;
    return meter_is_electric(m) ? dm3 * WH_TO_A_DM3 : dm3;
}

/* The seed says what is used: another use is another seed beside it. */
static void use_set(struct meter *m, uint32_t per_day)
{
    uint32_t use = per_day / 24 / (meter_is_electric(m) ? WH_TO_A_DM3 : 1);
    uint32_t base = m->seed / PER_HOURS * PER_HOURS;

    if (use < PER_HOUR_LEAST)
        use = PER_HOUR_LEAST;
    if (use >= PER_HOUR_LEAST + PER_HOURS)
        use = PER_HOUR_LEAST + PER_HOURS - 1;
    m->seed = (base > UINT32_MAX - PER_HOURS ? base - PER_HOURS : base) + use -
              PER_HOUR_LEAST;
}

void meter_inherit(struct meter *m, const struct past *past)
{
    if (past->per_day != 0)
        use_set(m, past->per_day);
    m->working_s = past->working_h * 3600;
    m->tamper_s = past->tamper_h * 3600;
    if (past->battery_mv != 0)
        m->battery_mv = past->battery_mv;
    m->battery_permille = past->battery_permille;
    if (past->battery_permille != 0 &&
        past->battery_permille < BATTERY_LOW_PERMILLE)
        m->status |= STATUS_BATTERY;
}

/* Millionths of a dm3 (Wh) in a second, by the hour and the household. */
static uint64_t flow_u(const struct meter *m, int64_t now_us)
{
    unsigned hour = (unsigned)((now_us / US_PER_S / 3600 + 3) % 24);
    uint64_t mean_per_h = meter_per_hour(m);

    if ((m->status & STATUS_REVERSE) != 0)
        return 0;
    return mean_per_h * day_shape[hour] * 1000000 / 8 / 3600;
}

void meter_live(struct meter *m, int64_t now_us, int64_t speed)
{
    int64_t ms = (now_us - m->moved_us) / 1000;
    uint64_t sum;

    if (ms < 1000) /* less than a second: nothing to count yet */
        return;
    sum =
        m->volume_u + flow_u(m, now_us) * (uint64_t)speed / 1000 * (uint64_t)ms;
    m->volume += sum / 1000000;
    m->volume_u = (uint32_t)(sum % 1000000);
    m->working_s += (uint32_t)(ms / 1000);
    if ((m->status & STATUS_TAMPER) != 0)
        m->tamper_s += (uint32_t)(ms / 1000);
    m->moved_us += ms / 1000 * 1000 * 1000;
}

int64_t meter_clock_s(const struct meter *m, int64_t now_us)
{
    int64_t s = now_us / US_PER_S + drift_s(m, now_us);
    int64_t last = EPOCH_2000_S + m->last_s[m->clock_line];

    /* Each false line is years away from the others: a moment told on one
     * is never told again on another. */
    if (m->clock_line == CLOCK_EPOCH)
        s -= BACK_S;
    if (m->clock_line == CLOCK_AHEAD)
        s += AHEAD_S;
    return s > last ? s : last + 1;
}

uint16_t meter_battery_permille(const struct meter *m)
{
    int32_t left = (int32_t)m->battery_mv - BATTERY_DEAD_MV;
    int32_t whole = BATTERY_NEW_MV - BATTERY_DEAD_MV;

    if (m->battery_permille != 0)
        return m->battery_permille;
    if (left <= 0)
        return 0;
    return (uint16_t)(left * 1000 / whole);
}

/* What the push of its model has no place for is not told. */
static uint32_t status_told(const struct meter *m, enum cause cause)
{
    if (meter_is_electric(m) || model_at(m->model)->small)
        return 0;
    return m->status | (cause == CAUSE_BUTTON ? STATUS_BUTTON : 0);
}

void meter_tell(struct meter *m, enum cause cause, int64_t now_us)
{
    struct reading *r = &m->told;
    uint64_t wobble = m->seed ^ (uint64_t)(now_us / US_PER_S / 600);

    wobble = chance_mix(wobble);
    *r = (struct reading){
        .at_s = meter_clock_s(m, now_us),
        .volume = m->volume,
        .invoke = ++m->invoke & 0xFFFFFF,
        .status = status_told(m, cause),
        .working_h = m->working_s / 3600,
        .tamper_h = m->tamper_s / 3600,
        .pressure_pa = m->pressure_pa != 0
                           ? m->pressure_pa
                           : 102000 + m->seed % 2500 + (uint32_t)(wobble % 100),
        .temperature_d = (int16_t)(40 + m->seed % 150 + wobble / 128 % 20),
        .battery_mv = m->battery_mv,
        .battery_permille = meter_battery_permille(m),
        .signal_percent = (uint8_t)(35 + m->seed % 50 + wobble / 4096 % 15),
        .valve = meter_is_electric(m) ? VALVE_NONE : m->valve,
        .cause = (uint8_t)cause,
    };
    m->last_s[m->clock_line] = (uint32_t)(r->at_s - EPOCH_2000_S);
    __atomic_store_n(&m->pending, 1, __ATOMIC_RELEASE);
}

void meter_suffer(struct meter *m, enum fault fault, uint64_t *chance)
{
    switch (fault) {
    case FAULT_CLOCK:
        m->clock_line =
            chance_below(chance, 2) == 0 ? CLOCK_EPOCH : CLOCK_AHEAD;
        break;
    case FAULT_TAMPER:
        m->status |= STATUS_TAMPER;
        break;
    case FAULT_BATTERY:
        m->status |= STATUS_BATTERY;
        m->battery_mv = BATTERY_LOW_MV;
        if (m->battery_permille >= BATTERY_LOW_PERMILLE)
            m->battery_permille = BATTERY_LOW_PERMILLE - 1;
        break;
    case FAULT_REVERSE:
        m->status |= STATUS_REVERSE;
        break;
    case FAULT_COVER:
        m->status |= STATUS_COVER;
        break;
    case FAULT_NONE:
    case FAULT_DROP_EARLY:
    case FAULT_DROP_UNHEARD:
    case FAULT_DROP_LATE:
    case FAULT_DUPLICATE:
    case FAULT_REPEAT:
    case FAULT_SLOW:
    case FAULT_GARBAGE:
    case FAULT_CUT:
    case FAULT_SLOW_READER:
    case FAULT_WRONG_KEY:
    case FAULTS:
        break;
    }
}

void meter_recover(struct meter *m, uint64_t *chance)
{
    if ((m->status & STATUS_RECOVERS) == 0 && m->clock_line == CLOCK_TRUE)
        return;
    if (chance_below(chance, 4) != 0)
        return;
    m->status &= ~STATUS_RECOVERS;
    m->clock_line = CLOCK_TRUE;
}

bool meter_press(struct meter *m)
{
    m->wants = CAUSE_BUTTON;
    if (m->valve != VALVE_READY)
        return false;
    m->valve = VALVE_OPEN;
    return true;
}

void meter_disconnect(struct meter *m)
{
    m->watching = 0;
    m->valve = VALVE_CLOSED;
}

void meter_reconnect(struct meter *m)
{
    m->status &= ~STATUS_LEAK;
    if (m->valve == VALVE_CLOSED)
        m->valve = VALVE_READY;
}
