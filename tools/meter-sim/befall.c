/* The deeds themselves; who is meant is in befall_set.c. */
#include "tools/meter-sim/befall.h"

#include "lib/base/clock.h"
#include "tools/meter-sim/drift.h"
#include "tools/meter-sim/sim.h"

#define BATTERY_FRESH_MV 3600
#define PPM              INT64_C(1000000)
#define PPM_MAX          INT64_C(10000000000) /* ten thousand times as fast */

static void alarm(struct sim *sim, uint32_t meter, uint32_t status)
{
    struct meter *m = &sim->fleet.meters[meter];

    m->status |= status;
    m->wants = CAUSE_ALARM;
    sim_call(sim, meter);
}

/* A meter with a valve shuts it. */
static void leak(struct sim *sim, uint32_t meter)
{
    if (sim->fleet.meters[meter].valve == VALVE_OPEN)
        sim_set_valve(sim, meter, VALVE_CLOSED, "leak");
    alarm(sim, meter, STATUS_LEAK);
}

static void repair(struct sim *sim, uint32_t meter)
{
    struct meter *m = &sim->fleet.meters[meter];

    m->status = 0;
    m->clock_line = CLOCK_TRUE;
    drift_end(m);
    if (m->battery_mv < BATTERY_FRESH_MV)
        meter_set_battery(m, BATTERY_FRESH_MV);
    if (m->valve == VALVE_FAULTY)
        sim_set_valve(sim, meter, VALVE_OPEN, "repair");
}

/* So much in some time of the scenario, which may pass faster than the
 * clock's. */
static int64_t ppm_of(const struct scenario_statement *s, int64_t speed)
{
    int64_t ppm = s->ms * PPM / s->per_ms;

    if (__builtin_mul_overflow(ppm, speed != 0 ? speed : 1, &ppm))
        ppm = s->ms < 0 ? -PPM_MAX : PPM_MAX;
    if (ppm > PPM_MAX || ppm < -PPM_MAX)
        ppm = ppm < 0 ? -PPM_MAX : PPM_MAX;
    return ppm;
}

static void next_session(struct sim *sim, uint32_t meter, enum fault fault,
                         const struct scenario_statement *s)
{
    struct turn *turn = &sim->schedule.turns[meter];

    turn->fault = (uint8_t)fault;
    turn->cut = (uint16_t)s->bytes;
    sim_call(sim, meter);
}

void befall_meter(struct sim *sim, uint32_t meter,
                  const struct scenario_statement *s, int64_t speed)
{
    struct meter *m = &sim->fleet.meters[meter];

    switch (s->deed) {
    case BEFALLS_MAGNET:
        alarm(sim, meter, STATUS_TAMPER);
        break;
    case BEFALLS_OPENED:
        alarm(sim, meter, STATUS_COVER);
        break;
    case BEFALLS_LEAK:
        leak(sim, meter);
        break;
    case BEFALLS_REVERSE:
        meter_suffer(m, FAULT_REVERSE, &sim->chance);
        break;
    case BEFALLS_BATTERY:
        meter_suffer(m, FAULT_BATTERY, &sim->chance);
        break;
    case BEFALLS_STUCK:
        sim_set_valve(sim, meter, VALVE_FAULTY, "stuck");
        break;
    case BEFALLS_REPAIR:
        repair(sim, meter);
        break;
    case BEFALLS_PRESS:
        sim_press(sim, meter);
        break;
    case BEFALLS_CALL:
    case BEFALLS_STORM:
        sim_call_later(sim, meter);
        break;
    case BEFALLS_CLOCK:
        drift_jump(m, s->ms / 1000);
        break;
    case BEFALLS_DRIFT:
        drift_begin(m, clock_now_us(), ppm_of(s, speed));
        break;
    case BEFALLS_REPLAY:
        next_session(sim, meter, FAULT_REPEAT, s);
        sim->schedule.turns[meter].again = true; /* and then once more */
        break;
    case BEFALLS_CUTTING:
        next_session(sim, meter, FAULT_CUT, s);
        break;
    case BEFALLS_SLOWNESS:
        next_session(sim, meter, FAULT_SLOW_READER, s);
        break;
    case BEFALLS_OTHER_KEY:
        next_session(sim, meter, FAULT_WRONG_KEY, s);
        break;
    case BEFALLS_SILENCE:
    case BEFALLS_OUTAGE:
    case DEEDS:
        break;
    }
}
