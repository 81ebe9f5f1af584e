/*
 * A child's side of the house. main.c forks and executes the program again
 * with --duty NAME; the child finds at fixed descriptors what its parent
 * gives it, and nothing else.
 */
#ifndef LAZUR_DAEMON_DUTY_H
#define LAZUR_DAEMON_DUTY_H

#include "daemon/settings.h"

enum {
    FD_LIFELINE = 3, /* a socket: closed by the parent, the child ends */
    FD_SETTINGS = 4, /* the settings of this duty */
    FD_LISTEN = 5,   /* the listening socket, for the listener */
    FD_COUNTERS = 6, /* memory that all processes count in */
    FD_TLS = 7,      /* the listening socket for TLS, when there is one */
};

/* Each returns when it was told to stop. */
void listener_main(const struct settings *s);
void notifier_main(const struct settings *s);
void worker_main(const struct settings *s);
void watcher_main(const struct settings *s);

/* From the settings at FD_SETTINGS to the end of the child; exits. */
_Noreturn void duty_main(const char *name);

/* Tells the parent that the child does its duty now. */
void duty_ready(void);

/*
 * For duties without an event loop: sleeps until a signal, the parent's end,
 * or ms; false when it is time to stop.
 */
bool duty_sleep(int64_t ms);

/* ---- what a child gives up, after it has opened what it needs ---- */

/*
 * User, group and root folder when started as root; no new privileges; no
 * execve, no new listening sockets, and without accepts no accept either.
 */
void privileges_drop(const struct settings *s, bool accepts);

#endif
