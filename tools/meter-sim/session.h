/* One call of one meter: connect, push, hear the confirmation, obey. */
#ifndef LAZUR_TOOLS_METER_SIM_SESSION_H
#define LAZUR_TOOLS_METER_SIM_SESSION_H

#include <stdint.h>

struct sim;

/* The meter is busy from now on until sim_session_over. */
void session_begin(struct sim *sim, uint32_t meter);

/* Send what the sessions of this turn have; the truth file is written. */
void sessions_send(struct sim *sim);

/* Frees the ones kept for reuse. */
void sessions_free(struct sim *sim);

#endif
