/*
 * The attributes a meter can be told by SET, as docs/protocol.md lists them:
 * kept, given back by GET unless they are secret, and obeyed where the
 * simulation has something to obey with.
 */
#ifndef LAZUR_TOOLS_METER_SIM_TOLD_H
#define LAZUR_TOOLS_METER_SIM_TOLD_H

#include <stdbool.h>

#include "lib/base/arena.h"
#include "lib/dlms/apdu.h"
#include "tools/meter-sim/meter.h"

#define TOLD_NOBODY (-1)

/* Which of them this is, for a meter of this model; TOLD_NOBODY: none. */
int told_find(const struct meter *m, const struct dlms_target *t);

/* enum dlms_result; the value is a's. */
unsigned told_get(const struct meter *m, int no, struct arena *a,
                  struct dlms_value *out);

/* Whether it would be taken: enum dlms_result. */
unsigned told_check(const struct meter *m, int no, const struct dlms_value *v);
/* Takes it; encoded is v as it was sent. */
void told_set(struct meter *m, int no, const struct dlms_value *v,
              struct bytes encoded);

#endif
