/* What a call is to say, and what is to go wrong with it. */
#include "tools/meter-sim/telegram.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "tools/meter-sim/chance.h"
#include "tools/meter-sim/player.h"
#include "tools/meter-sim/push.h"
#include "tools/meter-sim/sim.h"
#include "tools/meter-sim/tariff.h"

#define CUT_MAX 600 /* bytes, where nobody says */

/* What the scenario holds over this meter just now. */
static enum fault held(struct sim *sim, uint32_t meter, uint16_t *cut)
{
    unsigned held = player_condition(sim->player, meter, cut);

    if ((held & HELD_OTHER_KEY) != 0)
        return FAULT_WRONG_KEY;
    if ((held & HELD_CUT) != 0)
        return FAULT_CUT;
    return (held & HELD_SLOW) != 0 ? FAULT_SLOW_READER : FAULT_NONE;
}

static enum fault by_chance(struct sim *sim, uint32_t meter)
{
    if (sim->fault_meter != FLEET_NOBODY && sim->fault_meter != meter)
        return FAULT_NONE;
    for (int f = 1; f < FAULTS; f++)
        if (chance_permille(&sim->chance, sim->set.fault[f]))
            return (enum fault)f;
    return FAULT_NONE;
}

enum fault telegram_fault(struct sim *sim, uint32_t meter, uint16_t *cut)
{
    struct turn *turn = &sim->schedule.turns[meter];
    enum fault fault = (enum fault)turn->fault;

    *cut = turn->cut;
    turn->fault = FAULT_NONE;
    turn->cut = 0;
    if (fault == FAULT_NONE)
        fault = held(sim, meter, cut);
    if (fault == FAULT_NONE)
        fault = by_chance(sim, meter);
    if (fault == FAULT_CUT && *cut == 0)
        *cut = (uint16_t)(1 + chance_below(&sim->chance, CUT_MAX));
    return fault;
}

static bool is_alarm(enum fault fault)
{
    return fault == FAULT_TAMPER || fault == FAULT_COVER;
}

void telegram_make(struct sim *sim, uint32_t meter, enum fault fault)
{
    struct meter *m = &sim->fleet.meters[meter];
    int64_t now_us = clock_now_us();
    enum cause cause = (enum cause)m->wants;

    meter_live(m, now_us, sim->set.speed);
    if (m->pending != 0)
        return;
    if (tariff_exceeded(m, sim->arena))
        sim_set_valve(sim, meter, VALVE_CLOSED, "limit");
    if (fault >= FAULT_CLOCK)
        meter_suffer(m, fault, &sim->chance);
    /* A scenario says itself who recovers; what is called for is told first. */
    else if (sim->player == NULL && cause == CAUSE_NONE)
        meter_recover(m, &sim->chance);
    if (cause == CAUSE_NONE)
        cause = is_alarm(fault) ? CAUSE_ALARM : CAUSE_PLANNED;
    meter_tell(m, cause, now_us);
    m->wants = CAUSE_NONE;
}

/* Bytes no driver should take for a telegram: noise, or a frame whose APDU
 * is noise. */
static uint16_t garbage_put(struct sim *sim, uint8_t *out)
{
    static const uint8_t head[] = { 0, 1, 0, PORT_METER, 0, PORT_SERVER, 0 };
    size_t len = 1 + chance_below(&sim->chance, 400);

    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)chance_next(&sim->chance);
    out[0] |= 0x80;
    if (len > 16 && chance_below(&sim->chance, 2) == 0) {
        memcpy(out, head, sizeof head);
        out[7] = (uint8_t)chance_below(&sim->chance, len - 8);
        out[8] = 0xEE;
    }
    return (uint16_t)len;
}

/* Where a meter that drops early hangs up: before its last byte. */
static uint16_t drop_at(struct sim *sim, size_t len)
{
    int64_t at = sim->set.drop_bytes;

    return at > 0 && at < (int64_t)len
               ? (uint16_t)at
               : (uint16_t)chance_below(&sim->chance, len);
}

uint16_t telegram_put(struct sim *sim, uint32_t meter, enum fault fault,
                      uint8_t out[TELEGRAM_MAX])
{
    const struct meter *m = &sim->fleet.meters[meter];
    int times = fault == FAULT_DUPLICATE ? 2 : 1;
    enum push_way way = fault == FAULT_WRONG_KEY ? PUSH_WRONG_KEY
                        : m->pending == 2        ? PUSH_AGAIN
                                                 : PUSH_NEW;
    struct dlms_out bytes;
    size_t len;

    if (fault == FAULT_GARBAGE)
        return garbage_put(sim, out);
    dlms_out_init(&bytes, sim->arena);
    for (; times > 0; times--, way = PUSH_AGAIN)
        if (push_put(&bytes, m, way) != ERR_OK)
            fatal("cannot encode a telegram: %s", err_reason());
    len = bytes.len;
    if (len > TELEGRAM_MAX)
        fatal("a telegram of %zu bytes", len);
    memcpy(out, bytes.at, len);
    arena_reset(sim->arena);
    truth_sent(&sim->truth, m);
    return fault == FAULT_DROP_EARLY ? drop_at(sim, len) : (uint16_t)len;
}
