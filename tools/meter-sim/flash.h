/*
 * Image transfer, class 18: a meter takes another firmware. Lives as long as
 * the process, as what meters were told does.
 */
#ifndef LAZUR_TOOLS_METER_SIM_FLASH_H
#define LAZUR_TOOLS_METER_SIM_FLASH_H

#include "lib/base/arena.h"
#include "lib/dlms/apdu.h"
#include "tools/meter-sim/meter.h"

bool flash_is(const struct dlms_target *t);

/* Both: enum dlms_result. */
unsigned flash_get(const struct meter *m, uint8_t attribute, struct arena *a,
                   struct dlms_value *out);
unsigned flash_act(const struct meter *m, const struct dlms_request *q);

/* The version that runs: of the model, until another was activated. */
const char *flash_version(const struct meter *m);

#endif
