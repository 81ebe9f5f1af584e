/* What a deed of a scenario does to one meter, and which meters a set has. */
#ifndef LAZUR_TOOLS_METER_SIM_BEFALL_H
#define LAZUR_TOOLS_METER_SIM_BEFALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/meter-sim/meter.h"
#include "tools/meter-sim/scenario.h"

struct sim;

bool befall_set_has(const struct scenario *s, size_t set, uint64_t seed,
                    const struct meter *m);

/* A draw of its own for each statement and time it happens. */
uint64_t befall_seed(uint64_t seed, size_t statement, uint64_t turn);

/* Whether the draw takes this meter, at so many hundredths of a percent. */
bool befall_share(uint64_t draw, const struct meter *m, uint32_t share);

/* A valve cannot stick where there is none. */
bool befall_can(enum deed_kind deed, const struct meter *m);

/* speed: of the scenario's time, 0 for 1. */
void befall_meter(struct sim *sim, uint32_t meter,
                  const struct scenario_statement *s, int64_t speed);

#endif
