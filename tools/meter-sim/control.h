/* Orders to a running simulator, a line each, over a UNIX socket. */
#ifndef LAZUR_TOOLS_METER_SIM_CONTROL_H
#define LAZUR_TOOLS_METER_SIM_CONTROL_H

#include "lib/base/err.h"

struct sim;

/* Listens on sim->set.control; nothing to do when that is empty. */
enum err control_open(struct sim *sim) MUST_CHECK;
void control_close(struct sim *sim);

#endif
