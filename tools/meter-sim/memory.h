/*
 * What few meters have and most do not: keys, what they were told, half a
 * firmware. Made when it is first wanted, so that a meter nobody speaks to
 * costs nothing here. Lives as long as the process: a simulator that starts
 * again has meters from the factory.
 */
#ifndef LAZUR_TOOLS_METER_SIM_MEMORY_H
#define LAZUR_TOOLS_METER_SIM_MEMORY_H

#include "lib/base/bytes.h"
#include "tools/meter-sim/meter.h"

/* Attributes that were told are counted from 0, by told.h; above them: */
/* clang-format off */
enum memory_no { MEMORY_KEYS = 1000, MEMORY_FLASH, MEMORY_BLOCKS, MEMORY_DRIFT };
/* clang-format on */

/* Empty: nothing was ever put there. Lives until the next put. */
struct bytes memory_get(const struct meter *m, unsigned no);
void memory_put(const struct meter *m, unsigned no, struct bytes b);

/* The same as a thing of a size, zeroed when it is made; find: or NULL. */
void *memory_find(const struct meter *m, unsigned no);
void *memory_make(const struct meter *m, unsigned no, size_t size);

/* All of it is forgotten: the meters are gone. */
void memory_close(void);

/* Whether anything was ever kept under this number, for any meter. */
bool memory_has(unsigned no);

#endif
