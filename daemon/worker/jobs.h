/* Documents that operators have asked for. */
#ifndef LAZUR_DAEMON_WORKER_JOBS_H
#define LAZUR_DAEMON_WORKER_JOBS_H

#include <stdbool.h>

#include "daemon/settings.h"

/* After privileges_drop, and at the end: connections, the folder of files. */
void jobs_open(void);
void jobs_close(void);

/* Makes all that waits; false when told to stop meanwhile. */
bool jobs_make(const struct settings *s);

#endif
