/*
 * The whole simulation: one event loop, the meters, and their sessions.
 *
 * A turn of the loop: sockets and timers say what happened; then, just before
 * sleeping, those whose turn it is connect, the truth file is written, and
 * only then does anything leave.
 */
#ifndef LAZUR_TOOLS_METER_SIM_SIM_H
#define LAZUR_TOOLS_METER_SIM_SIM_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include <ev.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "tools/meter-sim/agenda.h"
#include "tools/meter-sim/fleet.h"
#include "tools/meter-sim/schedule.h"
#include "tools/meter-sim/settings.h"
#include "tools/meter-sim/stats.h"
#include "tools/meter-sim/truth.h"

struct session;
struct player;

struct sim {
    struct settings set;
    struct ev_loop *loop;
    struct fleet fleet;
    struct schedule schedule;
    struct agenda agenda;
    struct truth truth;
    struct stats stats;
    struct arena *arena;   /* of one event */
    struct player *player; /* NULL: no scenario */

    bool bench;
    bool idle;     /* no meters, only connections */
    bool draining; /* only what is unconfirmed still calls */
    bool stopping; /* nothing new starts */
    uint32_t cap;  /* sessions at once */
    uint32_t done; /* with once */
    uint32_t next_source;
    uint32_t fault_meter; /* the only one with faults, or FLEET_NOBODY */
    double credit;        /* sessions that rate allows now */
    uint64_t chance;
    int64_t began_us; /* monotonic */
    int64_t ticked_us;
    int64_t shown_us;
    uint64_t shown_started;

    struct sockaddr_in peer;
    struct sockaddr_in source;

    struct ssl_ctx_st *tls; /* NULL: plain */

    struct session *spare;   /* to be used again */
    struct session *sending; /* have bytes to send at the end of this turn */

    ev_timer tick;
    ev_prepare prepare;
    ev_signal on_term, on_int;
};

/* Sets up everything but the control socket. */
enum err sim_open(struct sim *sim) MUST_CHECK;
void sim_run(struct sim *sim);
void sim_close(struct sim *sim);

/* What people and technicians do; the truth file hears of it first. */
void sim_press(struct sim *sim, uint32_t meter);
void sim_call(struct sim *sim, uint32_t meter);
void sim_call_later(struct sim *sim, uint32_t meter); /* behind the others */
void sim_set_valve(struct sim *sim, uint32_t meter, uint8_t valve,
                   const char *why);
unsigned sim_act(struct sim *sim, uint32_t meter, bool is_open);

/* From now on only unconfirmed telegrams are sent; and back. */
void sim_drain(struct sim *sim, bool on);

/* The session of this meter is over. */
void sim_session_over(struct sim *sim, uint32_t meter, bool delivered);

/* Meters with a telegram that was never confirmed. */
uint32_t sim_pending(const struct sim *sim);

/* Zeroed memory, never NULL. */
void *sim_alloc(size_t len);

/* The limit of open files, raised as far as it goes; room for others kept. */
uint32_t sim_sockets_max(void);

/* A nonblocking socket on its way to the listener; -1 with errno. */
int sim_connect(struct sim *sim);

#endif
