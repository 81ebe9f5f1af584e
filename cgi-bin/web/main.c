/*
 * main() of every web program: options, templates, then a parent that keeps
 * its workers: one that dies is replaced, SIGHUP replaces all of them with
 * freshly read templates, SIGTERM lets them finish what they are at.
 */
#include "cgi-bin/web/inner.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/password.h"

#define WORKERS_MAX 256
/* One that died sooner than this after its start waits for its turn. */
#define TOO_SOON_US  1000000
#define PATIENCE_US  10000000
#define TICK_MS      200
#define WORKERS_CORE 4

struct settings {
    const char *socket, *conninfo, *templates, *key_file, *countries;
    long workers;
    bool verbose, check_only;
};

struct worker {
    pid_t pid;
    bool retiring; /* has been told to stop */
    int64_t born_us;
};

static volatile sig_atomic_t stopping, reloading;
/* While old workers finish, their successors already serve. */
#define SLOTS ((size_t)WORKERS_MAX * 2)
static struct worker workers[SLOTS];

static void on_signal(int sig)
{
    if (sig == SIGHUP)
        reloading = 1;
    else if (sig != SIGCHLD)
        stopping = 1;
}

static void signals_take(void)
{
    static const int taken[] = { SIGTERM, SIGINT, SIGHUP, SIGCHLD };
    struct sigaction act = { .sa_handler = on_signal };

    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
        sigaction(taken[i], &act, NULL);
}

static long number(const char *text, long max)
{
    char *end;
    long n = strtol(text, &end, 10);

    return *end == '\0' && end != text && n >= 1 && n <= max ? n : -1;
}

static bool options_read(int argc, char **argv, struct settings *s)
{
    int c;

    s->workers = sysconf(_SC_NPROCESSORS_ONLN) * WORKERS_CORE;
    if (s->workers < 1 || s->workers > WORKERS_MAX)
        s->workers = WORKERS_CORE;
    /* One thread, before any other. NOLINTNEXTLINE(concurrency-mt-unsafe) */
    while ((c = getopt(argc, argv, "s:n:d:t:k:g:cv")) != -1) {
        switch (c) {
        case 's':
            s->socket = optarg;
            break;
        case 'n':
            s->workers = number(optarg, WORKERS_MAX);
            break;
        case 'd':
            s->conninfo = optarg;
            break;
        case 't':
            s->templates = optarg;
            break;
        case 'k':
            s->key_file = optarg;
            break;
        case 'g':
            s->countries = optarg;
            break;
        case 'c':
            s->check_only = true;
            break;
        case 'v':
            s->verbose = true;
            break;
        default:
            return false;
        }
    }
    return s->conninfo != NULL && s->templates != NULL && s->workers > 0 &&
           (s->socket != NULL || s->check_only) && optind == argc;
}

static int usage(const char *name)
{
    static const char text[] =
        " -s SOCKET -d CONNINFO -t TEMPLATES [-n WORKERS] [-k KEYFILE]"
        " [-g COUNTRIES] [-v] [-c]\n"
        "  -s  unix socket the web server connects to\n"
        "  -d  the database, as libpq takes it\n"
        "  -t  folder of the templates\n"
        "  -n  workers, four for each core unless given\n"
        "  -k  unseals what this program shows of secrets\n"
        "  -g  countries of addresses, a .mmdb file\n"
        "  -v  say more\n"
        "  -c  check templates and statements, and exit\n";
    struct buf out = { 0 };
    bool told;

    buf_puts(&out, "usage: ");
    buf_puts(&out, name);
    buf_puts(&out, text);
    told = write(STDERR_FILENO, out.at, out.len) == (ssize_t)out.len;
    buf_free(&out);
    return told ? 2 : 3;
}

/* A typo in a statement stops the start; a database that is away does not. */
static void statements_check(const struct settings *s)
{
    struct db *db;

    if (db_open(s->conninfo, &db) != ERR_OK) {
        if (s->check_only)
            fatal("%s", err_reason());
        log_warnx("starting without the database: %s", err_reason());
        return;
    }
    errno = 0;
    if (db_check(db) != ERR_OK && db_alive(db))
        fatal("%s", err_reason());
    db_close(db);
}

/* ---- workers ---- */

