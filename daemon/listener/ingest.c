/* The batch: sorted, sent, committed, and its answers handed out. */
#include "daemon/listener/ingest.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/arrays.h"
#include "daemon/counters.h"
#include "daemon/listener/link.h"
#include "daemon/listener/verdict.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#define COLUMNS          22
#define PROOF_COLUMN     18 /* title, counter, mark, fresh */
#define REGISTER_COLUMNS 8
#define DAYS_COLUMNS     4
#define TRIES_MAX        10 /* of one that fails even alone */
#define TRIES_TOGETHER   5
#define VERDICT_COLUMN   9 /* of the answer */

static struct {
    struct link link;
    const struct ingest_events *events;
    struct entries waiting;
    struct entry **flight; /* being committed, in the order of the arrays */
    size_t flight_n;
    size_t batch_max, queue_max;
    size_t alone; /* so many go one by one: one of them is bad */
    struct array column[COLUMNS];
    struct array register_column[REGISTER_COLUMNS];
    struct array identities; /* of those with registers */
    struct array days[DAYS_COLUMNS];
    struct ingest_counts counts;
} in;

/* ---- the arrays ---- */

/* clang-format off */
static const enum array_of types[COLUMNS] = {
    ARRAY_TEXT, ARRAY_TIMESTAMPTZ, ARRAY_TIMESTAMPTZ, ARRAY_INT8, ARRAY_INT8,
    ARRAY_INT8, ARRAY_INT4, ARRAY_INT4, ARRAY_INT4, ARRAY_INT4, ARRAY_INT2,
    ARRAY_INT2, ARRAY_INT2, ARRAY_INT2, ARRAY_INT2, ARRAY_TEXT, ARRAY_INT8,
    ARRAY_TEXT, ARRAY_TEXT, ARRAY_INT8, ARRAY_INT8, ARRAY_INT2,
};
static const enum array_of register_types[REGISTER_COLUMNS] = {
    ARRAY_TEXT, ARRAY_TIMESTAMPTZ, ARRAY_TEXT, ARRAY_INT2, ARRAY_INT2,
    ARRAY_INT8, ARRAY_TEXT, ARRAY_TEXT,
};
static const enum array_of days_types[DAYS_COLUMNS] = {
    ARRAY_TEXT, ARRAY_TEXT, ARRAY_TIMESTAMPTZ, ARRAY_INT8,
};
/* clang-format on */

static void put8(struct array *a, const struct reading *r, uint32_t has,
                 int64_t v)
{
    if (r->has & has)
        array_int8(a, v);
    else
        array_null(a);
}

static void put4(struct array *a, const struct reading *r, uint32_t has,
                 int32_t v)
{
    if (r->has & has)
        array_int4(a, v);
    else
        array_null(a);
}

static void put2(struct array *a, const struct reading *r, uint32_t has,
                 int16_t v)
{
    if (r->has & has)
        array_int2(a, v);
    else
        array_null(a);
}

static void put_reading(const struct reading *r)
{
    struct array *c = in.column;

    array_text(&c[0], r->identity);
    array_moment(&c[1], r->at_us);
    array_moment(&c[2], r->received_us);
    put8(&c[3], r, HAS_VOLUME, r->volume_dm3);
    put8(&c[4], r, HAS_ENERGY, r->energy_wh);
    array_int8(&c[5], r->status);
    put4(&c[6], r, HAS_WORKING, r->working_h);
    put4(&c[7], r, HAS_TAMPER, r->tamper_h);
    put4(&c[8], r, HAS_TEMPERATURE, r->temperature_mk);
    put4(&c[9], r, HAS_PRESSURE, r->pressure_pa);
    put2(&c[10], r, HAS_BATTERY_MV, r->battery_mv);
    put2(&c[11], r, HAS_BATTERY_PERMILLE, r->battery_permille);
    put2(&c[12], r, HAS_SIGNAL, r->signal_percent);
    put2(&c[13], r, HAS_VALVE, r->valve);
    array_int2(&c[14], r->cause);
    array_text(&c[15], r->mobile_operator[0] ? r->mobile_operator : NULL);
    put8(&c[16], r, HAS_CELL, r->cell);
    array_text(&c[17], r->firmware[0] ? r->firmware : NULL);
}

static void put_proof(const struct push_proof *p)
{
    struct array *c = in.column + PROOF_COLUMN;

    if (p->title[0] == '\0') {
        array_null(&c[0]);
        array_null(&c[1]);
        array_null(&c[2]);
        array_null(&c[3]);
        return;
    }
    array_text(&c[0], p->title);
    array_int8(&c[1], p->counter);
    array_int8(&c[2], p->mark);
    array_int2(&c[3], p->fresh ? 1 : 0);
}

