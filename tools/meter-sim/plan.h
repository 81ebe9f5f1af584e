/* The calls of the fleet over time; sim.h has what others may ask of it. */
#ifndef LAZUR_TOOLS_METER_SIM_PLAN_H
#define LAZUR_TOOLS_METER_SIM_PLAN_H

struct sim;

/* At the start: every meter takes up its life again. */
void plan_all(struct sim *sim);

#endif
