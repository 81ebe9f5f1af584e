/* The calls of the fleet over time; sim.h has what others may ask of it. */
#ifndef LAZUR_TOOLS_METER_SIM_PLAN_H
#define LAZUR_TOOLS_METER_SIM_PLAN_H

#include <stdbool.h>
#include <stdint.h>

struct sim;

/* At the start: every meter takes up its life again. */
void plan_all(struct sim *sim);

/* A meter whose turn it is, and that a scenario keeps silent: its turn passes
 * over to the next period. */
bool plan_silence(struct sim *sim, uint32_t meter);

#endif
