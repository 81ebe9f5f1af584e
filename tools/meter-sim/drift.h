/*
 * Clocks that go wrong: set off by so much, or by more and more. Kept in the
 * memory of the few meters it befell.
 */
#ifndef LAZUR_TOOLS_METER_SIM_DRIFT_H
#define LAZUR_TOOLS_METER_SIM_DRIFT_H

#include <stdint.h>

#include "tools/meter-sim/meter.h"

/* How far the clock is from the truth, s. */
int64_t drift_s(const struct meter *m, int64_t now_us);

/* It jumps by so many seconds. */
void drift_jump(const struct meter *m, int64_t seconds);

/* From now on it gains (or loses) ppm millionths of the time that passes. */
void drift_begin(const struct meter *m, int64_t now_us, int64_t ppm);

/* Somebody set it right; what makes it drift is still there. */
void drift_correct(const struct meter *m, int64_t now_us);

/* What makes it drift is repaired too. */
void drift_end(const struct meter *m);

#endif
