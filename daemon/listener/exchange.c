/* The bytes of sessions that are on. What is over is in exchange_store.c. */
#include "daemon/listener/exchange_inner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/listener/fault.h"
#include "daemon/listener/session_inner.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/exchange/frames.h"

#define SESSION_MAX                                                            \
    ((size_t)256 << 10)  /* bytes of one session; then it is cut */
#define BUFFER_FIRST 512 /* a push and its confirmation */
#define POOL_MAX     4096
#define METERS_MAX   256 /* of one session */

/* Sessions of no meter that is known, in one second and at once: a flood of
 * them is a count, not a disk full of it. */
#define STRANGERS_RATE  INT64_C(100)
#define STRANGERS_BURST INT64_C(1000)

/* See exchange_id() in the database. Listeners are born one after another. */
#define ID_BITS      16
#define ID_TURN_BITS 10 /* of one process in one millisecond */
#define ID_TURNS     (1u << ID_TURN_BITS)
#define ID_PLACES    (1u << (ID_BITS - ID_TURN_BITS))

static struct {
    size_t memory, memory_max;
    struct exchange *pool;
    size_t pool_n;
    struct arena *scratch; /* of one piece */
    uint32_t turn, place;
    int64_t strangers_at_ms;
    int64_t strangers; /* that may come now, in thousandths */
    bool on;
} me;

/* In the place of a session's log: it was not begun, and is counted. */
static struct exchange unlogged;

void exchange_switch(bool on)
{
    me.on = on;
}

void exchange_begin(size_t memory_max)
{
    me.memory_max = memory_max;
    me.scratch = arena_new();
    me.strangers = STRANGERS_BURST * 1000;
    me.on = true;
    me.place = (uint32_t)getpid() % ID_PLACES << ID_TURN_BITS;
}

void exchange_missed(void)
{
    fault_note("not_logged", "0.0.0.0", "", (struct bytes){ NULL, 0 });
}

/* ---- memory ---- */

static bool room_for(size_t n)
{
    return me.memory + n <= me.memory_max;
}

static bool grow(struct exchange *x, size_t need)
{
    size_t cap = x->cap == 0 ? BUFFER_FIRST : x->cap;
    uint8_t *more;

    if (need <= x->cap)
        return true;
    while (cap < need)
        cap *= 2;
    if (!room_for(cap - x->cap))
        return false;
    more = realloc(x->at, cap);
    if (more == NULL)
        fatal("exchange log of %zu bytes", cap);
    me.memory += cap - x->cap;
    x->at = more;
    x->cap = (uint32_t)cap;
    return true;
}

static struct exchange *take(void)
{
    struct exchange *x = me.pool;
    uint8_t *at;
    uint32_t cap;

    if (x != NULL) {
        me.pool = x->next;
        me.pool_n--;
    } else if (!room_for(sizeof(*x) + BUFFER_FIRST)) {
        return NULL;
    } else if ((x = calloc(1, sizeof(*x))) == NULL) {
        fatal("exchange log");
    } else {
        me.memory += sizeof(*x);
    }
    at = x->at;
    cap = x->cap;
    memset(x, 0, sizeof(*x));
    x->at = at;
    x->cap = cap;
    return x;
}

/* What is kept for the next one is small. */
void exchange_free(struct exchange *x)
{
    free(x->more);
    if (me.pool_n < POOL_MAX && x->cap <= BUFFER_FIRST) {
        x->more = NULL;
        x->next = me.pool;
        me.pool = x;
        me.pool_n++;
        return;
    }
    me.memory -= sizeof(*x) + x->cap;
    free(x->at);
    free(x);
}

/* ---- a session ---- */

static int64_t id_at(int64_t ms)
{
    return ms << ID_BITS | (int64_t)(me.place | me.turn++ % ID_TURNS);
}

void exchange_renumber(struct exchange *x)
{
    x->id = id_at(x->id >> ID_BITS);
    for (size_t i = 0; i < x->more_n; i++)
        x->more[i].id = id_at(x->id >> ID_BITS);
}

static struct exchange *begun(const struct session *s)
{
    struct exchange *x = take();
    int64_t now_ms;

    if (x == NULL)
        return &unlogged;
    if (!grow(x, BUFFER_FIRST)) {
        exchange_free(x);
        return &unlogged;
    }
    now_ms = clock_monotonic_us() / 1000;
    x->begun_ms = x->last_ms = s->end_ms - sessions.set->session_ms;
    x->id = id_at(clock_now_us() / 1000 - (now_ms - x->begun_ms));
    x->peer = s->peer;
    x->at[0] = FRAMES_VERSION;
    x->len = 1;
    return x;
}

