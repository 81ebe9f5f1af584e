/* What a call is to say, and what is to go wrong with it. */
#ifndef LAZUR_TOOLS_METER_SIM_TELEGRAM_H
#define LAZUR_TOOLS_METER_SIM_TELEGRAM_H

#include <stdint.h>

#include "tools/meter-sim/meter.h"

#define TELEGRAM_MAX 4096

struct sim;

/* The fault of the meter's next session: ordered, of the scenario, or by
 * chance; *cut is how many bytes FAULT_CUT leaves. */
enum fault telegram_fault(struct sim *sim, uint32_t meter, uint16_t *cut);

/* Fills in m->told, unless an unconfirmed telegram must go again first. */
void telegram_make(struct sim *sim, uint32_t meter, enum fault fault);

/* The bytes of m->told, spoilt by fault, and the line of the truth file;
 * returns how many. */
uint16_t telegram_put(struct sim *sim, uint32_t meter, enum fault fault,
                      uint8_t out[TELEGRAM_MAX]);

#endif
