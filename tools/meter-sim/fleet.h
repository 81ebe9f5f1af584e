/* All the meters: their records in a file, found by number or by serial. */
#ifndef LAZUR_TOOLS_METER_SIM_FLEET_H
#define LAZUR_TOOLS_METER_SIM_FLEET_H

#include <stdint.h>

#include "lib/base/err.h"
#include "tools/meter-sim/meter.h"
#include "tools/meter-sim/settings.h"

#define FLEET_NOBODY UINT32_MAX

struct fleet {
    struct meter *meters; /* of the file; played ones are named by plays */
    uint32_t n;
    uint32_t *plays; /* numbers of the meters of this run */
    uint32_t n_plays;
    uint32_t *by_serial; /* open addressing */
    uint32_t mask;
    struct fleet_head *head;
    size_t mapped;
    int fd;
};

/*
 * fleet_open - the meters that the settings name, with what the state file
 * remembers of them; those it does not know are made up and added to it.
 */
enum err fleet_open(struct fleet *f, const struct settings *s,
                    int64_t now_us) MUST_CHECK;
void fleet_close(struct fleet *f);

/* FLEET_NOBODY when no such meter is played or remembered. */
uint32_t fleet_find(const struct fleet *f, const char *serial);

#endif
