/*
 * Records follow from what the meter shows now and its mean consumption, so
 * that an archive costs no memory: the same moment gives the same record as
 * long as gas flows evenly.
 */
#include "tools/meter-sim/archive.h"

#include <string.h>

#include "lib/dlms/datetime.h"

#define MOSCOW_S         10800
#define MOSCOW_DEVIATION (-180)
#define DAY_S            86400
#define HOUR_S           3600
#define REPORT_HOUR_S    (10 * HOUR_S)
#define ROWS_MAX         90
#define PROFILE          7
#define COLUMNS          5

/* clang-format off */
static const struct obis hourly_name = { { 7, 0, 99, 1, 0, 255 } };
static const struct obis daily_name  = { { 7, 0, 99, 2, 0, 255 } };
static const struct {
    uint16_t class_id;
    struct obis name;
} captured[COLUMNS] = {
    { 8, { { 0, 0, 1, 0, 0, 255 } } },
    { 1, { { 7, 0, 96, 5, 0, 255 } } },
    { 3, { { 7, 0, 13, 2, 0, 255 } } },
    { 3, { { 7, 0, 41, 0, 0, 255 } } },
    { 3, { { 7, 0, 42, 0, 0, 255 } } },
};
/* clang-format on */

bool archive_is(const struct meter *m, const struct dlms_target *t)
{
    return model_at(m->model)->has_archive && t->class_id == PROFILE &&
           (obis_same(t->name, hourly_name) || obis_same(t->name, daily_name));
}

static void list_make(struct dlms_value *v, struct arena *a,
                      enum dlms_type type, size_t n)
{
    *v = (struct dlms_value){ .type = type };
    v->list.at = arena_alloc(a, n * sizeof *v->list.at + 1);
    v->list.n = n;
}

static void number(struct dlms_value *v, enum dlms_type type, uint64_t n)
{
    *v = (struct dlms_value){ .type = type };
    v->u = n;
}

static void objects_get(struct arena *a, struct dlms_value *out)
{
    list_make(out, a, DLMS_ARRAY, COLUMNS);
    for (size_t i = 0; i < COLUMNS; i++) {
        struct dlms_value *o = &out->list.at[i];

        list_make(o, a, DLMS_STRUCTURE, 4);
        number(&o->list.at[0], DLMS_LONG_UNSIGNED, captured[i].class_id);
        o->list.at[1] = (struct dlms_value){ .type = DLMS_OCTET_STRING };
        o->list.at[1].octets = (struct bytes){ captured[i].name.at, 6 };
        o->list.at[2] = (struct dlms_value){ .type = DLMS_INTEGER };
        o->list.at[2].i = 2;
        number(&o->list.at[3], DLMS_LONG_UNSIGNED, 0);
    }
}

static uint64_t volume_at(const struct meter *m, int64_t at_s, int64_t now_s)
{
    uint64_t since = (uint64_t)(now_s - at_s) * (20 + m->seed % 230) / HOUR_S;

    return m->volume > since ? m->volume - since : 0;
}

static void record_make(struct dlms_value *row, struct arena *a,
                        const struct meter *m, int64_t at_s, int64_t now_s)
{
    uint8_t *bytes = arena_alloc(a, DLMS_DATETIME_LEN);
    struct dlms_datetime t;

    dlms_datetime_of_moment((struct moment){ .us = at_s * 1000000 },
                            MOSCOW_DEVIATION, &t);
    dlms_datetime_write(bytes, &t);
    list_make(row, a, DLMS_STRUCTURE, COLUMNS);
    row->list.at[0] = (struct dlms_value){ .type = DLMS_OCTET_STRING };
    row->list.at[0].octets = (struct bytes){ bytes, DLMS_DATETIME_LEN };
    number(&row->list.at[1], DLMS_DOUBLE_LONG_UNSIGNED, m->status);
    number(&row->list.at[2], DLMS_LONG64_UNSIGNED, volume_at(m, at_s, now_s));
    row->list.at[3] = (struct dlms_value){ .type = DLMS_LONG };
    row->list.at[3].i = 40 + (int64_t)(m->seed % 150);
    number(&row->list.at[4], DLMS_DOUBLE_LONG_UNSIGNED,
           m->pressure_pa != 0 ? m->pressure_pa : 102000 + m->seed % 2500);
}

/* range_descriptor {object, from, to, columns} */
static bool range_read(const struct dlms_request *q, int64_t *from, int64_t *to)
{
    int64_t *const out[] = { from, to };

    if (!q->has_selection || q->selector != 1)
        return false;
    for (size_t i = 0; i < 2; i++) {
        const struct dlms_value *v = dlms_value_at(&q->selection, i + 1);
        struct dlms_datetime t;
        struct moment m;

        if (v == NULL || !dlms_value_datetime(v, &t) ||
            dlms_datetime_moment(&t, MOSCOW_DEVIATION, &m) != ERR_OK)
            return false;
        *out[i] = m.us / 1000000;
    }
    return true;
}

static void buffer_get(const struct meter *m, int64_t now_s, struct arena *a,
                       const struct dlms_request *q, struct dlms_value *out)
{
    bool hourly = obis_same(q->target.name, hourly_name);
    int64_t step = hourly ? HOUR_S : DAY_S;
    int64_t offset = hourly ? 0 : REPORT_HOUR_S - MOSCOW_S;
    int64_t from = 0, to = now_s, at;
    size_t n = 0;

    (void)range_read(q, &from, &to);
    if (to > now_s)
        to = now_s;
    if (from < now_s - ROWS_MAX * step)
        from = now_s - ROWS_MAX * step;
    list_make(out, a, DLMS_ARRAY, ROWS_MAX + 1);
    at = (from - offset + step - 1) / step * step + offset;
    for (; at <= to && n < ROWS_MAX; at += step)
        record_make(&out->list.at[n++], a, m, at, now_s);
    out->list.n = n;
}

unsigned archive_get(const struct meter *m, int64_t now_us, struct arena *a,
                     const struct dlms_request *q, struct dlms_value *out)
{
    if (q->target.index == 3)
        objects_get(a, out);
    else if (q->target.index == 2)
        buffer_get(m, now_us / 1000000, a, q, out);
    else
        return DLMS_READ_WRITE_DENIED;
    return DLMS_SUCCESS;
}
