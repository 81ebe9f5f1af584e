/* When each meter calls: first, next, and again after a failure. */
#include "tools/meter-sim/plan.h"

#include "lib/base/clock.h"
#include "tools/meter-sim/chance.h"
#include "tools/meter-sim/life.h"
#include "tools/meter-sim/player.h"
#include "tools/meter-sim/sim.h"

#define REFUSED_MS    100 /* bench: a pause when nobody listens */
#define START_SPREAD  60000
#define RESTART_RETRY 5000

static struct meter *meter_at(struct sim *sim, uint32_t meter)
{
    return &sim->fleet.meters[meter];
}

static int64_t around(struct sim *sim, int64_t ms)
{
    return ms - ms / 10 +
           (int64_t)chance_below(&sim->chance, (uint64_t)ms / 5 + 1);
}

static void plan_retry(struct sim *sim, uint32_t meter, struct turn *turn)
{
    int64_t pause = sim->set.retry_ms;

    for (int i = 0; i < turn->tries && pause < sim->set.retry_max_ms; i++)
        pause *= 2;
    if (pause > sim->set.retry_max_ms)
        pause = sim->set.retry_max_ms;
    if (turn->tries < UINT8_MAX)
        turn->tries++;
    if (sim->set.once && turn->tries >= sim->set.tries) {
        sim->done += !turn->done;
        turn->done = true;
        return;
    }
    schedule_in(&sim->schedule, meter,
                around(sim, sim->bench ? REFUSED_MS : pause));
}

static void plan_next(struct sim *sim, uint32_t meter, struct turn *turn)
{
    struct meter *m = meter_at(sim, meter);
    int64_t pause = around(sim, sim->set.period_ms);

    turn->tries = 0;
    if (m->wants != CAUSE_NONE || turn->again) {
        turn->again = false;
        schedule_now(&sim->schedule, meter, true);
        return;
    }
    sim->done += sim->set.once && !turn->done;
    turn->done = sim->set.once;
    if (sim->set.rate > 0 || sim->bench || sim->set.once || sim->draining)
        return; /* at rest */
    m->next_s = (clock_now_us() / 1000 + pause) / 1000;
    schedule_in(&sim->schedule, meter, pause);
}

void sim_session_over(struct sim *sim, uint32_t meter, bool delivered)
{
    struct turn *turn = &sim->schedule.turns[meter];

    schedule_free(&sim->schedule, meter);
    if (delivered) {
        plan_next(sim, meter, turn);
    } else {
        sim->stats.failed++;
        plan_retry(sim, meter, turn);
    }
}

bool plan_silence(struct sim *sim, uint32_t meter)
{
    if ((player_condition(sim->player, meter, NULL) & HELD_SILENT) == 0)
        return false;
    schedule_free(&sim->schedule, meter);
    schedule_in(&sim->schedule, meter, around(sim, sim->set.period_ms));
    return true;
}

/* Where each meter takes up its life again. */
static void plan_first(struct sim *sim, uint32_t meter)
{
    struct meter *m = meter_at(sim, meter);
    int64_t now_s = clock_now_us() / 1000000;
    int64_t period = sim->set.period_ms;
    int64_t spread = period < START_SPREAD ? period : START_SPREAD;

    if (m->valve == VALVE_READY)
        life_expect_press(sim, meter);
    if (m->watching)
        life_expect_leak_check(sim, meter);
    if (sim->set.once || sim->draining)
        schedule_now(&sim->schedule, meter, false);
    else if (m->pending == 1 || m->wants != CAUSE_NONE)
        schedule_in(&sim->schedule, meter,
                    (int64_t)chance_below(&sim->chance, RESTART_RETRY));
    else if (sim->set.rate > 0 || sim->bench)
        return;
    else if (m->next_s > now_s && m->next_s - now_s < period / 1000)
        schedule_in(&sim->schedule, meter, (m->next_s - now_s) * 1000);
    else
        schedule_in(
            &sim->schedule, meter,
            (int64_t)chance_below(
                &sim->chance, (uint64_t)(m->next_s == 0 ? period : spread)));
}

void sim_drain(struct sim *sim, bool on)
{
    schedule_clear(&sim->schedule);
    sim->draining = on;
    for (uint32_t i = 0; i < sim->fleet.n_plays; i++) {
        uint32_t meter = sim->fleet.plays[i];
        const struct meter *m = meter_at(sim, meter);

        sim->schedule.turns[meter].tries = 0;
        if (!on && sim->schedule.turns[meter].place == PLACE_REST)
            plan_first(sim, meter);
        else if (m->pending == 1 || m->wants != CAUSE_NONE)
            schedule_now(&sim->schedule, meter, false);
    }
}

uint32_t sim_pending(const struct sim *sim)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < sim->fleet.n_plays; i++) {
        const struct meter *m = &sim->fleet.meters[sim->fleet.plays[i]];

        n += m->pending == 1 || m->wants != CAUSE_NONE;
    }
    return n;
}

void plan_all(struct sim *sim)
{
    for (uint32_t i = 0; i < sim->fleet.n_plays; i++)
        plan_first(sim, sim->fleet.plays[i]);
}
