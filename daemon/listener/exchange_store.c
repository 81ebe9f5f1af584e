/* Sessions that are over, a quarter of a second of them in one statement. */
#include "daemon/listener/exchange_inner.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/arrays.h"
#include "daemon/listener/link.h"
#include "daemon/listener/session.h"
#include "daemon/loop.h"
#include "lib/base/log.h"

#define GATHER_MS 250 /* what a kill can take */
#define BATCH_MAX 1000
#define BATCH_LEN ((size_t)4 << 20) /* bytes of frames */
#define ASK_EVERY 8                 /* of GATHER_MS: whether it is on again */
#define TRIES_MAX 3                 /* of a batch that fails */
#define COLUMNS   11

static struct {
    struct link link;
    struct exchange *head, **tail; /* that wait */
    size_t n;
    struct exchange *flight; /* being stored */
    size_t flight_n;
    unsigned tries;
    bool again; /* some of the flight may be stored already */
    bool due;   /* they have gathered long enough */
    bool off;   /* nothing is kept: asked now and then whether it is now */
    bool asking;
    unsigned ticks;
    struct array column[COLUMNS];
} me;

void exchange_wait(struct exchange *x)
{
    x->next = NULL;
    *me.tail = x;
    me.tail = &x->next;
    me.n++;
}

size_t exchange_waiting(void)
{
    return me.n + me.flight_n;
}

/* ---- one statement ---- */

static void flight_take(void)
{
    struct exchange **last = &me.flight;
    size_t len = 0;

    while (me.n > 0 && me.flight_n < BATCH_MAX && len < BATCH_LEN) {
        len += me.head->len;
        *last = me.head;
        last = &me.head->next;
        me.head = *last;
        me.n--;
        me.flight_n++;
    }
    *last = NULL;
    if (me.n == 0)
        me.tail = &me.head;
}

static void put_id(struct array *a, int64_t id)
{
    if (id != 0)
        array_int8(a, id);
    else
        array_null(a);
}

/* meter_id 0: not known. whole 0: the bytes stand here. */
static void put_row(const struct exchange *x, int64_t id, int64_t meter_id,
                    int64_t whole)
{
    struct array *c = me.column;
    char peer[46];

    array_int8(&c[0], id);
    put_id(&c[1], meter_id);
    put_id(&c[2], whole);
    array_int4(&c[3], (int32_t)x->took_ms);
    array_int4(&c[4], (int32_t)x->bytes_in);
    array_int4(&c[5], (int32_t)x->bytes_out);
    array_text(&c[6], peer_text(&x->peer, peer));
    array_text(&c[7], x->protocol);
    array_text(&c[8], x->result);
    array_text(&c[9], meter_id == 0 && x->named[0] != '\0' ? x->named : NULL);
    if (whole == 0)
        array_octets(&c[10], (struct bytes){ x->at, x->len });
    else
        array_null(&c[10]);
}

static void put_flight(void)
{
    static const enum array_of types[COLUMNS] = {
        ARRAY_INT8, ARRAY_INT8, ARRAY_INT8, ARRAY_INT4, ARRAY_INT4,  ARRAY_INT4,
        ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_TEXT, ARRAY_BYTEA,
    };

    for (int i = 0; i < COLUMNS; i++)
        array_begin(&me.column[i], types[i]);
    for (const struct exchange *x = me.flight; x != NULL; x = x->next) {
        put_row(x, x->id, x->meter_id, 0);
        for (size_t i = 0; i < x->more_n; i++)
            put_row(x, x->more[i].id, x->more[i].meter_id, x->id);
    }
}

static void send_flight(void)
{
    struct db_param params[1 + COLUMNS];

    put_flight();
    params[0] = (struct db_param){ me.again ? "t" : "f", 1, false };
    for (int i = 0; i < COLUMNS; i++)
        params[1 + i] = array_param(&me.column[i]);
    link_begin(&me.link);
    link_send(&me.link, Q_EXCHANGE_STORE, params, 1 + COLUMNS);
    link_commit(&me.link);
}

static void ask_days(void)
{
    me.asking = true;
    link_begin(&me.link);
    link_send(&me.link, Q_EXCHANGE_DAYS, NULL, 0);
    link_commit(&me.link);
}

void exchange_pump(void)
{
    bool wanted = me.flight_n > 0 || me.n >= BATCH_MAX ||
                  (me.due && (me.n > 0 || me.off));

    if (!wanted || !link_ready(&me.link))
        return;
    me.due = false;
    if (me.flight_n == 0)
        flight_take();
    if (me.flight_n > 0)
        send_flight();
    else
        ask_days();
}

/* ---- what came of it ---- */

static void flight_drop(bool lost)
{
    struct exchange *x;

    while ((x = me.flight) != NULL) {
        me.flight = x->next;
        if (lost)
            exchange_missed();
        exchange_free(x);
    }
    me.flight_n = 0;
    me.tries = 0;
    me.again = false;
}

static void switched(const struct rows *days)
{
    bool off = days->n > 0 && row_int(days, 0, 0) == 0;

    if (off != me.off)
        log_info("exchange log: %s", off ? "off" : "on");
    me.off = off;
    me.ticks = 0;
    exchange_switch(!off);
}

static void finished(struct link *l, enum err e, bool lost)
{
    bool asked = me.asking;

    me.asking = false;
    if (e == ERR_OK) {
        switched(&l->answers[0]);
        flight_drop(false);
        return;
    }
    if (asked)
        return;
    if (lost) {
        me.again = true; /* perhaps committed */
        return;
    }
    if (++me.tries == TRIES_MAX) {
        log_err(e, "exchange log");
        flight_drop(true);
    } else if (e != ERR_CONFLICT) {
        link_rest(l);
    } else {
        for (struct exchange *x = me.flight; x != NULL; x = x->next)
            exchange_renumber(x);
    }
}

static void each_tick(void)
{
    me.due = !me.off || me.n > 0 || ++me.ticks % ASK_EVERY == 0;
}

void exchange_init(const char *conninfo, size_t memory_max)
{
    exchange_begin(memory_max);
    me.tail = &me.head;
    link_init(&me.link, "database (log)", conninfo, finished);
    loop_every(GATHER_MS, each_tick);
}
