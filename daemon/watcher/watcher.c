/*
 * Writes what the processes of this host have counted into «Статистика», a
 * sample each period, and thins the old ones. A process of its own: a long
 * document of the worker leaves no hole in the chart.
 */
#include "daemon/duty.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "daemon/counters.h"
#include "daemon/watcher/watcher.h"
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/base/db.h"
#include "lib/base/log.h"

#define THIN_MS   3600000 /* old samples are looked for this often */
#define HOST_NAME 256

struct look {
    struct counters at;
    int64_t us; /* monotonic */
};

static void look_take(struct look *l)
{
    memcpy(&l->at, counters_now(), sizeof(l->at));
    l->us = clock_monotonic_us();
}

/* ---- the sample as parameters ---- */

static const char *number(struct arena *a, int64_t n)
{
    return arena_printf(a, "%" PRId64, n);
}

/* Thousandths of one a second. */
static const char *rate(struct arena *a, int64_t now, int64_t before,
                        int64_t us)
{
    int64_t n = now - before;

    return number(a, n > 0 && us > 0 ? n * INT64_C(1000000000) / us : 0);
}

static const char *share_text(struct arena *a, const int64_t *n, int permille)
{
    int64_t us = commit_share_us(n, permille);

    return us < 0 ? NULL : number(a, us);
}

static const char *counters_text(struct arena *a, const struct counters *c)
{
    struct buf out = { 0 };
    const char *text;

    buf_puts(&out, arena_printf(
                       a, "{%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64,
                       c->connections, c->refused, c->sessions, c->commit_us));
    for (size_t i = 0; i < COUNTERS_BUCKETS; i++)
        buf_puts(&out, arena_printf(a, ",%" PRId64, c->commits[i]));
    buf_puts(&out, arena_printf(a, ",%" PRId64 ",%" PRId64 "}", c->shut_ms,
                                c->turned_away));
    text = arena_strndup(a, out.at, out.len);
    buf_free(&out);
    return text;
}

static const char *processes_text(struct arena *a, const struct counters *c,
                                  int64_t *open)
{
    struct buf out = { 0 };
    const char *text;

    buf_puts(&out, "[");
    for (size_t i = 0; i < COUNTERS_PLACES; i++) {
        const struct counters_process *p = &c->processes[i];

        if (p->pid == 0)
            continue;
        *open += p->open;
        buf_puts(
            &out,
            arena_printf(a,
                         "%s{\"duty\":\"%s\",\"pid\":%ld,\"state\":\"%c\","
                         "\"started_us\":%" PRId64 ",\"memory_bytes\":%" PRId64
                         ",\"cpu_ms\":%" PRId64 ",\"restarts\":%" PRId64
                         ",\"waiting\":%" PRId64 ",\"at_door\":%" PRId64 "}",
                         out.len > 1 ? "," : "", duty_name(p->duty),
                         (long)p->pid, p->state, p->started_us, p->memory_bytes,
                         p->cpu_ms, p->restarts, p->waiting, p->at_door));
    }
    buf_puts(&out, "]");
    text = arena_strndup(a, out.at, out.len);
    buf_free(&out);
    return text;
}

static enum err sample_add(struct db *db, struct arena *a, const char *host,
                           const struct look *now, const struct look *before)
{
    const struct counters *c = &now->at, *old = &before->at;
    int64_t us = now->us - before->us, open = 0, commits[COUNTERS_BUCKETS];
    const char *processes = processes_text(a, c, &open);

    for (size_t i = 0; i < COUNTERS_BUCKETS; i++)
        commits[i] = c->commits[i] - old->commits[i];

    const char *const params[] = {
        host,
        number(a, c->started_us),
        number(a, us > 1000 ? us / 1000 : 1),
        number(a, c->processors > 0 ? c->processors : 1),
        number(a, c->la5_permille),
        number(a, c->la15_permille),
        rate(a, c->connections, old->connections, us),
        rate(a, c->sessions, old->sessions, us),
        share_text(a, commits, 500),
        share_text(a, commits, 990),
        number(a, open),
        number(a, c->disk_free_bytes),
        number(a, c->disk_total_bytes),
        counters_text(a, c),
        processes,
    };

    return db_exec(db, a, Q_STATISTICS_ADD, params);
}

/* ---- the round ---- */

static enum err thin_when_due(struct db *db, struct arena *a)
{
    static int64_t due_us;
    int64_t now = clock_monotonic_us();
    enum err e;

    if (now < due_us)
        return ERR_OK;
    e = db_exec(db, a, Q_STATISTICS_THIN, NULL);
    if (e == ERR_OK)
        due_us = now + INT64_C(1000) * THIN_MS;
    return e;
}

static enum err round_of(const struct settings *s, struct db **db,
                         const char *host, const struct look *now,
                         const struct look *before)
{
    struct arena *a = arena_new();
    enum err e = *db == NULL ? db_open(s->worker_db, db) : ERR_OK;

    if (e == ERR_OK)
        e = sample_add(*db, a, host, now, before);
    if (e == ERR_OK)
        e = thin_when_due(*db, a);
    arena_free(a); /* results before their connection */
    if (e != ERR_OK) {
        log_err(e, "statistics");
        db_close(*db);
        *db = NULL;
    }
    return e;
}

/* A database that was away: the next sample speaks of the whole time. */
void watcher_main(const struct settings *s)
{
    static struct look now, before;
    char host[HOST_NAME] = "";
    struct db *db = NULL;

    if (gethostname(host, sizeof(host) - 1) != 0)
        snprintf(host, sizeof(host), "?");
    privileges_drop(s, false);
    look_take(&before);
    duty_ready();
    while (duty_sleep(s->statistics_period_ms)) {
        look_take(&now);
        if (round_of(s, &db, host, &now, &before) == ERR_OK)
            before = now;
    }
    db_close(db);
}