static bool some_ciphered(void)
{
    for (size_t i = 0; i < in.flight_n; i++) {
        if (in.flight[i]->proof.title[0] != '\0')
            return true;
    }
    return false;
}

static void put_registers(const struct reading *r, const char *title)
{
    struct array *c = in.register_column;

    array_text(&in.identities, r->identity);
    for (size_t i = 0; i < r->registers_n; i++) {
        const struct reading_register *g = &r->registers[i];

        array_text(&c[0], r->identity);
        array_moment(&c[1], r->at_us);
        array_text(&c[2], g->name);
        array_int2(&c[3], g->scaler);
        array_int2(&c[4], g->unit);
        if (g->is_number)
            array_int8(&c[5], g->value);
        else
            array_null(&c[5]);
        array_text(&c[6], g->is_number ? NULL : g->text);
        if (title != NULL)
            array_text(&c[7], title[0] != '\0' ? title : NULL);
    }
}

static void send_registers(void)
{
    struct db_param params[REGISTER_COLUMNS], identities;

    if (in.identities.n == 0)
        return;
    identities = array_param(&in.identities);
    link_send(&in.link, Q_METER_HOLD, &identities, 1);
    for (int i = 0; i < REGISTER_COLUMNS; i++)
        params[i] = array_param(&in.register_column[i]);
    link_send(&in.link, Q_REGISTER_STORE, params, REGISTER_COLUMNS);
}

static void put_days(const struct reading *r)
{
    for (size_t i = 0; i < r->days_n; i++) {
        array_text(&in.days[0], r->identity);
        array_text(&in.days[1], r->days[i].day);
        array_moment(&in.days[2], r->days[i].at_us);
        array_int8(&in.days[3], r->days[i].volume_dm3);
    }
}

static void send_days(void)
{
    struct db_param params[DAYS_COLUMNS];

    if (in.days[0].n == 0)
        return;
    for (int i = 0; i < DAYS_COLUMNS; i++)
        params[i] = array_param(&in.days[i]);
    link_send(&in.link, Q_ARCHIVE_PUSHED, params, DAYS_COLUMNS);
}

static void send_flight(void)
{
    struct db_param params[COLUMNS];
    bool ciphered = some_ciphered();

    for (int i = 0; i < COLUMNS; i++)
        array_begin(&in.column[i], types[i]);
    for (int i = 0; i < REGISTER_COLUMNS; i++)
        array_begin(&in.register_column[i], register_types[i]);
    array_begin(&in.identities, ARRAY_TEXT);
    for (int i = 0; i < DAYS_COLUMNS; i++)
        array_begin(&in.days[i], days_types[i]);
    for (size_t i = 0; i < in.flight_n; i++) {
        const struct reading *r = &in.flight[i]->reading;

        put_reading(r);
        if (ciphered)
            put_proof(&in.flight[i]->proof);
        if (r->registers_n > 0)
            put_registers(r, ciphered ? in.flight[i]->proof.title : NULL);
        put_days(r);
    }
    for (int i = 0; i < COLUMNS; i++)
        params[i] = array_param(&in.column[i]);
    link_begin(&in.link);
    link_send(&in.link, Q_INGEST_BATCH, params, COLUMNS);
    send_registers();
    send_days();
    link_commit(&in.link);
}

/* Meters in one order in every batch, so that two listeners do not wait for
 * each other, and neighbours share pages. */
static int by_identity(const void *a, const void *b)
{
    const struct reading *x = &(*(struct entry *const *)a)->reading;
    const struct reading *y = &(*(struct entry *const *)b)->reading;
    int order = strcmp(x->identity, y->identity);

    if (order != 0)
        return order;
    return (x->received_us > y->received_us) -
           (x->received_us < y->received_us);
}

void ingest_pump(void)
{
    size_t most = in.alone > 0 ? 1 : in.batch_max;

    /* Connected before the first meter calls, and again when it was lost. */
    if (!link_ready(&in.link) || in.waiting.n == 0)
        return;
    if (in.alone > 0)
        in.alone--;
    while (in.flight_n < most && in.waiting.n > 0)
        in.flight[in.flight_n++] = entries_take(&in.waiting);
    if (in.flight_n > 1)
        qsort(in.flight, in.flight_n, sizeof(void *), by_identity);
    send_flight();
}

