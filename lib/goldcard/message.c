/* Blocks of objects and of days. */
#include "lib/goldcard/message.h"

#include <stdio.h>
#include <string.h>

#include "lib/units/moment.h"

#define OBJECT_HEAD 3
#define DAYS_HEAD   3
#define MONTH_LEN   126
#define MONTH_DAYS  31

#define PRESENT      0xC387
#define REGISTER     0xC388
#define PRESENT_LEN  24
#define REGISTER_LEN 8

static const uint8_t variety[] = { 0x01, 0x00, 0x15 };
static const uint8_t days_mark[] = { 0x00, 0x51 };

/* ---- objects ---- */

/* Bytes from ... to of an object; to 0: all of them. */
static void keep(struct goldcard_message *m, const struct goldcard_object *o,
                 size_t from, size_t to)
{
    struct goldcard_unknown *u = &m->unknown[m->unknown_n++];

    if (to == 0) {
        snprintf(u->name, sizeof(u->name), "%04X unknown", o->id);
        u->value = o->value;
        return;
    }
    snprintf(u->name, sizeof(u->name), "%04X unknown %u-%u", o->id,
             (unsigned)from & 0xFF, (unsigned)to & 0xFF);
    u->value = (struct bytes){ o->value.at + from, to - from + 1 };
}

static enum err read_clock(const uint8_t *p, struct goldcard_message *m)
{
    struct moment t;
    int n[6];

    for (size_t i = 0; i < sizeof(n) / sizeof(n[0]); i++) {
        if ((n[i] = goldcard_bcd(p[i])) < 0)
            return err_raise(ERR_PROTOCOL, "clock: %02X is no BCD", p[i]);
    }
    if (moment_of_civil(2000 + n[0], n[1], n[2], n[3], n[4], n[5], &t) !=
        ERR_OK)
        return err_raise(ERR_PROTOCOL, "clock: no such moment");
    m->has_clock = true;
    m->clock_s = t.us / 1000000;
    return ERR_OK;
}

static enum err read_object(struct goldcard_message *m,
                            const struct goldcard_object *o)
{
    const uint8_t *p = o->value.at;

    if (o->id == PRESENT && o->value.len == PRESENT_LEN) {
        m->has_battery = m->has_volume = true;
        m->battery_mv = be16_get(p + 6);
        m->volume_dm3 = be32_get(p + 16);
        keep(m, o, 8, 15);
        keep(m, o, 20, 23);
        return read_clock(p, m);
    }
    if (o->id == REGISTER && o->value.len == REGISTER_LEN) {
        if (!m->has_volume)
            m->volume_dm3 = be32_get(p);
        m->has_volume = true;
        keep(m, o, 4, 7);
        return ERR_OK;
    }
    keep(m, o, 0, 0);
    return ERR_OK;
}

static enum err cut_objects(struct bytes block, struct goldcard_message *m)
{
    size_t at = 1;

    for (size_t i = 0; i < m->objects_n; i++) {
        struct goldcard_object *o = &m->objects[i];
        size_t left = block.len - at;

        if (left < OBJECT_HEAD || left - OBJECT_HEAD < block.at[at + 2])
            return err_raise(ERR_PROTOCOL, "object %zu of %zu is cut short",
                             i + 1, m->objects_n);
        o->id = be16_get(block.at + at);
        o->value =
            (struct bytes){ block.at + at + OBJECT_HEAD, block.at[at + 2] };
        at += OBJECT_HEAD + o->value.len;
    }
    if (at != block.len)
        return err_raise(ERR_PROTOCOL, "%zu bytes after the last object",
                         block.len - at);
    return ERR_OK;
}

static enum err read_objects(struct arena *a, struct bytes block,
                             struct goldcard_message *m)
{
    enum err e;

    m->objects_n = block.at[0];
    m->objects = arena_alloc(a, m->objects_n * sizeof(*m->objects));
    /* Two of an object at most. */
    m->unknown = arena_alloc(a, 2 * m->objects_n * sizeof(*m->unknown));
    if ((e = cut_objects(block, m)) != ERR_OK)
        return e;
    for (size_t i = 0; i < m->objects_n; i++) {
        if ((e = read_object(m, &m->objects[i])) != ERR_OK)
            return e;
    }
    return ERR_OK;
}

/* ---- days ---- */

static bool exists(int year, int month, int day)
{
    struct moment t;

    return moment_of_civil(year, month, day, 0, 0, 0, &t) == ERR_OK;
}

static enum err read_month(const uint8_t *p, struct goldcard_message *m)
{
    int year = goldcard_bcd(p[0]), month = goldcard_bcd(p[1]);

    if (year < 0 || !exists(2000 + year, month, 1))
        return err_raise(ERR_PROTOCOL, "%02X %02X is no month", p[0], p[1]);
    for (int day = 1; day <= MONTH_DAYS; day++) {
        uint32_t volume = be32_get(p + 2 + 4 * ((size_t)day - 1));

        if (volume == 0)
            continue;
        if (!exists(2000 + year, month, day))
            return err_raise(ERR_PROTOCOL, "a register on day %d of %02X %02X",
                             day, p[0], p[1]);
        m->days[m->days_n++] =
            (struct goldcard_day){ 2000 + year, month, day, volume };
    }
    return ERR_OK;
}

static bool is_days(struct bytes block)
{
    return block.len >= DAYS_HEAD &&
           memcmp(block.at, days_mark, sizeof(days_mark)) == 0 &&
           block.len == DAYS_HEAD + block.at[2] * (size_t)MONTH_LEN;
}

static enum err read_days(struct arena *a, struct bytes block,
                          struct goldcard_message *m)
{
    enum err e = ERR_OK;

    m->is_days = true;
    m->days =
        arena_alloc(a, (size_t)block.at[2] * MONTH_DAYS * sizeof(*m->days));
    for (size_t i = 0; i < block.at[2] && e == ERR_OK; i++)
        e = read_month(block.at + DAYS_HEAD + i * MONTH_LEN, m);
    return e;
}

enum err goldcard_message_read(struct arena *a, const struct goldcard_frame *f,
                               struct goldcard_message *out)
{
    memset(out, 0, sizeof(*out));
    if (f->kind != GOLDCARD_MESSAGE)
        return err_raise(ERR_PROTOCOL, "offset 6: an answer, not a message");
    if (memcmp(f->variety.at, variety, sizeof(variety)) != 0)
        return err_raise(ERR_PROTOCOL,
                         "offset 15: variety %02X %02X %02X is not known",
                         f->variety.at[0], f->variety.at[1], f->variety.at[2]);
    if (is_days(f->block))
        return read_days(a, f->block, out);
    if (f->block.len > 0 && f->block.at[0] > 0)
        return read_objects(a, f->block, out);
    return err_raise(ERR_PROTOCOL, "offset 18: a block of no known shape");
}
