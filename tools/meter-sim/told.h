/*
 * The attributes a meter can be told by SET, as docs/protocol.md lists them
 * and the tables of an electricity meter besides: kept as they were sent,
 * given back by GET unless they are secret, and obeyed where the simulation
 * has something to obey with.
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

/* Only written, never read: passwords. */
bool told_is_secret(int no);
/* Moved by a method, and read only. */
bool told_is_own(int no);

/* enum dlms_result; the value is a's. */
unsigned told_get(const struct meter *m, int no, struct arena *a,
                  struct dlms_value *out);

/* Whether it would be taken: enum dlms_result. */
unsigned told_check(int no, struct arena *a, const struct dlms_value *v);
/* Takes it; encoded is v as it was sent. */
void told_set(struct meter *m, int no, const struct dlms_value *v,
              struct bytes encoded);

/* What it was told of an attribute; false: nothing, it is as it was made. */
bool told_read(const struct meter *m, struct arena *a, uint16_t class_id,
               struct obis name, uint8_t attribute, struct dlms_value *out);

/* The same attribute told by the meter itself: a method that moves it. */
void told_keep(const struct meter *m, uint16_t class_id, struct obis name,
               uint8_t attribute, struct bytes encoded);

#endif
