/*
 * Each line of a client is an order, each order has an answer that ends with
 * a line "ok" or "error: why". A client that does not read its answers is
 * waited for: it is a technician's or a test's own doing.
 */
#include "tools/meter-sim/control.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <ev.h>

#include "lib/base/log.h"
#include "tools/meter-sim/sim.h"

#define LINE_MAX_LEN 512
#define BACKLOG      16

struct client {
    ev_io io;
    struct sim *sim;
    size_t len;
    char line[LINE_MAX_LEN];
};

static ev_io listener;

/* An order: what it was given, and where its answer goes. */
struct order {
    struct sim *sim;
    uint32_t meter; /* of the serial, where the order takes one */
    char *rest;     /* behind the serial, or behind the word */
    FILE *out;
    const char *why; /* it failed */
};

static void order_press(struct order *o)
{
    sim_press(o->sim, o->meter);
}

static void order_call(struct order *o)
{
    sim_call(o->sim, o->meter);
}

static void order_tamper(struct order *o)
{
    struct meter *m = &o->sim->fleet.meters[o->meter];

    m->status |= STATUS_TAMPER;
    m->wants = CAUSE_ALARM;
    sim_call(o->sim, o->meter);
}

static void order_fault(struct order *o)
{
    enum fault f = fault_named(o->rest);

    if (f == FAULT_NONE)
        o->why = "no such fault";
    else
        o->sim->schedule.turns[o->meter].fault = (uint8_t)f;
}

static void show(struct order *o, uint32_t meter)
{
    const struct meter *m = &o->sim->fleet.meters[meter];
    char valve[4] = "-";

    if (m->valve != VALVE_NONE)
        snprintf(valve, sizeof valve, "%d", m->valve);
    fprintf(o->out,
            "%s valve=%s volume=%" PRIu64 " status=%" PRIu32 " pending=%d"
            " battery_mv=%d clock=%d model=%s\n",
            m->serial, valve, m->volume, m->status, m->pending == 1,
            m->battery_mv, m->clock_line, model_at(m->model)->name);
}

static void order_show(struct order *o)
{
    show(o, o->meter);
}

static void order_dump(struct order *o)
{
    for (uint32_t i = 0; i < o->sim->fleet.n_plays; i++)
        show(o, o->sim->fleet.plays[i]);
}

static void set_one(struct order *o, const char *name, const char *text)
{
    struct meter *m = &o->sim->fleet.meters[o->meter];
    char *end;
    uint64_t value = strtoull(text, &end, 10);

    if (end == text || *end != '\0')
        o->why = "not a number";
    else if (strcmp(name, "valve") == 0 && value <= VALVE_FAULTY &&
             m->valve != VALVE_NONE)
        sim_set_valve(o->sim, o->meter, (uint8_t)value, "control");
    else if (strcmp(name, "volume") == 0 && value >= m->volume)
        m->volume = value;
    else if (strcmp(name, "status") == 0 && value <= UINT32_MAX)
        m->status = (uint32_t)value;
    else if (strcmp(name, "battery_mv") == 0 && value <= 10000)
        meter_set_battery(m, (uint16_t)value);
    else if (strcmp(name, "clock") == 0 && value < CLOCK_LINES)
        m->clock_line = (uint8_t)value;
    else
        o->why = "cannot set that";
}

static void order_set(struct order *o)
{
    char *pair;

    while (o->why == NULL && (pair = strsep(&o->rest, " ")) != NULL) {
        char *value = strchr(pair, '=');

        if (value == NULL) {
            o->why = "set SERIAL name=value ...";
            return;
        }
        *value++ = '\0';
        set_one(o, pair, value);
    }
}

static void order_stat(struct order *o)
{
    const struct stats *s = &o->sim->stats;

    fprintf(o->out,
            "meters=%" PRIu32 " started=%" PRIu64 " confirmed=%" PRIu64
            " closed=%" PRIu64 " failed=%" PRIu64 " refused=%" PRIu64
            " mismatched=%" PRIu64 " faults=%" PRIu64 " commands=%" PRIu64
            " presses=%" PRIu64 " leaks=%" PRIu64 " in_flight=%" PRIu32
            " pending=%" PRIu32 " p50_us=%" PRId64 " p99_us=%" PRId64 "\n",
            o->sim->fleet.n_plays, s->started, s->confirmed, s->closed,
            s->failed, s->refused, s->mismatched, s->faults, s->commands,
            s->presses, s->leaks, s->in_flight, sim_pending(o->sim),
            stats_percentile(s, 0.5), stats_percentile(s, 0.99));
}

static void order_drain(struct order *o)
{
    sim_drain(o->sim, true);
}

static void order_resume(struct order *o)
{
    sim_drain(o->sim, false);
}

static void order_call_all(struct order *o)
{
    for (uint32_t i = 0; i < o->sim->fleet.n_plays; i++)
        sim_call(o->sim, o->sim->fleet.plays[i]);
}

static void order_calm(struct order *o)
{
    memset(o->sim->set.fault, 0, sizeof o->sim->set.fault);
}

static void order_help(struct order *o);

