/* What befalls meters between their sessions. */
#ifndef LAZUR_TOOLS_METER_SIM_LIFE_H
#define LAZUR_TOOLS_METER_SIM_LIFE_H

#include <stdint.h>

struct sim;

/* A valve that is ready: somebody will come to press the button. */
void life_expect_press(struct sim *sim, uint32_t meter);

/* A valve that was opened: the meter watches the flow for a while. */
void life_expect_leak_check(struct sim *sim, uint32_t meter);

/* What was expected by now_us (monotonic) happens. */
void life_goes_on(struct sim *sim, int64_t now_us, int64_t passed_us);

#endif