static pid_t worker_start(const struct program *p, const struct settings *s,
                          int fd)
{
    pid_t pid = fork();

    if (pid < 0)
        log_warn("fork");
    if (pid != 0)
        return pid;
    worker_run(p, fd, s->conninfo);
    exit(0); /* NOLINT(concurrency-mt-unsafe): the only thread */
}

static long workers_serving(void)
{
    long n = 0;

    for (size_t i = 0; i < SLOTS; i++)
        n += workers[i].pid > 0 && !workers[i].retiring;
    return n;
}

static void workers_fill(const struct program *p, const struct settings *s,
                         int fd)
{
    long missing = s->workers - workers_serving();
    int64_t now = clock_monotonic_us();

    for (size_t i = 0; i < SLOTS && missing > 0; i++) {
        struct worker *w = &workers[i];

        if (w->pid > 0 ||
            (w->born_us != 0 && !w->retiring && now - w->born_us < TOO_SOON_US))
            continue;
        w->pid = worker_start(p, s, fd);
        w->born_us = now;
        w->retiring = false;
        missing--;
    }
}

static void workers_reap(void)
{
    int status;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < SLOTS; i++) {
            if (workers[i].pid != pid)
                continue;
            workers[i].pid = 0;
            if (WIFSIGNALED(status))
                log_warnx("worker died pid=%ld signal=%d", (long)pid,
                          WTERMSIG(status));
        }
    }
}

/* Said again at every turn: a worker may have missed it on its way to wait. */
static long workers_tell(int sig)
{
    long left = 0;

    for (size_t i = 0; i < SLOTS; i++) {
        if (workers[i].pid > 0 && workers[i].retiring) {
            kill(workers[i].pid, sig);
            left++;
        }
    }
    return left;
}

static void workers_retire(void)
{
    for (size_t i = 0; i < SLOTS; i++)
        workers[i].retiring = workers[i].pid > 0;
}

/* ---- the parent ---- */

/* Tried in a child first: templates that do not parse change nothing. */
static bool templates_are_good(const struct program *p,
                               const struct settings *s)
{
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        view_stop();
        if (view_start(s->templates, p->templates) == ERR_OK)
            _exit(0);
        log_err(ERR_IO, "templates");
        _exit(1);
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void reload(const struct program *p, const struct settings *s)
{
    reloading = 0;
    if (workers_tell(0) > 0) {
        reloading = 1; /* the last generation is still leaving */
        return;
    }
    if (!templates_are_good(p, s)) {
        log_warnx("reload: the old templates stay");
        return;
    }
    view_stop();
    if (view_start(s->templates, p->templates) != ERR_OK)
        fatal("templates: %s", err_reason());
    workers_retire();
    log_info("reloaded");
}

static void tick(void)
{
    static const struct timespec pause = { 0, TICK_MS * 1000000L };

    nanosleep(&pause, NULL); /* any signal ends it early */
}

static void supervise(const struct program *p, const struct settings *s, int fd)
{
    while (!stopping) {
        workers_reap();
        if (reloading)
            reload(p, s);
        workers_fill(p, s, fd);
        workers_tell(SIGTERM);
        tick();
    }
}

static void shut_down(void)
{
    int64_t until = clock_monotonic_us() + PATIENCE_US;

    workers_retire();
    while (workers_tell(clock_monotonic_us() < until ? SIGTERM : SIGKILL) > 0) {
        tick();
        workers_reap();
    }
}

int web_main(int argc, char **argv, const struct program *program)
{
    struct settings s = { 0 };
    enum err e;
    int fd;

    if (!options_read(argc, argv, &s))
        return usage(program->name);
    log_init(program->name, s.verbose);
    errno = 0;
    if (view_start(s.templates, program->templates) != ERR_OK)
        fatal("templates: %s", err_reason());
    if (s.countries != NULL)
        countries_load(s.countries);
    if (s.key_file != NULL && seals_load(s.key_file) != ERR_OK)
        fatal("%s", err_reason());
    statements_check(&s);
    if (s.check_only)
        return 0;
    if (password_gate_make() != ERR_OK)
        fatal("%s", err_reason());
    e = wire_listen(s.socket, &fd);
    errno = 0;
    if (e != ERR_OK)
        fatal("%s", err_reason());
    signals_take();
    log_info("ready socket=%s workers=%ld", s.socket, s.workers);
    supervise(program, &s, fd);
    shut_down();
    unlink(s.socket);
    view_stop();
    log_info("stopped");
    return 0;
}
