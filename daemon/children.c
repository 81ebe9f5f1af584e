/* Forks, executes, watches, restarts and retires the children. */
#define _GNU_SOURCE /* memfd_create */
#include "daemon/children.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/counters.h"
#include "daemon/duty.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#define POSTS_MAX    260  /* 256 listeners, a notifier, a worker, a watcher */
#define CHILDREN_MAX 800  /* three generations of them */
#define SETTLED_MS   5000 /* who lived so long did not die at once */
#define PAUSE_FIRST  100
#define PAUSE_MAX    5000
#define LOOK_MS      5000 /* the longest between two looks at the processes */
#define NEVER        INT64_MAX

/* The listening sockets of one listener. */
struct doors {
    int plain, tls; /* -1: none */
};

/* A place that one living child must fill. */
struct post {
    enum duty duty;
    struct doors doors; /* none but for listeners */
    int64_t pause_ms;
    int64_t restart_at_ms; /* NEVER: somebody is there */
    int64_t restarts;
};

struct child {
    pid_t pid; /* 0: free place */
    size_t post;
    int generation;
    int lifeline;
    int64_t started_ms;
    bool leaving; /* told to finish */
};

static struct {
    const char *program;
    const struct settings *set;
    struct post posts[POSTS_MAX];
    size_t posts_n;
    struct child children[CHILDREN_MAX];
    int generation;
    int counters;    /* the memory of daemon/counters.h; 0: not made yet */
    char bound[300]; /* address, port and queue the sockets were made for */
} house;

static int64_t now_ms(void)
{
    return clock_monotonic_us() / 1000;
}

/* ---- listening sockets ---- */

/*
 * Accepted connections inherit the linger of zero: if their process is killed
 * the meter sees a reset and not an orderly end, which would tell it that an
 * unconfirmed push is stored.
 */
static enum err socket_bind(const struct addrinfo *ai, int backlog, int *out)
{
    const struct linger reset = { .l_onoff = 1, .l_linger = 0 };
    int on = 1, off = 0;
    int fd =
        socket(ai->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return err_raise(ERR_IO, "socket: %s", strerror(errno));
    if (ai->ai_family == AF_INET6)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof(on)) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset)) != 0 ||
        bind(fd, ai->ai_addr, ai->ai_addrlen) != 0 ||
        listen(fd, backlog) != 0) {
        int error = errno;

        close(fd);
        return err_raise(ERR_IO, "listening: %s", strerror(error));
    }
    *out = fd;
    return ERR_OK;
}

static enum err socket_new(const struct settings *s, int64_t number, int *out)
{
    struct addrinfo hints = { .ai_flags =
                                  AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV,
                              .ai_socktype = SOCK_STREAM };
    struct addrinfo *ai;
    char port[24];
    enum err e;
    int bad;

    snprintf(port, sizeof(port), "%" PRId64, number);
    bad = getaddrinfo(s->listen_address, port, &hints, &ai);
    if (bad != 0)
        return err_raise(ERR_INVALID, "listen_address %s: %s",
                         s->listen_address, gai_strerror(bad));
    e = socket_bind(ai, (int)s->backlog, out);
    freeaddrinfo(ai);
    return e;
}

static void doors_close(const struct doors *d, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (d[i].plain >= 0)
            close(d[i].plain);
        if (d[i].tls >= 0)
            close(d[i].tls);
    }
}

static enum err doors_open(const struct settings *s, struct doors *out)
{
    enum err e;

    *out = (struct doors){ -1, -1 };
    e = socket_new(s, s->listen_port, &out->plain);
    if (e == ERR_OK && s->tls_port != 0)
        e = socket_new(s, s->tls_port, &out->tls);
    if (e != ERR_OK)
        doors_close(out, 0, 1);
    return e;
}

static size_t listeners_wanted(const struct settings *s)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    if (s->listeners > 0)
        return (size_t)s->listeners;
    return cores > 0 && cores < 256 ? (size_t)cores : 1;
}

static void bound_text(const struct settings *s, char *out, size_t size)
{
    snprintf(out, size, "%s %" PRId64 " %" PRId64 " %" PRId64,
             s->listen_address, s->listen_port, s->tls_port, s->backlog);
}

/* Posts are: the listeners, then the notifier, the worker, the watcher. */
static void posts_set(const struct doors *doors, size_t n)
{
    for (size_t i = 0; i < n + 3; i++) {
        struct post *p = &house.posts[i];

        *p = (struct post){ .doors = { -1, -1 }, .restart_at_ms = NEVER };
        p->duty = i < n        ? DUTY_LISTENER
                  : i == n     ? DUTY_NOTIFIER
                  : i == n + 1 ? DUTY_WORKER
                               : DUTY_WATCHER;
        if (i < n)
            p->doors = doors[i];
    }
    house.posts_n = n + 3;
}

