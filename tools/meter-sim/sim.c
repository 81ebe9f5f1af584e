/* The loop that everything happens in. */
#include "tools/meter-sim/sim.h"

#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/tls.h"
#include "tools/meter-sim/keys.h"
#include "tools/meter-sim/life.h"
#include "tools/meter-sim/memory.h"
#include "tools/meter-sim/plan.h"
#include "tools/meter-sim/player.h"
#include "tools/meter-sim/session.h"

#define TICK_S     0.02
#define FILES_KEPT ((rlim_t)64) /* of the limit, for what is not a session */
#define GRACE_US   INT64_C(5000000)

void *sim_alloc(size_t len)
{
    void *at = calloc(1, len);

    if (at == NULL)
        fatal("no memory for %zu bytes", len);
    return at;
}

/* ---- sockets ---- */

uint32_t sim_sockets_max(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 512;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur > 10000000)
        return 10000000;
    return limit.rlim_cur > FILES_KEPT * 2
               ? (uint32_t)(limit.rlim_cur - FILES_KEPT)
               : (uint32_t)FILES_KEPT;
}

/* The kernel chooses the port at connect, by the whole pair of addresses. */
static int bind_source(struct sim *sim, int fd)
{
    struct sockaddr_in from = sim->source;
    int on = 1;

    from.sin_addr.s_addr =
        htonl(ntohl(from.sin_addr.s_addr) + sim->next_source);
    sim->next_source = (sim->next_source + 1) % (uint32_t)sim->set.sources;
    if (setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) < 0)
        return -1;
    return bind(fd, (const struct sockaddr *)&from, sizeof from);
}

int sim_connect(struct sim *sim)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if ((sim->source.sin_family != 0 && bind_source(sim, fd) < 0) ||
        (connect(fd, (const struct sockaddr *)&sim->peer, sizeof sim->peer) <
             0 &&
         errno != EINPROGRESS)) {
        close(fd);
        return -1;
    }
    return fd;
}

static enum err address_of(const char *text, int64_t port,
                           struct sockaddr_in *out)
{
    *out = (struct sockaddr_in){ .sin_family = AF_INET,
                                 .sin_port = htons((uint16_t)port) };
    if (inet_pton(AF_INET, text, &out->sin_addr) != 1)
        return err_raise(ERR_INVALID, "%s is not an IPv4 address", text);
    return ERR_OK;
}

/* Start sessions while there is room; the bound is for the case that each
 * fails at once. */
static void start_sessions(struct sim *sim)
{
    bool by_round =
        (sim->set.rate > 0 || sim->bench) && !sim->set.once && !sim->draining;
    uint32_t bound = sim->cap;

    while (!sim->stopping && bound-- > 0 && sim->stats.in_flight < sim->cap) {
        uint32_t meter;

        if (sim->set.rate > 0 && sim->credit < 1)
            return;
        meter = schedule_take(&sim->schedule);
        if (meter == SCHEDULE_NOBODY && by_round)
            meter = schedule_round(&sim->schedule);
        if (meter == SCHEDULE_NOBODY)
            return;
        if (plan_silence(sim, meter))
            continue;
        sim->credit -= 1;
        session_begin(sim, meter);
    }
}

/* ---- the loop ---- */

static void on_prepare(struct ev_loop *loop, ev_prepare *prepare, int events)
{
    struct sim *sim = prepare->data;

    (void)loop;
    (void)events;
    start_sessions(sim);
    truth_flush(&sim->truth);
    sessions_send(sim);
    truth_flush(&sim->truth);
}

static void show_progress(struct sim *sim, int64_t now_us)
{
    bool person = isatty(STDERR_FILENO);
    int64_t passed_us = now_us - sim->shown_us;
    const struct stats *s = &sim->stats;

    if (sim->set.quiet || passed_us < (person ? 1000000 : 10000000))
        return;
    fprintf(stderr,
            "%smeter-sim sessions=%" PRIu64 " per_s=%" PRIu64
            " confirmed=%" PRIu64 " closed=%" PRIu64 " failed=%" PRIu64
            " in_flight=%" PRIu32 " commands=%" PRIu64 "%s",
            person ? "\r" : "", s->started,
            (s->started - sim->shown_started) * 1000000 / (uint64_t)passed_us,
            s->confirmed, s->closed, s->failed, s->in_flight, s->commands,
            person ? "\033[K" : "\n");
    sim->shown_us = now_us;
    sim->shown_started = s->started;
}

static bool is_over(const struct sim *sim, int64_t now_us)
{
    int64_t lived_us = now_us - sim->began_us;
    int64_t life_us = sim->set.seconds * 1000000;

    return (life_us > 0 && lived_us >= life_us) ||
           player_is_over(sim->player, now_us) ||
           (sim->set.once && sim->done >= sim->schedule.n_plays);
}