/* clang-format off */
static const struct {
    const char *word;
    bool takes_serial;
    void (*run)(struct order *o);
    const char *help;
} orders[] = {
    { "press",  true,  order_press,  "SERIAL: somebody presses its button" },
    { "call",   true,  order_call,   "SERIAL: it calls now" },
    { "callall", false, order_call_all, "every meter calls now" },
    { "tamper", true,  order_tamper, "SERIAL: somebody tampers with it" },
    { "fault",  true,  order_fault,  "SERIAL NAME: its next session goes wrong; drop_early, drop_unheard, drop_late, duplicate, repeat, slow, garbage, clock, tamper, battery, reverse, cover" },
    { "set",    true,  order_set,    "SERIAL name=value ...: valve, volume, status, battery_mv, clock" },
    { "show",   true,  order_show,   "SERIAL: what it knows" },
    { "dump",   false, order_dump,   "what every meter knows" },
    { "stat",   false, order_stat,   "counters of the run" },
    { "drain",  false, order_drain,  "only what is unconfirmed still calls" },
    { "resume", false, order_resume, "ends drain" },
    { "calm",   false, order_calm,   "no more faults by chance" },
    { "help",   false, order_help,   "this" },
};
/* clang-format on */
#define ORDERS (sizeof orders / sizeof *orders)

static void order_help(struct order *o)
{
    for (size_t i = 0; i < ORDERS; i++)
        fprintf(o->out, "%s %s\n", orders[i].word, orders[i].help);
}

static void order_run(struct order *o, char *line)
{
    static char none[] = "";
    const char *word = strsep(&line, " ");
    size_t i = 0;

    while (i < ORDERS && strcmp(orders[i].word, word) != 0)
        i++;
    if (i == ORDERS) {
        o->why = "no such order, send help";
        return;
    }
    if (orders[i].takes_serial) {
        const char *serial = line == NULL ? "" : strsep(&line, " ");

        o->meter = fleet_find(&o->sim->fleet, serial);
        if (o->meter == FLEET_NOBODY ||
            o->sim->schedule.turns[o->meter].place == PLACE_ABSENT) {
            o->why = "no such meter";
            return;
        }
    }
    o->rest = line == NULL ? none : line;
    orders[i].run(o);
}

static void client_end(struct client *c)
{
    ev_io_stop(c->sim->loop, &c->io);
    close(c->io.fd);
    free(c);
}

static bool send_all(int fd, const char *at, size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, at, len, MSG_NOSIGNAL);

        if (n < 0 && errno != EINTR)
            return false;
        if (n > 0) {
            at += n;
            len -= (size_t)n;
        }
    }
    return true;
}

/* False: the client is gone. */
static bool client_order(struct client *c, char *line)
{
    struct order o = { .sim = c->sim };
    char *answer = NULL;
    size_t len = 0;
    bool sent;

    o.out = open_memstream(&answer, &len);
    if (o.out == NULL)
        fatal("no memory for an answer");
    order_run(&o, line);
    if (o.why == NULL)
        fputs("ok\n", o.out);
    else
        fprintf(o.out, "error: %s\n", o.why);
    fclose(o.out);
    sent = send_all(c->io.fd, answer, len);
    free(answer);
    return sent;
}

static void on_client(struct ev_loop *loop, ev_io *io, int events)
{
    struct client *c = io->data;
    ssize_t n = recv(io->fd, c->line + c->len, sizeof c->line - 1 - c->len, 0);
    char *end;

    (void)loop;
    (void)events;
    if (n <= 0) {
        client_end(c);
        return;
    }
    c->len += (size_t)n;
    c->line[c->len] = '\0';
    while ((end = strchr(c->line, '\n')) != NULL) {
        *end = '\0';
        if (!client_order(c, c->line)) {
            client_end(c);
            return;
        }
        c->len -= (size_t)(end + 1 - c->line);
        memmove(c->line, end + 1, c->len + 1);
    }
    if (c->len == sizeof c->line - 1)
        client_end(c);
}

static void on_accept(struct ev_loop *loop, ev_io *io, int events)
{
    int fd = accept(io->fd, NULL, NULL);
    struct client *c;

    (void)events;
    if (fd < 0)
        return;
    c = sim_alloc(sizeof *c);
    c->sim = io->data;
    ev_io_init(&c->io, on_client, fd, EV_READ);
    c->io.data = c;
    ev_io_start(loop, &c->io);
}

enum err control_open(struct sim *sim)
{
    struct sockaddr_un at = { .sun_family = AF_UNIX };
    const char *path = sim->set.control;
    int fd;

    if (path[0] == '\0')
        return ERR_OK;
    if (strlen(path) >= sizeof at.sun_path)
        return err_raise(ERR_INVALID, "control=%s is too long", path);
    memcpy(at.sun_path, path, strlen(path) + 1);
    unlink(path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof at) < 0 ||
        chmod(path, 0600) < 0 || listen(fd, BACKLOG) < 0)
        return err_raise(ERR_IO, "control %s: %s", path, strerror(errno));
    ev_io_init(&listener, on_accept, fd, EV_READ);
    listener.data = sim;
    ev_io_start(sim->loop, &listener);
    return ERR_OK;
}

void control_close(struct sim *sim)
{
    if (sim->set.control[0] == '\0' || !ev_is_active(&listener))
        return;
    ev_io_stop(sim->loop, &listener);
    close(listener.fd);
    unlink(sim->set.control);
}
