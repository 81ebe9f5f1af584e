/* Connections that say nothing, to see what they cost the listener. */
#ifndef LAZUR_TOOLS_METER_SIM_IDLE_H
#define LAZUR_TOOLS_METER_SIM_IDLE_H

#include "lib/base/err.h"

struct sim;

/* Holds concurrency connections until the time is over or a signal comes.
 * Prints "held=n" when they stand and "lost=n" at the end. */
enum err idle_run(struct sim *sim) MUST_CHECK;

#endif
