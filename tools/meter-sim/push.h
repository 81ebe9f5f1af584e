/* A meter's telegram as bytes: the gas profile of docs/protocol.md, and for
 * electricity meters a list of named values. */
#ifndef LAZUR_TOOLS_METER_SIM_PUSH_H
#define LAZUR_TOOLS_METER_SIM_PUSH_H

#include <stdint.h>

#include "lib/base/err.h"
#include "lib/dlms/value.h"
#include "tools/meter-sim/meter.h"

#define PORT_METER  1  /* wPort of the meter's management device */
#define PORT_SERVER 16 /* wPort pushes go to */

/* The whole frame of m->told, wrapper included, added to out. */
enum err push_put(struct dlms_out *out, const struct meter *m) MUST_CHECK;

/* long-invoke-id-and-priority of m->told */
uint32_t push_invoke(const struct meter *m);

const char *push_operator(const struct meter *m);

#endif
