/*
 * meter-sim - any number of meters that call in, from one process.
 *
 *   meter-sim [-n] [-f FILE] [name=value ...]     meter-sim -h
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "tools/meter-sim/control.h"
#include "tools/meter-sim/idle.h"
#include "tools/meter-sim/player.h"
#include "tools/meter-sim/sim.h"

static void usage(void)
{
    puts("usage: meter-sim [-nv] [-f settings-file] [name=value ...]\n"
         "-n reads the settings and the scenario, says what is wrong with\n"
         "them, and ends\n");
    settings_help();
}

/* The last line of a run: everything a script wants, name=value. */
static void report(const struct sim *sim)
{
    const struct stats *s = &sim->stats;
    double seconds = (double)(clock_monotonic_us() - sim->began_us) / 1e6;
    uint64_t done = s->confirmed + s->closed;

    printf("%s sessions=%" PRIu64 " seconds=%.2f sessions_s=%.0f"
           " confirmed=%" PRIu64 " closed=%" PRIu64 " failed=%" PRIu64
           " refused=%" PRIu64 " mismatched=%" PRIu64 " commands=%" PRIu64
           " pending=%" PRIu32 " p50_us=%" PRId64 " p99_us=%" PRId64
           " max_us=%" PRId64 "\n",
           sim->set.mode, s->started, seconds, (double)done / seconds,
           s->confirmed, s->closed, s->failed, s->refused, s->mismatched,
           s->commands, sim_pending(sim), stats_percentile(s, 0.5),
           stats_percentile(s, 0.99), stats_percentile(s, 0.9999999));
}

static enum err play(struct sim *sim)
{
    enum err e;

    if ((e = sim_open(sim)) != ERR_OK || (e = control_open(sim)) != ERR_OK)
        return e;
    if (sim->idle)
        return idle_run(sim);
    sim_run(sim);
    report(sim);
    control_close(sim);
    return ERR_OK;
}

/* -n: what can be wrong before anything is opened. */
static enum err check(struct sim *sim)
{
    enum err e;

    sim->set.deeds_file[0] = '\0';
    if ((e = player_open(sim)) == ERR_OK)
        puts("fine");
    return e;
}

int main(int argc, char **argv)
{
    static struct sim sim;
    const char *path = NULL;
    bool verbose = false, only_check = false;
    enum err e;
    int c;

    while ((c = getopt(argc, argv, "hnvf:")) != -1) {
        if (c == 'f')
            path = optarg;
        else if (c == 'v')
            verbose = true;
        else if (c == 'n')
            only_check = true;
        else {
            usage();
            return c == 'h' ? 0 : 2;
        }
    }
    log_init("meter-sim", verbose);
    signal(SIGPIPE, SIG_IGN);
    e = settings_load(&sim.set, path, argv + optind, (size_t)(argc - optind));
    if (e == ERR_OK)
        e = only_check ? check(&sim) : play(&sim);
    if (e != ERR_OK)
        log_err(e, "play");
    sim_close(&sim);
    return e == ERR_OK ? 0 : 1;
}
