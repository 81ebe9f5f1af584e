/*
 * meter-listener: hears meters, and keeps what they say. This process only
 * reads the settings, holds the listening sockets and looks after children;
 * it hears no foreign byte.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "daemon/children.h"
#include "daemon/drivers/goldcard.h"
#include "daemon/duty.h"
#include "lib/base/clock.h"
#include "lib/base/db.h"
#include "lib/base/log.h"
#include "lib/base/seal.h"
#include "lib/base/tls.h"

struct options {
    const char *config;
    bool check_only, verbose;
    char *const *overrides;
    size_t overrides_n;
};

static void usage(FILE *out)
{
    fprintf(out,
            "usage: meter-listener -c file [-n] [-v] [name=value ...]\n"
            "  -c file  settings, a `name = value` a line\n"
            "  -n       check the settings and the database, and exit\n"
            "  -v       debug lines in the log\n"
            "  -h       this text\n"
            "SIGTERM and SIGINT end it when its sessions are through; SIGHUP"
            " makes it read\n"
            "the settings again, and keep the old ones if the new are"
            " wrong.\n\n"
            "Settings (and what holds when they are not set):\n");
    settings_help(out);
}

static void options_read(int argc, char **argv, struct options *o)
{
    int option;

    while ((option = getopt(argc, argv, "c:nvh")) != -1) {
        switch (option) {
        case 'c':
            o->config = optarg;
            break;
        case 'n':
            o->check_only = true;
            break;
        case 'v':
            o->verbose = true;
            break;
        case 'h':
            usage(stdout);
            exit(0);
        default:
            usage(stderr);
            exit(2);
        }
    }
    o->overrides = argv + optind;
    o->overrides_n = (size_t)(argc - optind);
}

/* ---- is it good? ---- */

/* A database that is away is ERR_IO, one that refuses a statement INVALID. */
static enum err database_check(const char *name, const char *conninfo)
{
    struct db *db;
    char why[400];

    if (conninfo[0] == '\0')
        return err_raise(ERR_INVALID, "%s is not set", name);
    if (db_open(conninfo, &db) == ERR_OK) {
        enum err e = db_check(db);

        db_close(db);
        return e == ERR_OK ? ERR_OK : ERR_INVALID;
    }
    snprintf(why, sizeof(why), "%s", err_reason());
    why[strcspn(why, "\n")] = '\0';
    return err_raise(ERR_IO, "%s: %s", name, why);
}

static enum err settings_check(const struct settings *s)
{
    const struct tls_files files = { s->tls_certificate, s->tls_key,
                                     s->tls_client_ca };
    struct ssl_ctx_st *tls = NULL;
    struct seal_key key;
    enum err e;

    if (s->tls_port != 0 && tls_server(&files, &tls) != ERR_OK)
        return ERR_INVALID;
    tls_end_free(tls);
    if (goldcard_crc_use(s->goldcard_crc) != ERR_OK)
        return ERR_INVALID;
    if (s->key_file[0] != '\0' && seal_key_load(s->key_file, &key) != ERR_OK)
        return ERR_INVALID;
    e = database_check("listener_db", s->listener_db);
    if (e == ERR_OK)
        e = database_check("notifier_db", s->notifier_db);
    return e == ERR_OK ? database_check("worker_db", s->worker_db) : e;
}

static enum err settings_read(const struct options *o, struct settings *out)
{
    enum err e = settings_load(DUTY_PARENT, o->config, o->overrides,
                               o->overrides_n, out);

    out->verbose = out->verbose || o->verbose;
    return e;
}

/* ---- running ---- */

static int signals_open(void)
{
    sigset_t set;
    int fd;

    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd < 0)
        fatal("signalfd");
    return fd;
}

/* Children of the old settings have copies of their own. */
static void settings_forget(struct settings *s)
{
    settings_clear(s);
    free(s);
}

static void reload(const struct options *o, const char *program,
                   struct settings **now)
{
    struct settings *fresh = calloc(1, sizeof(*fresh));

    if (fresh == NULL)
        fatal("settings");
    if (settings_read(o, fresh) != ERR_OK || settings_check(fresh) != ERR_OK ||
        sockets_open(fresh) != ERR_OK) {
        log_warnx("reload: %s; the old settings stay", err_reason());
        settings_forget(fresh);
        return;
    }
    log_info("reload: new settings");
    children_start(program, fresh);
    settings_forget(*now);
    *now = fresh;
}

/* Until it is told to stop. */
static void run(const struct options *o, const char *program,
                struct settings **s, int signals)
{
    for (;;) {
        struct signalfd_siginfo got;

        if (children_poll(signals, children_next_restart_ms()) < 0 &&
            errno != EINTR)
            fatal("poll");
        while (read(signals, &got, sizeof(got)) == sizeof(got)) {
            if (got.ssi_signo == SIGTERM || got.ssi_signo == SIGINT)
                return;
            if (got.ssi_signo == SIGHUP)
                reload(o, program, s);
            else
                children_reap();
        }
        children_listen();
    }
}

/* A database that is away now may be there later; wrong settings never. */
static void check_or_exit(const struct options *o, const struct settings *s)
{
    enum err e = settings_check(s);

    if (e == ERR_OK || (e == ERR_IO && !o->check_only)) {
        if (e != ERR_OK)
            log_err(e, "started without its database");
        return;
    }
    log_err(e, "settings");
    exit(1);
}

int main(int argc, char **argv)
{
    struct options o = { 0 };
    struct settings *s = calloc(1, sizeof(*s));
    char program[PATH_MAX];
    int signals;
    enum err e;

    if (argc == 3 && strcmp(argv[1], "--duty") == 0)
        duty_main(argv[2]);
    if (s == NULL)
        fatal("settings");
    log_init("meter-listener", false);
    options_read(argc, argv, &o);
    if ((e = settings_read(&o, s)) != ERR_OK) {
        log_err(e, "settings");
        return 1;
    }
    log_init("meter-listener", s->verbose);
    check_or_exit(&o, s);
    if (o.check_only) {
        log_info("the settings are good");
        settings_forget(s);
        return 0;
    }
    if (realpath("/proc/self/exe", program) == NULL)
        fatal("own path");
    if ((e = sockets_open(s)) != ERR_OK) {
        log_err(e, "settings");
        return 1;
    }
    signals = signals_open();
    log_info("listening address=%s port=%lld", s->listen_address,
             (long long)s->listen_port);
    children_start(program, s);
    run(&o, program, &s, signals);
    log_info("stopping");
    children_stop(s->grace_ms);
    settings_forget(s);
    return 0;
}