static void on_tick(struct ev_loop *loop, ev_timer *timer, int events)
{
    struct sim *sim = timer->data;
    int64_t now_us = clock_monotonic_us(), passed_us = now_us - sim->ticked_us;
    double most = (double)sim->set.rate / 10 + 1;

    (void)events;
    sim->ticked_us = now_us;
    sim->credit += (double)sim->set.rate * (double)passed_us / 1e6;
    if (sim->credit > most)
        sim->credit = most;
    schedule_tick(&sim->schedule, (now_us - sim->began_us) / 1000);
    player_go_on(sim, now_us);
    life_goes_on(sim, now_us, passed_us);
    show_progress(sim, now_us);
    if (!sim->stopping && is_over(sim, now_us)) {
        sim->stopping = true;
        sim->set.seconds = 0;
        sim->shown_us = now_us;
    }
    if (sim->stopping &&
        (sim->stats.in_flight == 0 || now_us - sim->shown_us > GRACE_US))
        ev_break(loop, EVBREAK_ALL);
}

static void on_signal(struct ev_loop *loop, ev_signal *signal, int events)
{
    struct sim *sim = signal->data;

    (void)events;
    if (sim->stopping)
        ev_break(loop, EVBREAK_ALL);
    sim->stopping = true;
    sim->shown_us = clock_monotonic_us();
}

static void watchers_start(struct sim *sim)
{
    ev_timer_init(&sim->tick, on_tick, TICK_S, TICK_S);
    ev_prepare_init(&sim->prepare, on_prepare);
    ev_signal_init(&sim->on_term, on_signal, SIGTERM);
    ev_signal_init(&sim->on_int, on_signal, SIGINT);
    sim->tick.data = sim->prepare.data = sim;
    sim->on_term.data = sim->on_int.data = sim;
    ev_timer_start(sim->loop, &sim->tick);
    ev_prepare_start(sim->loop, &sim->prepare);
    ev_signal_start(sim->loop, &sim->on_term);
    ev_signal_start(sim->loop, &sim->on_int);
}

static enum err sim_limits(struct sim *sim)
{
    uint32_t room = sim_sockets_max();

    sim->cap = (uint32_t)sim->set.concurrency;
    if (sim->cap > room) {
        log_warnx("concurrency=%" PRIu32 " is more than the limit of open "
                  "files leaves: %" PRIu32,
                  sim->cap, room);
        sim->cap = room;
    }
    if (sim->set.fault_serial[0] == '\0')
        return ERR_OK;
    sim->fault_meter = fleet_find(&sim->fleet, sim->set.fault_serial);
    if (sim->fault_meter == FLEET_NOBODY)
        return err_raise(ERR_NOT_FOUND, "fault_serial=%s is not played",
                         sim->set.fault_serial);
    return ERR_OK;
}

static enum err sim_addresses(struct sim *sim)
{
    const char *from = sim->set.source;
    enum err e = address_of(sim->set.address, sim->set.port, &sim->peer);

    if (from[0] == '\0' && sim->set.sources > 1)
        from = "127.0.0.1";
    if (e == ERR_OK && from[0] != '\0')
        e = address_of(from, 0, &sim->source);
    return e;
}

static enum err sim_tls(struct sim *sim)
{
    const struct tls_files files = { sim->set.tls_certificate, sim->set.tls_key,
                                     sim->set.tls_ca };

    return sim->set.tls ? tls_client(&files, &sim->tls) : ERR_OK;
}

static enum err sim_fleet(struct sim *sim)
{
    return sim->idle ? ERR_OK
                     : fleet_open(&sim->fleet, &sim->set, clock_now_us());
}

enum err sim_open(struct sim *sim)
{
    enum err e;

    sim->loop = ev_default_loop(0);
    sim->arena = arena_new();
    sim->bench = strcmp(sim->set.mode, "bench") == 0;
    sim->idle = strcmp(sim->set.mode, "idle") == 0;
    sim->fleet.fd = sim->truth.fd = -1;
    sim->fault_meter = FLEET_NOBODY;
    if ((e = sim_fleet(sim)) != ERR_OK || (e = player_open(sim)) != ERR_OK ||
        (e = keys_open(&sim->fleet, sim->set.keys, clock_now_us())) != ERR_OK)
        return e;
    sim->chance =
        sim->set.seed != 0 ? (uint64_t)sim->set.seed : (uint64_t)clock_now_us();
    if ((e = sim_addresses(sim)) != ERR_OK || (e = sim_tls(sim)) != ERR_OK ||
        (e = schedule_open(&sim->schedule, sim->fleet.n, sim->fleet.plays,
                           sim->fleet.n_plays)) != ERR_OK ||
        (e = truth_open(&sim->truth, sim->set.truth_file)) != ERR_OK ||
        (e = sim_limits(sim)) != ERR_OK)
        return e;
    sim->began_us = sim->ticked_us = sim->shown_us = clock_monotonic_us();
    plan_all(sim);
    player_begin(sim, sim->began_us);
    watchers_start(sim);
    return ERR_OK;
}

void sim_run(struct sim *sim)
{
    ev_run(sim->loop, 0);
}

void sim_close(struct sim *sim)
{
    truth_close(&sim->truth);
    player_close(sim);
    sessions_free(sim);
    tls_end_free(sim->tls);
    schedule_close(&sim->schedule);
    agenda_close(&sim->agenda);
    memory_close();
    fleet_close(&sim->fleet);
    arena_free(sim->arena);
}