/* Hidden or not, the head is of the same length. */
static void append(struct exchange *x, const struct session *s,
                   struct frames_piece *p)
{
    size_t head = frames_head(x->at + x->len, p);
    uint8_t *at = x->at + x->len + head;

    memcpy(at, p->is.at, p->is.len);
    if (s->talk != NULL && s->talk->driver->hide != NULL) {
        arena_reset(me.scratch);
        p->hidden =
            s->talk->driver->hide(s->talk->state, me.scratch, at, p->is.len);
        frames_head(x->at + x->len, p);
    }
    x->len += (uint32_t)(head + p->is.len);
}

void exchange_piece(struct session *s, struct bytes b, bool to_meter)
{
    struct frames_piece p = { .to_meter = to_meter, .is = b };
    struct exchange *x = s->log;
    int64_t now_ms;
    size_t need;

    if (x == NULL && me.on)
        x = s->log = begun(s);
    if (x == NULL || x == &unlogged || b.len == 0)
        return;
    *(to_meter ? &x->bytes_out : &x->bytes_in) += (int64_t)b.len;
    need = x->len + FRAMES_HEAD_MAX + b.len;
    x->cut = x->cut || need > SESSION_MAX || !grow(x, need);
    if (x->cut)
        return;
    now_ms = clock_monotonic_us() / 1000;
    p.after_ms = now_ms > x->last_ms ? now_ms - x->last_ms : 0;
    x->last_ms += p.after_ms;
    append(x, s, &p);
}

static struct exchange *log_of(const struct session *s)
{
    return s->log != &unlogged ? s->log : NULL;
}

void exchange_known(struct session *s)
{
    if (log_of(s) != NULL)
        s->log->protocol = s->driver->name;
}

void exchange_named(struct session *s, const char *identity)
{
    struct exchange *x = log_of(s);

    if (x != NULL && identity[0] != '\0')
        snprintf(x->named, sizeof(x->named), "%s", identity);
}

/* Beside the first one there is one more row for each. */
static void another_meter(struct exchange *x, int64_t meter_id)
{
    for (size_t i = 0; i < x->more_n; i++) {
        if (x->more[i].meter_id == meter_id)
            return;
    }
    if (x->more == NULL &&
        (x->more = malloc(METERS_MAX * sizeof(*x->more))) == NULL)
        fatal("meters of a session");
    if (x->more_n < METERS_MAX)
        x->more[x->more_n++] =
            (struct exchange_more){ .meter_id = meter_id,
                                    .id = id_at(x->id >> ID_BITS) };
}

void exchange_stored(struct session *s, int64_t meter_id)
{
    struct exchange *x = log_of(s);

    if (x == NULL)
        return;
    if (x->meter_id == 0)
        x->meter_id = meter_id;
    else if (x->meter_id != meter_id)
        another_meter(x, meter_id);
}

void exchange_failed(struct session *s, const char *reason)
{
    struct exchange *x = log_of(s);

    if (x != NULL && x->result == NULL)
        x->result = reason;
}

/* ---- its end ---- */

static bool stranger_enters(int64_t now_ms)
{
    int64_t gained = (now_ms - me.strangers_at_ms) * STRANGERS_RATE;

    me.strangers_at_ms = now_ms;
    me.strangers += gained;
    if (me.strangers > STRANGERS_BURST * 1000)
        me.strangers = STRANGERS_BURST * 1000;
    if (me.strangers < 1000)
        return false;
    me.strangers -= 1000;
    return true;
}

/* Three quarters of the memory are for all, the last is for what failed. */
static bool kept(const struct exchange *x, int64_t now_ms)
{
    if (x->result != NULL)
        return x->meter_id != 0 || stranger_enters(now_ms);
    return me.memory <= me.memory_max / 4 * 3;
}

void exchange_over(struct session *s)
{
    struct exchange *x = s->log;
    int64_t now_ms = clock_monotonic_us() / 1000;

    s->log = NULL;
    if (x == NULL)
        return;
    if (x == &unlogged || !me.on) {
        if (me.on)
            exchange_missed();
        if (x != &unlogged)
            exchange_free(x);
        return;
    }
    x->took_ms = now_ms - x->begun_ms;
    if (x->result == NULL && x->meter_id == 0)
        x->result = "left"; /* before anything came of it */
    if (!kept(x, now_ms)) {
        exchange_missed();
        exchange_free(x);
        return;
    }
    if (x->result == NULL)
        x->result = s->talk != NULL ? "commands" : "stored";
    exchange_wait(x);
}
