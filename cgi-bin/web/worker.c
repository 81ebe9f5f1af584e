/* A worker: one request after another until it is told to stop. */
#include "cgi-bin/web/inner.h"

#include <signal.h>
#include <string.h>

#include "lib/base/log.h"

static volatile sig_atomic_t stopping;

static void stop(int sig)
{
    (void)sig;
    stopping = 1;
}

/*
 * The signal to stop is let through only while waiting for a request, so that
 * none is torn; without SA_RESTART it ends the waiting. One that comes just
 * before the wait begins is made up for by the parent, who repeats it.
 */
static void signals_take(sigset_t *term)
{
    struct sigaction on_term = { .sa_handler = stop };
    struct sigaction as_ever = { .sa_handler = SIG_DFL };
    struct sigaction never = { .sa_handler = SIG_IGN };

    sigemptyset(term);
    sigaddset(term, SIGTERM);
    sigprocmask(SIG_BLOCK, term, NULL);
    sigaction(SIGTERM, &on_term, NULL);
    sigaction(SIGCHLD, &as_ever, NULL);
    sigaction(SIGHUP, &never, NULL);
    sigaction(SIGINT, &never, NULL); /* the parent has it and says SIGTERM */
    sigaction(SIGPIPE, &never, NULL);
}

static void serve_one(const struct program *p, struct arena *arena,
                      const char *conninfo)
{
    struct inner in = { .program = p };
    struct req r = { .arena = arena, .inner = &in };

    r.view = view_new();
    request_serve(&r, conninfo);
    wire_finish(in.cut);
    view_free(r.view);
    arena_reset(arena);
}

void worker_run(const struct program *p, int listen_fd, const char *conninfo)
{
    struct arena *arena = arena_new();
    sigset_t term;

    wire_attach(listen_fd);
    signals_take(&term);
    while (!stopping) {
        bool got;

        sigprocmask(SIG_UNBLOCK, &term, NULL);
        got = !stopping && wire_accept();
        sigprocmask(SIG_BLOCK, &term, NULL);
        if (got)
            serve_one(p, arena, conninfo);
    }
    arena_free(arena);
    router_stop();
}
