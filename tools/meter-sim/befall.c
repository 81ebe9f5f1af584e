/* Draws are made of hashes, so that nobody's turn changes another's. */
#include "tools/meter-sim/befall.h"

#include <string.h>

#include "lib/base/clock.h"
#include "tools/meter-sim/chance.h"
#include "tools/meter-sim/drift.h"
#include "tools/meter-sim/keys.h"
#include "tools/meter-sim/player_inner.h"
#include "tools/meter-sim/sim.h"

#define BATTERY_FRESH_MV 3600
#define PPM              INT64_C(1000000)

static uint64_t text_hash(uint64_t h, const char *text)
{
    h ^= UINT64_C(0xCBF29CE484222325);
    for (; *text != '\0'; text++)
        h = (h ^ (uint8_t)*text) * UINT64_C(0x100000001B3);
    return chance_mix(h);
}

uint64_t befall_seed(uint64_t seed, size_t statement, uint64_t turn)
{
    return chance_mix(chance_mix(seed + statement) + turn);
}

bool befall_share(uint64_t draw, const struct meter *m, uint32_t share)
{
    return share >= SCENARIO_WHOLE ||
           text_hash(draw, m->serial) % SCENARIO_WHOLE < share;
}

static bool in_range(const struct scenario_term *t, const struct meter *m)
{
    size_t len = strlen(m->serial);

    return len == strlen(t->text) && strcmp(m->serial, t->text) >= 0 &&
           strcmp(m->serial, t->to) <= 0;
}

static bool term_has(const struct scenario *s, const struct scenario_set *set,
                     const struct scenario_term *t, uint64_t seed,
                     const struct meter *m)
{
    const struct model *model = model_at(m->model);

    switch (t->kind) {
    case TERM_ALL:
        return true;
    case TERM_VALVE:
        return m->valve != VALVE_NONE;
    case TERM_ARCHIVE:
        return model->has_archive;
    case TERM_SMALL:
        return model->small;
    case TERM_POWER:
        return model->electricity;
    case TERM_GAS:
        return !model->electricity;
    case TERM_KEYS:
        return keys_cipher(m);
    case TERM_MODEL:
        return strcmp(model->name, t->text) == 0;
    case TERM_SHARE: /* the same meters whenever the group is named */
        return befall_share(text_hash(seed, set->name != NULL ? set->name : ""),
                            m, t->share);
    case TERM_RANGE:
        return in_range(t, m);
    case TERM_GROUP:
        return befall_set_has(s, t->set, seed, m);
    }
    return false;
}

/* A group names only groups before it, so this ends. */
bool befall_set_has(const struct scenario *s, size_t set, uint64_t seed,
                    const struct meter *m)
{
    const struct scenario_set *all = &s->set[set];

    for (size_t i = 0; i < all->n; i++)
        if (term_has(s, all, &all->term[i], seed, m) == all->term[i].no)
            return false;
    return true;
}

bool befall_can(enum deed_kind deed, const struct meter *m)
{
    bool has_valve = m->valve != VALVE_NONE;

    if (deed == BEFALLS_STUCK)
        return has_valve && m->valve != VALVE_FAULTY;
    if (deed == BEFALLS_LEAK || deed == BEFALLS_REVERSE)
        return !meter_is_electric(m);
    return true;
}

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
    return s->ms * PPM / s->per_ms * (speed != 0 ? speed : 1);
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
