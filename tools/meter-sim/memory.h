/*
 * What meters were told, attribute by attribute, as it was sent. Lives as long
 * as the process: a simulator that starts again has meters from the factory.
 */
#ifndef LAZUR_TOOLS_METER_SIM_MEMORY_H
#define LAZUR_TOOLS_METER_SIM_MEMORY_H

#include "lib/base/bytes.h"
#include "tools/meter-sim/meter.h"

/* Empty: nothing was ever put there. Lives until the next put. */
struct bytes memory_get(const struct meter *m, unsigned no);
void memory_put(const struct meter *m, unsigned no, struct bytes b);

#endif
