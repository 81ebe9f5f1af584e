/* What the player keeps, and the file of its deeds. */
#ifndef LAZUR_TOOLS_METER_SIM_PLAYER_INNER_H
#define LAZUR_TOOLS_METER_SIM_PLAYER_INNER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "tools/meter-sim/player.h"
#include "tools/meter-sim/scenario.h"
#include "tools/meter-sim/truth.h"

/* When a statement is due, and how often it was. */
struct due {
    int64_t at_ms;
    uint64_t occurrence;
    bool is_on; /* a while: between begin and end */
};

struct held {
    uint16_t cut;
    uint8_t bits;
};

struct player {
    struct arena *arena;
    struct scenario scenario;
    struct due *due;
    struct held *held; /* of each meter; NULL: nothing takes a while */
    struct truth deeds;
    int64_t began_us; /* monotonic */
};

/* Whether statement no means this meter, this time. */
bool player_chooses(const struct player *p, const struct sim *sim, size_t no,
                    uint32_t meter);

/* A line: of one meter, or (serial NULL) of so many; state may be NULL. */
void deed_line(struct player *p, size_t no, const char *serial, uint32_t meters,
               const char *state);

#endif
