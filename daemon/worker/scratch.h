/*
 * A folder for files that must lie on disk while they grow. It is named after
 * the process, so that what a killed one left is known and removed.
 */
#ifndef LAZUR_DAEMON_WORKER_SCRATCH_H
#define LAZUR_DAEMON_WORKER_SCRATCH_H

void scratch_open(void);
const char *scratch_folder(void);
void scratch_close(void);

#endif
