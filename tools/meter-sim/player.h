/*
 * Plays a scenario (scenario.h) upon the meters: does each statement when its
 * time has come, and writes down what it did. Who is meant follows from the
 * seed, the statement and the serial numbers alone, so the same scenario does
 * the same to the same meters whatever the network does.
 *
 * The file of deeds has a JSON object each line:
 *   {"at_ms":60000,"us":...,"line":3,"deed":"magnet","serial":"700000000001"}
 *   {"at_ms":60000,"us":...,"line":3,"deed":"magnet","meters":12}
 * at_ms is the scenario's time, us the clock's; a while "begins" and "ends"
 * ("state"); storms and calls name no single meters; cut, clock and drift say
 * "bytes", "ms" and "per_ms". A session that was spoilt says so when it begins.
 */
#ifndef LAZUR_TOOLS_METER_SIM_PLAYER_H
#define LAZUR_TOOLS_METER_SIM_PLAYER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"

struct sim;
struct player;

/* What holds over a meter for a while. */
enum {
    HELD_SILENT = 1,    /* it does not call */
    HELD_OUT = 2,       /* it calls, and nobody is there */
    HELD_SLOW = 4,      /* it hears slowly */
    HELD_OTHER_KEY = 8, /* its key is not the one it should be */
    HELD_CUT = 16,      /* its line is cut after so many bytes */
};

/*
 * player_open - reads the scenario that sim->set names (none: nothing), and
 * lets its seed and speed be those of the simulation. ERR_INVALID says
 * "file:line:column: why".
 */
enum err player_open(struct sim *sim) MUST_CHECK;
void player_close(struct sim *sim);

/* The scenario begins now; then what is due by now happens. */
void player_begin(struct sim *sim, int64_t now_us);
void player_go_on(struct sim *sim, int64_t now_us);

/* HELD_... bits; *cut (may be NULL) where HELD_CUT is among them. p may be
 * NULL. */
unsigned player_condition(const struct player *p, uint32_t meter,
                          uint16_t *cut);

/* The scenario has an end, and it has come. */
bool player_is_over(const struct player *p, int64_t now_us);

#endif
