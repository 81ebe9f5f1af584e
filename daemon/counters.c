/* Counters in shared memory, and what the parent reads of /proc. */
#define _GNU_SOURCE /* memfd_create */
#include "daemon/counters.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "daemon/duty.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#define LOOK_US INT64_C(5000000)
#define PARENT  (COUNTERS_PLACES - 1)

const int64_t counters_bounds_ms[COUNTERS_BOUNDS] = {
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000,
};

static struct counters own;
static struct counters *all = &own;

const struct counters *counters_now(void)
{
    return all;
}

static void add(int64_t *to, int64_t n)
{
    __atomic_fetch_add(to, n, __ATOMIC_RELAXED);
}

/* ---- the parent ---- */

int counters_make(void)
{
    int fd = memfd_create("counters", MFD_CLOEXEC);

    if (fd < 0 || ftruncate(fd, sizeof(*all)) != 0)
        fatal("counters");
    all = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (all == MAP_FAILED)
        fatal("counters");
    all->started_us = clock_now_us();
    counters_born(PARENT, DUTY_PARENT, getpid(), 0);
    return fd;
}

void counters_born(size_t place, enum duty duty, pid_t pid, int64_t restarts)
{
    struct counters_process *p = &all->processes[place];

    memset(p, 0, sizeof(*p));
    p->duty = duty;
    p->state = '?';
    p->started_us = clock_now_us();
    p->restarts = restarts;
    __atomic_store_n(&p->pid, pid, __ATOMIC_RELEASE);
}

void counters_died(size_t place)
{
    __atomic_store_n(&all->processes[place].pid, 0, __ATOMIC_RELEASE);
    all->processes[place].open = 0;
    all->processes[place].waiting = all->processes[place].at_door = 0;
}

/* proc(5), stat: after the name in parentheses state is field 3, utime and
 * stime in ticks are 14 and 15, rss in pages is 24. */
static void process_look(struct counters_process *p)
{
    unsigned long user, system;
    char path[40], line[512], state;
    const char *rest;
    size_t n;
    long rss;
    FILE *in;

    snprintf(path, sizeof(path), "/proc/%ld/stat", (long)p->pid);
    in = fopen(path, "r");
    if (in == NULL)
        return;
    n = fread(line, 1, sizeof(line) - 1, in);
    fclose(in);
    line[n] = '\0';
    rest = strrchr(line, ')');
    /* NOLINTNEXTLINE(cert-err34-c): the kernel writes numbers that fit */
    if (rest == NULL || sscanf(rest + 1,
                               " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u "
                               "%lu %lu %*d %*d %*d %*d %*d %*d %*u %*u %ld",
                               &state, &user, &system, &rss) != 4)
        return;
    p->state = state;
    p->cpu_ms = (int64_t)(user + system) * 1000 / sysconf(_SC_CLK_TCK);
    p->memory_bytes = (int64_t)rss * sysconf(_SC_PAGESIZE);
}

static void host_look(const char *folder)
{
    double load[3];
    struct statvfs disk;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);

    all->processors = processors > 0 ? processors : 1;
    if (getloadavg(load, 3) == 3) {
        all->la5_permille =
            (int64_t)(load[1] * 1000.0 / (double)all->processors);
        all->la15_permille =
            (int64_t)(load[2] * 1000.0 / (double)all->processors);
    }
    if (statvfs(folder[0] != '\0' ? folder : ".", &disk) == 0) {
        all->disk_free_bytes = (int64_t)(disk.f_bavail * disk.f_frsize);
        all->disk_total_bytes = (int64_t)(disk.f_blocks * disk.f_frsize);
    }
}

void counters_look(const char *folder)
{
    static int64_t looked_us;
    int64_t now = clock_monotonic_us();

    if (looked_us != 0 && now - looked_us < LOOK_US)
        return;
    looked_us = now;
    host_look(folder);
    for (size_t i = 0; i < COUNTERS_PLACES; i++) {
        if (all->processes[i].pid != 0)
            process_look(&all->processes[i]);
    }
}

/* ---- a child ---- */

void counters_attach(void)
{
    void *at = mmap(NULL, sizeof(*all), PROT_READ | PROT_WRITE, MAP_SHARED,
                    FD_COUNTERS, 0);

    if (at == MAP_FAILED)
        log_warn("counters are not shared");
    else
        all = at;
    close(FD_COUNTERS);
}

void counters_connection(bool refused)
{
    add(refused ? &all->refused : &all->connections, 1);
}

void counters_session(int64_t commit_us)
{
    size_t bucket = 0;

    if (commit_us < 0)
        commit_us = 0; /* the clock was set back meanwhile */
    while (bucket < COUNTERS_BOUNDS &&
           commit_us > counters_bounds_ms[bucket] * 1000)
        bucket++;
    add(&all->sessions, 1);
    add(&all->commit_us, commit_us);
    add(&all->commits[bucket], 1);
}

/* The parent writes a child's place after the fork: it may not be there yet. */
static struct counters_process *mine(void)
{
    static struct counters_process *found;
    pid_t me = getpid();

    for (size_t i = 0; found == NULL && i < PARENT; i++) {
        if (__atomic_load_n(&all->processes[i].pid, __ATOMIC_ACQUIRE) == me)
            found = &all->processes[i];
    }
    return found;
}

static void tell(int64_t *to, size_t n)
{
    __atomic_store_n(to, (int64_t)n, __ATOMIC_RELAXED);
}

void counters_open(size_t connections)
{
    struct counters_process *p = mine();

    if (p != NULL)
        tell(&p->open, connections);
}

void counters_waiting(size_t readings, size_t at_door)
{
    struct counters_process *p = mine();

    if (p == NULL)
        return;
    tell(&p->waiting, readings);
    tell(&p->at_door, at_door);
}

void counters_shut(int64_t ms)
{
    add(&all->shut_ms, ms);
}

void counters_turned_away(void)
{
    add(&all->turned_away, 1);
}
