/* A small table in memory, handed to the database once a second. */
#include "daemon/listener/fault.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "daemon/arrays.h"
#include "daemon/listener/slow.h"
#include "daemon/loop.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#define KINDS_MAX  512 /* reason and address together */
#define SAMPLE_MAX 64
#define LOG_LINES  20 /* a second */
#define FLUSH_MS   1000
#define ANYBODY    "0.0.0.0" /* address of what did not fit the table */

struct fault {
    const char *reason;
    char address[46];
    char detail[160];
    uint8_t sample[SAMPLE_MAX];
    size_t sample_len;
    int64_t first_us, last_us, times;
};

/* Gathered now, and those on their way to the database. */
static struct table {
    struct fault at[KINDS_MAX];
    size_t n;
} tables[2];
static struct table *gathered = &tables[0], *leaving = &tables[1];
static bool due; /* a second has passed */

static struct fault *find(const char *reason, const char *address)
{
    for (size_t i = 0; i < gathered->n; i++) {
        if (strcmp(gathered->at[i].reason, reason) == 0 &&
            strcmp(gathered->at[i].address, address) == 0)
            return &gathered->at[i];
    }
    return NULL;
}

/* The row for it; the last places of the table are for everybody. */
static struct fault *place(const char *reason, const char *address)
{
    struct fault *f = find(reason, address);

    if (f == NULL && gathered->n >= KINDS_MAX - 32) {
        address = ANYBODY;
        f = find(reason, address);
    }
    if (f != NULL)
        return f;
    if (gathered->n == KINDS_MAX)
        return &gathered->at[KINDS_MAX - 1];
    f = &gathered->at[gathered->n++];
    memset(f, 0, sizeof(*f));
    f->reason = reason;
    snprintf(f->address, sizeof(f->address), "%s", address);
    return f;
}

/* Details are ASCII by nature; what is not would not be stored. */
static void detail_copy(struct fault *f, const char *detail)
{
    snprintf(f->detail, sizeof(f->detail), "%s", detail);
    for (char *c = f->detail; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7E)
            *c = '?';
    }
}

void fault_note(const char *reason, const char *address, const char *detail,
                struct bytes sample)
{
    struct fault *f = place(reason, address);

    f->last_us = clock_now_us();
    if (f->times++ == 0)
        f->first_us = f->last_us;
    detail_copy(f, detail);
    f->sample_len = sample.len < SAMPLE_MAX ? sample.len : SAMPLE_MAX;
    if (f->sample_len > 0)
        memcpy(f->sample, sample.at, f->sample_len);
}

/* ---- on their way ---- */

static void log_leaving(void)
{
    int64_t more = 0;

    for (size_t i = 0; i < leaving->n; i++) {
        const struct fault *f = &leaving->at[i];

        if (i < LOG_LINES)
            log_info("session fault reason=%s address=%s times=%" PRId64
                     " detail=%s",
                     f->reason, f->address, f->times, f->detail);
        else
            more += f->times;
    }
    if (more > 0)
        log_info("session faults of other addresses times=%" PRId64, more);
}

static bool wanted(void)
{
    if (leaving->n > 0)
        return true; /* the last try failed */
    if (!due || gathered->n == 0)
        return false;
    due = false;
    struct table *empty = leaving;

    leaving = gathered;
    gathered = empty;
    log_leaving();
    return true;
}

static void ask(struct link *l)
{
    static struct array a[7];
    static const enum array_of types[7] = {
        ARRAY_TEXT, ARRAY_TEXT, ARRAY_TIMESTAMPTZ, ARRAY_TIMESTAMPTZ,
        ARRAY_INT8, ARRAY_TEXT, ARRAY_BYTEA,
    };
    struct db_param params[7];

    for (int i = 0; i < 7; i++)
        array_begin(&a[i], types[i]);
    for (size_t i = 0; i < leaving->n; i++) {
        const struct fault *f = &leaving->at[i];

        array_text(&a[0], f->reason);
        array_text(&a[1], f->address);
        array_moment(&a[2], f->first_us);
        array_moment(&a[3], f->last_us);
        array_int8(&a[4], f->times);
        array_text(&a[5], f->detail);
        array_octets(&a[6], (struct bytes){ f->sample, f->sample_len });
    }
    for (int i = 0; i < 7; i++)
        params[i] = array_param(&a[i]);
    link_send(l, Q_SESSION_FAULT_STORE, params, 7);
}

static void done(const struct link *l, enum err e, bool lost)
{
    (void)l;
    if (lost || e == ERR_CONFLICT)
        return;
    if (e != ERR_OK)
        log_err(e, "session faults"); /* they stand in the log */
    leaving->n = 0;
}

static void each_second(void)
{
    due = true;
}

static const struct slow_job job = { wanted, ask, done };

void fault_init(void)
{
    slow_add(&job);
    loop_every(FLUSH_MS, each_second);
}
