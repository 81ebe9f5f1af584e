/* Gathers results of commands; a lost connection only makes them wait. */
#include "daemon/listener/results.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/listener/arrays.h"
#include "daemon/listener/slow.h"
#include "lib/base/log.h"

#define COLUMNS 4

struct result {
    struct result *next;
    struct session *who; /* NULL: gone */
    int64_t command_id;
    const char *word;
    char why[80];
    int valve;
};

static struct {
    void (*stored)(struct session *who, int64_t next_id,
                   enum command_kind next);
    struct result *waiting, *asked;
    size_t n;
} res;

static const char *word_of(enum command_end end)
{
    switch (end) {
    case COMMAND_EXECUTED:
        return "executed";
    case COMMAND_DELIVERED:
        return "delivered";
    case COMMAND_REFUSED:
        return "refused";
    case COMMAND_SEEN:
    case COMMAND_GOES_ON:
    case COMMAND_RELEASED:
        break;
    }
    return "seen";
}

struct result *result_store(struct session *who, int64_t command_id,
                            enum command_end end, const char *why, int valve)
{
    struct result *r = calloc(1, sizeof(*r));

    if (r == NULL)
        fatal("result");
    r->who = who;
    r->command_id = command_id;
    r->word = word_of(end);
    r->valve = valve;
    if (why != NULL)
        snprintf(r->why, sizeof(r->why), "%s", why);
    r->next = res.waiting;
    res.waiting = r;
    res.n++;
    return r;
}

void result_forget(struct result *r)
{
    r->who = NULL;
}

size_t results_waiting(void)
{
    return res.n;
}

static bool wanted(void)
{
    return res.waiting != NULL;
}

static void ask(struct link *l)
{
    static struct array c[COLUMNS];
    struct db_param params[COLUMNS];

    res.asked = res.waiting;
    res.waiting = NULL;
    array_begin(&c[0], ARRAY_INT8);
    array_begin(&c[1], ARRAY_TEXT);
    array_begin(&c[2], ARRAY_TEXT);
    array_begin(&c[3], ARRAY_INT2);
    for (const struct result *r = res.asked; r != NULL; r = r->next) {
        array_int8(&c[0], r->command_id);
        array_text(&c[1], r->word);
        array_text(&c[2], r->why);
        if (r->valve >= 0)
            array_int2(&c[3], (int16_t)r->valve);
        else
            array_null(&c[3]);
    }
    for (int i = 0; i < COLUMNS; i++)
        params[i] = array_param(&c[i]);
    link_send(l, Q_COMMAND_RESULT, params, COLUMNS);
}

/* The row of the n-th result asked, counted from 1. */
static void tell(const struct result *r, int64_t ord, const struct rows *rows)
{
    int64_t next_id = 0;
    enum command_kind kind = COMMAND_VALVE_CLOSE;

    if (r->who == NULL)
        return;
    for (size_t i = 0; i < rows->n; i++) {
        if (row_int(rows, i, 0) != ord)
            continue;
        next_id = row_int(rows, i, 1);
        if (strcmp(row_text(rows, i, 2), "valve_open") == 0)
            kind = COMMAND_VALVE_OPEN;
    }
    res.stored(r->who, next_id, kind);
}

static void done(const struct link *l, enum err e, bool lost)
{
    struct result *r = res.asked, *next;
    struct rows none = { 0, NULL };
    int64_t ord = 1;

    res.asked = NULL;
    if (!lost && e != ERR_OK && e != ERR_CONFLICT)
        log_err(e, "results of commands");
    for (; r != NULL; r = next, ord++) {
        next = r->next;
        if (lost || e == ERR_CONFLICT) {
            r->next = res.waiting;
            res.waiting = r;
            continue;
        }
        tell(r, ord, e == ERR_OK ? &l->answers[0] : &none);
        res.n--;
        free(r);
    }
}

static const struct slow_job job = { wanted, ask, done };

void results_init(void (*stored)(struct session *who, int64_t next_id,
                                 enum command_kind next))
{
    res.stored = stored;
    slow_add(&job);
}
