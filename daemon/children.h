/* The parent's children: one process for each duty, kept alive. */
#ifndef LAZUR_DAEMON_CHILDREN_H
#define LAZUR_DAEMON_CHILDREN_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/settings.h"
#include "lib/base/err.h"

/*
 * Listening sockets belong to the parent: a connection that waits in one
 * outlives the child that was killed. Opens those that s wants and drops
 * those of settings before. ERR_IO when an address cannot be had.
 */
enum err sockets_open(const struct settings *s) MUST_CHECK;

/*
 * children_start - a new generation by s, which must outlive it. The old one
 * goes on until its successors are ready.
 * program  path of this very program
 */
void children_start(const char *program, const struct settings *s);

void children_reap(void);   /* after SIGCHLD: the dead are replaced */
void children_listen(void); /* who is ready now, and who must be restarted */
int children_poll(int signals, int64_t until_ms); /* waits; poll's result */

/* When the next restart is due, monotonic ms; far away when none is. */
int64_t children_next_restart_ms(void);

/* Tells all to finish; kills those that have not when grace is over. */
void children_stop(int64_t grace_ms);

#endif
