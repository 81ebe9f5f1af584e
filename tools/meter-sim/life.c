/* People press buttons, gas leaks; the truth file hears of it first. */
#include "tools/meter-sim/life.h"

#include "lib/base/clock.h"
#include "lib/dlms/apdu.h"
#include "tools/meter-sim/chance.h"
#include "tools/meter-sim/sim.h"

static struct meter *meter_at(struct sim *sim, uint32_t meter)
{
    return &sim->fleet.meters[meter];
}

/* Somebody comes after the mean time, give or take half of it. */
void life_expect_press(struct sim *sim, uint32_t meter)
{
    uint64_t mean_us = (uint64_t)sim->set.press_ms * 1000;

    if (mean_us > 0)
        agenda_add(
            &sim->agenda,
            clock_monotonic_us() +
                (int64_t)(mean_us / 2 + chance_below(&sim->chance, mean_us)),
            meter, DEED_PRESS);
}

void life_expect_leak_check(struct sim *sim, uint32_t meter)
{
    agenda_add(&sim->agenda,
               clock_monotonic_us() + sim->set.leak_check_ms * 1000, meter,
               DEED_LEAK_CHECK);
}

void sim_call(struct sim *sim, uint32_t meter)
{
    struct turn *turn = &sim->schedule.turns[meter];

    turn->again = turn->place == PLACE_BUSY;
    schedule_now(&sim->schedule, meter, true);
}

void sim_call_later(struct sim *sim, uint32_t meter)
{
    struct turn *turn = &sim->schedule.turns[meter];

    turn->again = turn->place == PLACE_BUSY;
    if (turn->place != PLACE_QUEUE)
        schedule_now(&sim->schedule, meter, false);
}

void sim_press(struct sim *sim, uint32_t meter)
{
    struct meter *m = meter_at(sim, meter);

    if (m->valve == VALVE_READY)
        truth_valve(&sim->truth, m, clock_now_us(), VALVE_OPEN, "button");
    if (meter_press(m) && model_at(m->model)->leak_check) {
        m->watching = 1;
        life_expect_leak_check(sim, meter);
    }
    sim->stats.presses++;
    sim_call(sim, meter);
}

/* GC-081: the meter watches the flow after opening, and closes on a leak. */
static void leak_check(struct sim *sim, uint32_t meter)
{
    struct meter *m = meter_at(sim, meter);

    if (!m->watching)
        return;
    m->watching = 0;
    if (m->valve != VALVE_OPEN ||
        !chance_permille(&sim->chance, sim->set.leak_permille))
        return;
    truth_valve(&sim->truth, m, clock_now_us(), VALVE_CLOSED, "leak");
    m->valve = VALVE_CLOSED;
    m->status |= STATUS_LEAK;
    m->wants = CAUSE_ALARM;
    sim->stats.leaks++;
    sim_call(sim, meter);
}

void sim_set_valve(struct sim *sim, uint32_t meter, uint8_t valve,
                   const char *why)
{
    struct meter *m = meter_at(sim, meter);

    truth_valve(&sim->truth, m, clock_now_us(), valve, why);
    m->valve = valve;
    if (valve == VALVE_READY)
        life_expect_press(sim, meter);
}

static uint8_t valve_after(const struct meter *m, bool is_open)
{
    if (!is_open)
        return VALVE_CLOSED;
    return m->valve == VALVE_CLOSED ? VALVE_READY : m->valve;
}

unsigned sim_act(struct sim *sim, uint32_t meter, bool is_open)
{
    struct meter *m = meter_at(sim, meter);
    unsigned result =
        m->valve == VALVE_FAULTY ? DLMS_HARDWARE_FAULT : DLMS_SUCCESS;
    uint8_t after = result == DLMS_SUCCESS ? valve_after(m, is_open) : m->valve;

    truth_command(&sim->truth, m, is_open, clock_now_us(), result, after);
    if (result != DLMS_SUCCESS)
        return result;
    if (after == VALVE_READY && m->valve != VALVE_READY)
        life_expect_press(sim, meter);
    if (is_open)
        meter_reconnect(m);
    else
        meter_disconnect(m);
    sim->stats.commands++;
    return result;
}

static void keep_appointments(struct sim *sim, int64_t now_us)
{
    struct appointment a;

    while (agenda_take(&sim->agenda, now_us, &a)) {
        if (a.deed == DEED_LEAK_CHECK)
            leak_check(sim, a.meter);
        else if (meter_at(sim, a.meter)->valve == VALVE_READY)
            sim_press(sim, a.meter);
    }
}

static void press_for_no_reason(struct sim *sim, int64_t passed_us)
{
    uint64_t chances = (uint64_t)sim->set.presses_per_hour;
    uint64_t odds =
        UINT64_C(3600000000) / (passed_us > 0 ? (uint64_t)passed_us : 1);

    if (chances == 0 || sim->draining || sim->stopping ||
        sim->fleet.n_plays == 0 || chance_below(&sim->chance, odds) >= chances)
        return;
    sim_press(sim,
              sim->fleet.plays[chance_below(&sim->chance, sim->fleet.n_plays)]);
}

void life_goes_on(struct sim *sim, int64_t now_us, int64_t passed_us)
{
    keep_appointments(sim, now_us);
    press_for_no_reason(sim, passed_us);
}
