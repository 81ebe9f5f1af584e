/*
 * Image transfer, class 18: a meter takes another firmware, block by block,
 * over as many sessions as it takes (the object is in objects.h). Lives as
 * long as the process, as what meters were told does.
 */
#ifndef LAZUR_TOOLS_METER_SIM_FLASH_H
#define LAZUR_TOOLS_METER_SIM_FLASH_H

#include "tools/meter-sim/meter.h"

/* The version that runs: of the model, until another was activated. */
const char *flash_version(const struct meter *m);

#endif
