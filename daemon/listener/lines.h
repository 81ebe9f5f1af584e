/*
 * Meters that do not say who they are, known by their line, and those that say
 * only the end of their number: before a reading is stored, it is asked whether
 * it can be of the meter that is known so.
 */
#ifndef LAZUR_DAEMON_LISTENER_LINES_H
#define LAZUR_DAEMON_LISTENER_LINES_H

#include "daemon/listener/entry.h"

/*
 * fits     it may be stored
 * refused  another meter (ambiguous_identity), one of several
 *          (ambiguous_number), or the database will not say
 */
void lines_init(size_t queue_max, void (*fits)(struct entry *e),
                void (*refused)(struct entry *e, const char *reason,
                                const char *why));

/* False: too many wait already; e stays the caller's. */
bool line_claim(struct entry *e);

size_t lines_waiting(void);

#endif
