/* Gathers results of commands; a lost connection only makes them wait. */
#include "daemon/listener/results.h"

#include <string.h>

#include "daemon/arrays.h"
#include "daemon/listener/secrets.h"
#include "daemon/listener/slow.h"
#include "lib/base/log.h"

#define TRIES_MAX 5 /* of results that fail, all together */

/* clang-format off */
static const enum array_of types[] = {
    ARRAY_INT8, ARRAY_INT8, ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_INT2,
    ARRAY_INT8, ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_BYTEA, ARRAY_BYTEA,
    ARRAY_INT4,
};
/* clang-format on */
#define COLUMNS (sizeof(types) / sizeof(types[0]))

struct result {
    struct result *next;
    struct arena *arena;
    struct outcome is;
    struct bytes before;
    int tries;
};

static struct {
    void (*stored)(struct session *who, const struct turn *next);
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

static const char *kept(struct arena *a, const char *s)
{
    return s == NULL ? NULL : arena_strdup(a, s);
}

struct result *result_store(const struct outcome *o)
{
    struct arena *a = arena_new();
    struct result *r = arena_alloc(a, sizeof(*r));
    uint8_t *sealed = arena_alloc(a, o->sealed.len + 1);

    memset(r, 0, sizeof(*r));
    if (o->sealed.len > 0)
        memcpy(sealed, o->sealed.at, o->sealed.len);
    r->arena = a;
    r->is = *o;
    r->is.turn.word = kept(a, o->turn.word);
    r->is.why = kept(a, o->why);
    r->is.rows = kept(a, o->rows);
    r->is.identity = kept(a, o->identity);
    r->is.sealed.at = sealed;
    r->before = secrets_bytes(a, o->before_hex);
    r->next = res.waiting;
    res.waiting = r;
    res.n++;
    return r;
}

void result_forget(struct result *r)
{
    r->is.who = NULL;
}

size_t results_waiting(void)
{
    return res.n;
}

static bool wanted(void)
{
    return res.waiting != NULL;
}

static void put_octets(struct array *a, struct bytes b)
{
    if (b.len > 0)
        array_octets(a, b);
    else
        array_null(a);
}

static void put(struct array *c, const struct result *r)
{
    const struct outcome *o = &r->is;

    array_int8(&c[0], o->meter_id);
    if (o->turn.command_id != 0)
        array_int8(&c[1], o->turn.command_id);
    else
        array_null(&c[1]);
    array_text(&c[2], turn_word(o->turn.kind));
    array_text(&c[3], word_of(o->end));
    array_text(&c[4], o->why);
    if (o->valve >= 0)
        array_int2(&c[5], (int16_t)o->valve);
    else
        array_null(&c[5]);
    array_int8(&c[6], o->turn.a);
    array_text(&c[7], o->turn.word);
    array_text(&c[8], o->rows);
    array_text(&c[9], o->identity);
    put_octets(&c[10], r->before);
    put_octets(&c[11], o->sealed);
    array_int4(&c[12], (int32_t)o->tried);
}

static void ask(struct link *l)
{
    static struct array c[COLUMNS];
    struct db_param params[COLUMNS];

    res.asked = res.waiting;
    res.waiting = NULL;
    for (size_t i = 0; i < COLUMNS; i++)
        array_begin(&c[i], types[i]);
    for (const struct result *r = res.asked; r != NULL; r = r->next)
        put(c, r);
    for (size_t i = 0; i < COLUMNS; i++)
        params[i] = array_param(&c[i]);
    link_send(l, Q_COMMAND_RESULT, params, COLUMNS);
}

/* The row of the n-th result asked, counted from 1. */
static void tell(const struct result *r, int64_t ord, const struct rows *rows)
{
    struct turn next;

    if (r->is.who == NULL)
        return;
    for (size_t i = 0; i < rows->n; i++) {
        if (row_int(rows, i, 0) == ord && turn_read(rows, i, 1, &next)) {
            res.stored(r->is.who, &next);
            return;
        }
    }
    res.stored(r->is.who, NULL);
}

static void done(const struct link *l, enum err e, bool lost)
{
    struct result *r = res.asked, *next;
    struct rows none = { 0, NULL };
    bool again = lost || e == ERR_CONFLICT;
    int64_t ord = 1;

    res.asked = NULL;
    if (!lost && e != ERR_OK && e != ERR_CONFLICT)
        log_err(e, "results of commands");
    for (; r != NULL; r = next, ord++) {
        next = r->next;
        if (again || (e != ERR_OK && ++r->tries < TRIES_MAX)) {
            r->next = res.waiting;
            res.waiting = r;
            continue;
        }
        tell(r, ord, e == ERR_OK ? &l->answers[0] : &none);
        res.n--;
        arena_free(r->arena);
    }
}

static const struct slow_job job = { wanted, ask, done };

void results_init(void (*stored)(struct session *who, const struct turn *next))
{
    res.stored = stored;
    slow_add(&job);
}