enum err sockets_open(const struct settings *s)
{
    size_t n = listeners_wanted(s), have = 0, kept;
    struct doors doors[256] = { 0 }, old[256] = { 0 };
    char bound[300];
    enum err e = ERR_OK;

    bound_text(s, bound, sizeof(bound));
    for (size_t i = 0; i < house.posts_n; i++) {
        if (house.posts[i].duty == DUTY_LISTENER)
            old[have++] = house.posts[i].doors;
    }
    kept = strcmp(bound, house.bound) != 0 ? 0 : have < n ? have : n;
    for (size_t i = 0; i < n && e == ERR_OK; i++) {
        if (i < kept)
            doors[i] = old[i];
        else if ((e = doors_open(s, &doors[i])) != ERR_OK)
            doors_close(doors, kept, i);
    }
    if (e != ERR_OK)
        return e;
    doors_close(old, kept, have);
    posts_set(doors, n);
    snprintf(house.bound, sizeof(house.bound), "%s", bound);
    return ERR_OK;
}

/* ---- birth ---- */

/* The settings of a duty as a file nobody else can open. */
static int settings_file(enum duty duty)
{
    int fd = memfd_create("settings", MFD_CLOEXEC);
    FILE *out = fd >= 0 ? fdopen(dup(fd), "w") : NULL;

    if (out == NULL)
        fatal("settings of a child");
    settings_write(duty, house.set, out);
    if (fflush(out) != 0)
        fatal("settings of a child");
    fclose(out);
    return fd;
}

static int high_copy(int fd)
{
    return fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 10) : -1;
}

/* In the child: what it gets, at the places it expects. */
static _Noreturn void become_duty(const struct post *p, int lifeline,
                                  int settings)
{
    char name[] = "meter-listener", flag[] = "--duty", duty[16];
    char *const argv[] = { name, flag, duty, NULL };
    sigset_t none;
    int high[5] = { fcntl(lifeline, F_DUPFD_CLOEXEC, 10),
                    fcntl(settings, F_DUPFD_CLOEXEC, 10),
                    high_copy(p->doors.plain),
                    fcntl(house.counters, F_DUPFD_CLOEXEC, 10),
                    high_copy(p->doors.tls) };

    snprintf(duty, sizeof(duty), "%s", duty_name(p->duty));
    dup2(high[0], FD_LIFELINE);
    dup2(high[1], FD_SETTINGS);
    if (high[2] >= 0)
        dup2(high[2], FD_LISTEN);
    dup2(high[3], FD_COUNTERS);
    if (high[4] >= 0)
        dup2(high[4], FD_TLS);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execv(house.program, argv);
    _exit(127);
}

static struct child *child_place(void)
{
    for (size_t i = 0; i < CHILDREN_MAX; i++) {
        if (house.children[i].pid == 0)
            return &house.children[i];
    }
    return NULL;
}

static void child_start(size_t post)
{
    struct post *p = &house.posts[post];
    struct child *c = child_place();
    int pair[2], settings;
    pid_t pid;

    p->restart_at_ms = NEVER;
    if (c == NULL ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0,
                   pair) != 0) {
        log_warnx("no room for another %s", duty_name(p->duty));
        p->restart_at_ms = now_ms() + PAUSE_MAX;
        return;
    }
    settings = settings_file(p->duty);
    pid = fork();
    if (pid == 0)
        become_duty(p, pair[1], settings);
    close(pair[1]);
    close(settings);
    if (pid < 0) {
        log_warn("fork");
        close(pair[0]);
        p->restart_at_ms = now_ms() + PAUSE_MAX;
        return;
    }
    *c = (struct child){ .pid = pid,
                         .post = post,
                         .generation = house.generation,
                         .lifeline = pair[0],
                         .started_ms = now_ms() };
    counters_born((size_t)(c - house.children), p->duty, pid, p->restarts);
    log_debug("started %s pid=%ld", duty_name(p->duty), (long)pid);
}

void children_start(const char *program, const struct settings *s)
{
    house.program = program;
    house.set = s;
    house.generation++;
    if (house.counters == 0)
        house.counters = counters_make();
    counters_look(s->disk_folder);
    for (size_t i = 0; i < house.posts_n; i++)
        child_start(i);
    /* Posts that are no more have nobody to wait for. */
    for (size_t i = 0; i < CHILDREN_MAX; i++) {
        struct child *c = &house.children[i];

        if (c->pid != 0 && !c->leaving && c->post >= house.posts_n) {
            c->leaving = true;
            kill(c->pid, SIGTERM);
        }
    }
}

/* ---- watching ---- */

