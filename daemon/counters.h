/*
 * What the processes of one meter-listener count, in memory that they share:
 * made by the parent, inherited by every child at FD_COUNTERS, and not lost
 * when a child is. Counting never waits and never fails.
 */
#ifndef LAZUR_DAEMON_COUNTERS_H
#define LAZUR_DAEMON_COUNTERS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/settings.h"

/* Sessions by how long they took to their commit: up to 1 ms ... 10 s, longer.
 */
#define COUNTERS_BOUNDS  13
#define COUNTERS_BUCKETS (COUNTERS_BOUNDS + 1)
extern const int64_t counters_bounds_ms[COUNTERS_BOUNDS];

#define COUNTERS_PLACES 801 /* children, and the parent at the end */

struct counters_process {
    pid_t pid; /* 0: nobody */
    enum duty duty;
    char state; /* as /proc says it: R, S, D ... */
    int64_t started_us, restarts;
    int64_t memory_bytes, cpu_ms;
    int64_t open;    /* connections of meters */
    int64_t waiting; /* readings that wait for their commit */
    int64_t at_door; /* connections that nobody has taken in yet */
};

struct counters {
    int64_t started_us;
    int64_t connections, refused; /* of meters */
    int64_t sessions, commit_us;  /* stored; their time to the commit */
    int64_t commits[COUNTERS_BUCKETS];
    int64_t shut_ms;     /* that doors were shut: too much waited */
    int64_t turned_away; /* sessions that the database had no time for */
    /* of this host, as the parent sees it */
    int64_t processors, la5_permille, la15_permille;
    int64_t disk_free_bytes, disk_total_bytes;
    struct counters_process processes[COUNTERS_PLACES];
};

/* What is counted now; of the process' own when nothing was shared with it. */
const struct counters *counters_now(void);

/* ---- the parent ---- */

/* The descriptor to hand down; fatal without memory. */
int counters_make(void);
void counters_born(size_t place, enum duty duty, pid_t pid, int64_t restarts);
void counters_died(size_t place);

/* Load, disk of folder, and state of the processes; not more often than
 * every few seconds, however often it is called. */
void counters_look(const char *folder);

/* ---- a child ---- */

void counters_attach(void); /* once, before privileges are dropped */

void counters_connection(bool refused);
void counters_session(int64_t commit_us);
void counters_open(size_t connections);
void counters_waiting(size_t readings, size_t at_door);
void counters_shut(int64_t ms);
void counters_turned_away(void);

#endif
