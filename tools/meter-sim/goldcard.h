/* Meters that speak goldCard: their message, and the answer to it. */
#ifndef LAZUR_TOOLS_METER_SIM_GOLDCARD_H
#define LAZUR_TOOLS_METER_SIM_GOLDCARD_H

#include <stdbool.h>

#include "lib/base/bytes.h"
#include "lib/dlms/value.h"
#include "tools/meter-sim/meter.h"

/* m->told as the real messages have it, added to out; unknown bytes are zero,
 * and the check sequence is the candidate of lib/goldcard/frame.h. */
void goldcard_put(struct dlms_out *out, const struct meter *m);

/*
 * How many bytes of in were heard, 0: no answer is whole yet. *answers: it is
 * the answer to m->told.
 */
size_t goldcard_heard(const struct meter *m, struct bytes in, bool *answers);

#endif