/* The child at its post is ready: those before it may finish. */
static void succeeded(const struct child *heir)
{
    log_info("%s ready pid=%ld", duty_name(house.posts[heir->post].duty),
             (long)heir->pid);
    for (size_t i = 0; i < CHILDREN_MAX; i++) {
        struct child *c = &house.children[i];

        if (c->pid != 0 && c->post == heir->post &&
            c->generation < heir->generation && !c->leaving) {
            c->leaving = true;
            kill(c->pid, SIGTERM);
        }
    }
}

static void restart_due(void)
{
    int64_t now = now_ms();

    for (size_t i = 0; i < house.posts_n; i++) {
        if (house.posts[i].restart_at_ms <= now)
            child_start(i);
    }
}

void children_listen(void)
{
    for (size_t i = 0; i < CHILDREN_MAX; i++) {
        struct child *c = &house.children[i];
        char word;

        if (c->pid != 0 && recv(c->lifeline, &word, 1, 0) == 1)
            succeeded(c);
    }
    restart_due();
    counters_look(house.set->disk_folder);
}

int children_poll(int signals, int64_t until_ms)
{
    struct pollfd p[CHILDREN_MAX + 1];
    nfds_t n = 0;
    int64_t ms = until_ms - now_ms();

    p[n++] = (struct pollfd){ .fd = signals, .events = POLLIN };
    for (size_t i = 0; i < CHILDREN_MAX; i++) {
        const struct child *c = &house.children[i];

        /* A closed lifeline is the business of SIGCHLD. */
        if (c->pid != 0)
            p[n++] = (struct pollfd){ .fd = c->lifeline, .events = POLLIN };
    }
    if (ms < 0)
        ms = 0;
    return poll(p, n, ms > LOOK_MS ? LOOK_MS : (int)ms);
}

int64_t children_next_restart_ms(void)
{
    int64_t next = NEVER;

    for (size_t i = 0; i < house.posts_n; i++) {
        if (house.posts[i].restart_at_ms < next)
            next = house.posts[i].restart_at_ms;
    }
    return next;
}

/* Whoever dies at once waits longer and longer before it is tried again. */
static void replace(const struct child *c)
{
    struct post *p = &house.posts[c->post];

    if (now_ms() - c->started_ms >= SETTLED_MS)
        p->pause_ms = 0;
    p->restart_at_ms = now_ms() + p->pause_ms;
    p->restarts++;
    p->pause_ms = p->pause_ms == 0 ? PAUSE_FIRST : p->pause_ms * 2;
    if (p->pause_ms > PAUSE_MAX)
        p->pause_ms = PAUSE_MAX;
}

static void died(struct child *c, int status)
{
    const char *name = c->post < house.posts_n
                           ? duty_name(house.posts[c->post].duty)
                           : "child";

    if (WIFSIGNALED(status))
        log_warnx("%s pid=%ld killed by signal %d", name, (long)c->pid,
                  WTERMSIG(status));
    else if (WEXITSTATUS(status) != 0)
        log_warnx("%s pid=%ld ended with %d", name, (long)c->pid,
                  WEXITSTATUS(status));
    else
        log_debug("%s pid=%ld ended", name, (long)c->pid);
    close(c->lifeline);
    if (!c->leaving && c->generation == house.generation &&
        c->post < house.posts_n)
        replace(c);
    counters_died((size_t)(c - house.children));
    c->pid = 0;
}

void children_reap(void)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < CHILDREN_MAX; i++) {
            if (house.children[i].pid == pid)
                died(&house.children[i], status);
        }
    }
}

/* ---- the end ---- */

static size_t signal_all(int signal)
{
    size_t n = 0;

    for (size_t i = 0; i < CHILDREN_MAX; i++) {
        struct child *c = &house.children[i];

        if (c->pid == 0)
            continue;
        c->leaving = true;
        kill(c->pid, signal);
        n++;
    }
    return n;
}

static size_t alive(void)
{
    size_t n = 0;

    for (size_t i = 0; i < CHILDREN_MAX; i++)
        n += house.children[i].pid != 0;
    return n;
}

void children_stop(int64_t grace_ms)
{
    int64_t until = now_ms() + grace_ms + 2000;

    /* New connections are refused from now on. */
    for (size_t i = 0; i < house.posts_n; i++) {
        doors_close(&house.posts[i].doors, 0, 1);
    }
    signal_all(SIGTERM);
    while (alive() > 0 && now_ms() < until) {
        poll(NULL, 0, 20);
        children_reap();
    }
    if (alive() > 0)
        log_warnx("killed after the grace time: %zu", signal_all(SIGKILL));
    while (alive() > 0) {
        poll(NULL, 0, 20);
        children_reap();
    }
}
