/* No event loop: connections are made a few at a time, then watched. */
#include "tools/meter-sim/idle.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "tools/meter-sim/sim.h"

#define AT_ONCE    256 /* well below anybody's backlog */
#define CONNECT_MS 10000
#define LOOK_MS    200

static volatile sig_atomic_t stopped;

static void on_stop(int signal)
{
    (void)signal;
    stopped = 1;
}

/* Waits until all of these are connected; drops those that failed. */
static uint32_t settle(struct pollfd *fds, uint32_t n)
{
    int64_t until_us = clock_monotonic_us() + CONNECT_MS * INT64_C(1000);
    uint32_t open = 0;

    for (uint32_t i = 0; i < n; i++)
        fds[i].events = POLLOUT;
    for (uint32_t i = 0; i < n; i++) {
        int64_t left_ms = (until_us - clock_monotonic_us()) / 1000;

        if (poll(&fds[i], 1, left_ms > 0 ? (int)left_ms : 0) == 1 &&
            (fds[i].revents & (POLLERR | POLLHUP)) == 0)
            fds[open++] = fds[i];
        else
            close(fds[i].fd);
    }
    return open;
}

static uint32_t hold(struct sim *sim, struct pollfd *fds)
{
    uint32_t held = 0, asked = 0;

    while (asked < sim->cap && !stopped) {
        uint32_t n = 0;

        for (; n < AT_ONCE && asked < sim->cap; n++, asked++)
            if ((fds[held + n].fd = sim_connect(sim)) < 0)
                break;
        held += settle(fds + held, n);
        if (n == 0) {
            log_warn("connection %u", asked);
            break;
        }
    }
    return held;
}

/* Those the far end has hung up on are closed; how many are left. */
static uint32_t look(struct pollfd *fds, uint32_t held)
{
    uint32_t left = 0;

    for (uint32_t i = 0; i < held; i++)
        fds[i].events = POLLIN;
    if (poll(fds, held, LOOK_MS) <= 0)
        return held;
    for (uint32_t i = 0; i < held; i++) {
        if (fds[i].revents == 0)
            fds[left++] = fds[i];
        else
            close(fds[i].fd);
    }
    return left;
}

enum err idle_run(struct sim *sim)
{
    struct pollfd *fds = calloc(sim->cap + 1, sizeof *fds);
    int64_t life_us = sim->set.seconds * 1000000;
    int64_t began_us = clock_monotonic_us();
    uint32_t held, left;

    if (fds == NULL)
        return err_raise(ERR_IO, "no memory for %u connections", sim->cap);
    signal(SIGTERM, on_stop);
    signal(SIGINT, on_stop);
    left = held = hold(sim, fds);
    printf("idle held=%u wanted=%u\n", held, sim->cap);
    fflush(stdout);
    while (!stopped && left > 0 &&
           (life_us == 0 || clock_monotonic_us() - began_us < life_us)) {
        uint32_t before = left;
        struct timespec pause = { 0, LOOK_MS * 1000000L };

        if ((left = look(fds, left)) == before)
            nanosleep(&pause, NULL);
    }
    printf("idle left=%u lost=%u\n", left, held - left);
    for (uint32_t i = 0; i < left; i++)
        close(fds[i].fd);
    free(fds);
    return ERR_OK;
}
