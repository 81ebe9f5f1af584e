/*
 * What is asked rarely, over a connection of its own: faults, registration,
 * secrets, results of commands, templates. A job is a kind of question; each
 * run of it takes all that has gathered since the last.
 */
#ifndef LAZUR_DAEMON_LISTENER_SLOW_H
#define LAZUR_DAEMON_LISTENER_SLOW_H

#include <stdbool.h>

#include "daemon/listener/link.h"

struct slow_job {
    bool (*wanted)(void);
    /* link_send what has gathered. */
    void (*ask)(struct link *l);
    /* Committed, refused, or lost on the way: then it will be asked again. */
    void (*done)(const struct link *l, enum err e, bool lost);
};

/* At most eight. */
void slow_add(const struct slow_job *job);
void slow_init(const char *conninfo);

/* Starts the next wanted job when the connection is idle. */
void slow_pump(void);

#endif
