/* Gathers what came on lines and asks for all of them in one statement. */
#include "daemon/listener/lines.h"

#include <stdio.h>
#include <string.h>

#include "daemon/arrays.h"
#include "daemon/listener/slow.h"
#include "lib/base/log.h"

#define COLUMNS        4
#define BATCH_MAX      100
#define TRIES_MAX      20
#define CLOCK_AHEAD_US 86400000000

static struct {
    void (*fits)(struct entry *e);
    void (*refused)(struct entry *e, const char *reason, const char *why);
    struct entries waiting;
    struct entry *asked[BATCH_MAX];
    size_t asked_n, queue_max;
} ln;

static bool wanted(void)
{
    return ln.waiting.n > 0;
}

static bool asked_already(const struct entry *e)
{
    for (size_t i = 0; i < ln.asked_n; i++) {
        if (strcmp(ln.asked[i]->reading.identity, e->reading.identity) == 0)
            return true;
    }
    return false;
}

/* A line is asked for once at a time: its pushes are judged in order. */
static void choose(void)
{
    struct entries later;
    struct entry *e;

    entries_init(&later);
    while (ln.asked_n < BATCH_MAX && (e = entries_take(&ln.waiting)) != NULL) {
        if (asked_already(e))
            entries_append(&later, e);
        else
            ln.asked[ln.asked_n++] = e;
    }
    while ((e = entries_take(&ln.waiting)) != NULL)
        entries_append(&later, e);
    while ((e = entries_take(&later)) != NULL)
        entries_append(&ln.waiting, e);
}

static void ask(struct link *l)
{
    static struct array c[COLUMNS];
    struct db_param params[COLUMNS];

    choose();
    array_begin(&c[0], ARRAY_TEXT);
    array_begin(&c[1], ARRAY_TEXT);
    array_begin(&c[2], ARRAY_TIMESTAMPTZ);
    array_begin(&c[3], ARRAY_TEXT);
    for (size_t i = 0; i < ln.asked_n; i++) {
        const struct reading *r = &ln.asked[i]->reading;

        array_text(&c[0], r->identity);
        array_text(&c[1], r->layout);
        if ((r->has & HAS_CLOCK) && r->at_us <= r->received_us + CLOCK_AHEAD_US)
            array_moment(&c[2], r->at_us);
        else
            array_null(&c[2]);
        array_text(&c[3], r->tail[0] != '\0' ? r->tail : NULL);
    }
    for (int i = 0; i < COLUMNS; i++)
        params[i] = array_param(&c[i]);
    link_send(l, Q_LINE_CLAIM, params, COLUMNS);
}

/* In the order they came, before what came since. */
static void again(struct entry *const asked[], size_t n)
{
    while (n > 0)
        entries_prepend(&ln.waiting, asked[--n]);
}

static void judge(struct entry *e, const char *verdict, const char *known)
{
    const struct reading *r = &e->reading;
    const char *reason = "ambiguous_identity";
    char why[240];

    if (strcmp(verdict, "fits") == 0) {
        ln.fits(e);
        return;
    }
    if (strcmp(verdict, "again") == 0) {
        entries_prepend(&ln.waiting, e);
        return;
    }
    if (strcmp(verdict, "clock") == 0)
        snprintf(why, sizeof(why), "%s: the clock went back over a day",
                 r->identity);
    else if (strcmp(verdict, "number") == 0)
        snprintf(why, sizeof(why), "%s may be %s", r->identity, known);
    else
        snprintf(why, sizeof(why), "%s: now %s, before %s", r->identity,
                 r->layout, known);
    if (strcmp(verdict, "number") == 0)
        reason = "ambiguous_number";
    ln.refused(e, reason, why);
}

/* Emptied before sessions act: they may offer more. */
static void hand_out(const struct rows *rows)
{
    struct entry *asked[BATCH_MAX];
    size_t n = ln.asked_n;

    for (size_t i = 0; i < n; i++)
        asked[i] = ln.asked[i];
    ln.asked_n = 0;
    for (size_t row = 0; row < rows->n; row++) {
        size_t ord = (size_t)row_int(rows, row, 0);

        if (ord < 1 || ord > n || asked[ord - 1] == NULL)
            continue;
        judge(asked[ord - 1], row_text(rows, row, 1), row_text(rows, row, 2));
        asked[ord - 1] = NULL;
    }
    for (size_t i = 0; i < n; i++) {
        if (asked[i] != NULL)
            entries_prepend(&ln.waiting, asked[i]);
    }
}

static void failed(void)
{
    size_t kept = 0;

    for (size_t i = 0; i < ln.asked_n; i++) {
        struct entry *e = ln.asked[i];

        if (++e->tries >= TRIES_MAX)
            ln.refused(e, "refused_by_database", err_reason());
        else
            ln.asked[kept++] = e;
    }
    ln.asked_n = kept;
}

static void done(const struct link *l, enum err e, bool lost)
{
    if (!lost && e == ERR_OK) {
        hand_out(&l->answers[0]);
        return;
    }
    if (!lost && e != ERR_CONFLICT) {
        log_err(e, "lines");
        failed();
    }
    again(ln.asked, ln.asked_n);
    ln.asked_n = 0;
}

static const struct slow_job job = { wanted, ask, done };

void lines_init(size_t queue_max, void (*fits)(struct entry *e),
                void (*refused)(struct entry *e, const char *reason,
                                const char *why))
{
    ln.queue_max = queue_max;
    ln.fits = fits;
    ln.refused = refused;
    entries_init(&ln.waiting);
    slow_add(&job);
}

bool line_claim(struct entry *e)
{
    if (ln.waiting.n >= ln.queue_max)
        return false;
    entries_append(&ln.waiting, e);
    return true;
}

size_t lines_waiting(void)
{
    return ln.waiting.n + ln.asked_n;
}
