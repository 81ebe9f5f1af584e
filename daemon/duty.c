/* How a child begins, and how it knows that it is over. */
#include "daemon/duty.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "daemon/counters.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

static void duty_settings(enum duty duty, struct settings *s)
{
    char path[32];
    enum err e;

    snprintf(path, sizeof(path), "/proc/self/fd/%d", FD_SETTINGS);
    e = settings_load(duty, path, NULL, 0, s);
    close(FD_SETTINGS);
    if (e != ERR_OK) {
        log_err(e, "settings");
        exit(1);
    }
}

void duty_ready(void)
{
    /* A change of user clears it, so it is asked for last. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (write(FD_LIFELINE, "R", 1) != 1)
        log_warnx("the parent is gone");
}

/* SIGTERM and SIGINT as something that can be polled. */
static int signals_open(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool duty_sleep(int64_t ms)
{
    static int signals = -1;
    int64_t until = clock_monotonic_us() / 1000 + ms;
    struct pollfd p[2];
    int n;

    if (signals < 0 && (signals = signals_open()) < 0)
        fatal("signalfd");
    p[0] = (struct pollfd){ .fd = FD_LIFELINE, .events = POLLIN };
    p[1] = (struct pollfd){ .fd = signals, .events = POLLIN };
    do {
        int64_t left = until - clock_monotonic_us() / 1000;

        if (left < 0)
            left = 0;
        n = poll(p, 2, left > 60000 ? 60000 : (int)left);
        if (n > 0)
            return false;
    } while (clock_monotonic_us() / 1000 < until);
    return true;
}

_Noreturn void duty_main(const char *name)
{
    static struct settings s;
    enum duty duty;
    enum err e = duty_of_name(name, &duty);

    log_init(name, false);
    if (e != ERR_OK) {
        log_err(e, "duty");
        exit(2);
    }
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGHUP, SIG_IGN); /* the parent's: it may come to all of a group */
    duty_settings(duty, &s);
    counters_attach();
    log_init(duty_name(duty), s.verbose);
    switch (duty) {
    case DUTY_LISTENER:
        listener_main(&s);
        break;
    case DUTY_NOTIFIER:
        notifier_main(&s);
        break;
    case DUTY_WORKER:
        worker_main(&s);
        break;
    case DUTY_WATCHER:
        watcher_main(&s);
        break;
    case DUTY_PARENT:
        break;
    }
    exit(0);
}
