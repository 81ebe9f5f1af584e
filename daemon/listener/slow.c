/* Takes turns between the kinds of rare questions. */
#include "daemon/listener/slow.h"

#include "lib/base/log.h"

#define JOBS_MAX 8

static struct {
    struct link link;
    const struct slow_job *jobs[JOBS_MAX];
    size_t n, next;
    const struct slow_job *running;
} slow;

void slow_add(const struct slow_job *job)
{
    if (slow.n == JOBS_MAX)
        fatal("more than %d jobs", JOBS_MAX);
    slow.jobs[slow.n++] = job;
}

static void finished(struct link *l, enum err e, bool lost)
{
    const struct slow_job *job = slow.running;

    slow.running = NULL;
    if (!lost && e != ERR_OK && e != ERR_CONFLICT)
        link_rest(l); /* whoever wants it again must not spin */
    job->done(l, e, lost);
}

void slow_init(const char *conninfo)
{
    link_init(&slow.link, "database (second)", conninfo, finished);
}

static const struct slow_job *choose(void)
{
    for (size_t i = 0; i < slow.n; i++) {
        const struct slow_job *job = slow.jobs[(slow.next + i) % slow.n];

        if (job->wanted()) {
            slow.next = (slow.next + i + 1) % slow.n;
            return job;
        }
    }
    return NULL;
}

void slow_pump(void)
{
    const struct slow_job *job;

    if (slow.running != NULL || (job = choose()) == NULL ||
        !link_ready(&slow.link))
        return;
    slow.running = job;
    link_begin(&slow.link);
    job->ask(&slow.link);
    link_commit(&slow.link);
}