/* ---- what came of it ---- */

static void back_to_waiting(void)
{
    while (in.flight_n > 0)
        entries_prepend(&in.waiting, in.flight[--in.flight_n]);
}

enum {
    KEYS_IDENTITY = 10,
    KEYS_SEALED,
    KEYS_CANDIDATE,
    KEYS_TRY,
    KEYS_COUNTER
};

static void pending_read(const struct rows *rows, size_t row,
                         struct pending *out)
{
    *out = (struct pending){ .meter_id = row_int(rows, row, 1) };
    out->some = turn_read(rows, row, 2, &out->turn);
    if (out->some && !row_null(rows, row, KEYS_IDENTITY)) {
        out->keys.identity = row_text(rows, row, KEYS_IDENTITY);
        out->keys.sealed_hex = row_text(rows, row, KEYS_SEALED);
        if (!row_null(rows, row, KEYS_CANDIDATE))
            out->keys.candidate_hex = row_text(rows, row, KEYS_CANDIDATE);
        out->keys.try = (enum keys_try)row_int(rows, row, KEYS_TRY);
        out->keys.counter = (uint32_t)row_int(rows, row, KEYS_COUNTER);
    }
}

/* Stored, or stored before; else a word of session_fault.reason. */
static void hand_over(struct entry *e, const struct rows *rows, size_t row,
                      int64_t committed_us)
{
    const char *reason = verdict_read(row_text(rows, row, VERDICT_COLUMN));
    struct pending todo;
    char why[240];

    if (reason != NULL) {
        verdict_why(e, reason, why, sizeof(why));
        in.events->distrusted(e, reason, why);
        return;
    }
    pending_read(rows, row, &todo);
    in.counts.readings++;
    counters_session(committed_us - e->reading.received_us);
    in.events->stored(e, &todo);
}

/* The flight is emptied before its sessions act: they may offer more. */
static void hand_out(const struct rows *rows)
{
    int64_t committed_us = clock_now_us();
    size_t n = in.flight_n;

    in.flight_n = 0;
    in.counts.batches++;
    for (size_t row = 0; row < rows->n; row++) {
        size_t ord = (size_t)row_int(rows, row, 0);

        if (ord < 1 || ord > n || in.flight[ord - 1] == NULL)
            continue;
        hand_over(in.flight[ord - 1], rows, row, committed_us);
        in.flight[ord - 1] = NULL;
    }
    for (size_t i = 0; i < n; i++) {
        if (in.flight[i] != NULL)
            in.events->unknown(in.flight[i]);
    }
}

/* One of the batch is at fault, or the server: find out which. */
static void failed(enum err e)
{
    struct entry *first = in.flight[0];
    bool theirs = e == ERR_INVALID;

    for (size_t i = 0; i < in.flight_n; i++) {
        if (++in.flight[i]->tries >= TRIES_TOGETHER)
            theirs = theirs || e != ERR_CONFLICT;
    }
    if (in.flight_n == 1 && (e == ERR_INVALID || first->tries >= TRIES_MAX)) {
        in.flight_n = 0;
        in.events->refused(first, err_reason());
        return;
    }
    if (e != ERR_CONFLICT) {
        log_err(e, "readings");
        if (e != ERR_INVALID)
            link_rest(&in.link);
    }
    if (theirs && in.alone < in.flight_n)
        in.alone = in.flight_n;
    back_to_waiting();
}

static void finished(struct link *l, enum err e, bool lost)
{
    if (lost)
        back_to_waiting(); /* perhaps committed: repeating changes nothing */
    else if (e != ERR_OK)
        failed(e);
    else
        hand_out(&l->answers[0]);
}

void ingest_init(const char *conninfo, size_t batch_max, size_t queue_max,
                 const struct ingest_events *events)
{
    in.batch_max = batch_max;
    in.queue_max = queue_max;
    in.events = events;
    in.flight = calloc(batch_max, sizeof(void *));
    if (in.flight == NULL)
        fatal("batch");
    entries_init(&in.waiting);
    link_init(&in.link, "database", conninfo, finished);
}

bool ingest_offer(struct entry *e)
{
    if (in.waiting.n >= in.queue_max)
        return false;
    entries_append(&in.waiting, e);
    return true;
}

void ingest_offer_again(struct entry *e)
{
    entries_prepend(&in.waiting, e);
}

size_t ingest_waiting(void)
{
    return in.waiting.n + in.flight_n;
}

struct ingest_counts ingest_counted(void)
{
    return in.counts;
}
