/* What a call is to say, and what is to go wrong with it. */
#include "tools/meter-sim/telegram.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "tools/meter-sim/chance.h"
#include "tools/meter-sim/push.h"
#include "tools/meter-sim/sim.h"

enum fault telegram_fault(struct sim *sim, uint32_t meter)
{
    struct turn *turn = &sim->schedule.turns[meter];
    enum fault ordered = (enum fault)turn->fault;

    turn->fault = FAULT_NONE;
    if (ordered != FAULT_NONE)
        return ordered;
    if (sim->fault_meter != FLEET_NOBODY && sim->fault_meter != meter)
        return FAULT_NONE;
    for (int f = 1; f < FAULTS; f++)
        if (chance_permille(&sim->chance, sim->set.fault[f]))
            return (enum fault)f;
    return FAULT_NONE;
}

void telegram_make(struct sim *sim, struct meter *m, enum fault fault)
{
    int64_t now_us = clock_now_us();
    enum cause cause = (enum cause)m->wants;

    meter_live(m, now_us, sim->set.speed);
    if (m->pending != 0)
        return;
    if (fault >= FAULT_CLOCK)
        meter_suffer(m, fault, &sim->chance);
    else
        meter_recover(m, &sim->chance);
    if (cause == CAUSE_NONE)
        cause = fault == FAULT_TAMPER || fault == FAULT_COVER ? CAUSE_ALARM
                                                              : CAUSE_PLANNED;
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
    struct dlms_out bytes;
    size_t len;

    if (fault == FAULT_GARBAGE)
        return garbage_put(sim, out);
    dlms_out_init(&bytes, sim->arena);
    while (times-- > 0)
        if (push_put(&bytes, m) != ERR_OK)
            fatal("cannot encode a telegram: %s", err_reason());
    len = bytes.len;
    if (len > TELEGRAM_MAX)
        fatal("a telegram of %zu bytes", len);
    memcpy(out, bytes.at, len);
    arena_reset(sim->arena);
    truth_sent(&sim->truth, m);
    return fault == FAULT_DROP_EARLY ? drop_at(sim, len) : (uint16_t)len;
}
