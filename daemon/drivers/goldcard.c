/* goldCard messages, as docs/protocol.md says: frames to a reading. */
#include "daemon/drivers/goldcard.h"

#include <stdio.h>
#include <string.h>

#include "daemon/drivers/driver.h"
#include "lib/base/hex.h"
#include "lib/goldcard/message.h"
#include "lib/goldcard/print.h"
#include "lib/units/moment.h"

#define NOISE_MAX 16 /* before the first frame of a connection */
#define SECOND_US 1000000
#define DAY_US    (INT64_C(86400) * SECOND_US)
#define TYPE      "Счётчик воды goldCard"
#define UNIT_NONE 255

enum crc_mode { CRC_OFF, CRC_LOG, CRC_STRICT, CRC_MODES };

static enum crc_mode crc_mode = CRC_LOG;

enum err goldcard_crc_use(const char *word)
{
    static const char *const words[CRC_MODES] = { "off", "log", "strict" };

    for (int i = 0; i < CRC_MODES; i++) {
        if (strcmp(word, words[i]) == 0) {
            crc_mode = (enum crc_mode)i;
            return ERR_OK;
        }
    }
    return err_raise(ERR_INVALID, "goldcard_crc is off, log or strict");
}

/* ---- frames ---- */

/* Something may stand before the first frame, of a modem or of the line. */
static enum recognised recognise(const uint8_t *buf, size_t len)
{
    size_t skip, n = goldcard_find(buf, len, &skip);

    if (skip > NOISE_MAX)
        return RECOGNISED_NOT;
    return n > 0 || len - skip >= GOLDCARD_START_LEN ? RECOGNISED
                                                     : RECOGNISED_PERHAPS;
}

/* What stands before a frame goes with it. */
static ssize_t telegram_len(struct arena *a, const uint8_t *buf, size_t len,
                            const char **fault)
{
    size_t skip, n = goldcard_find(buf, len, &skip);

    (void)a;
    (void)fault;
    return n > 0 ? (ssize_t)(skip + n) : 0;
}

/* ---- the reading ---- */

static void remark(struct push *out, const char *reason, const char *detail)
{
    out->remarks[out->remarks_n++] =
        (struct push_remark){ .reason = reason, .detail = detail };
}

static enum err judge_crc(struct arena *a, const struct goldcard_frame *f,
                          struct push *out, const char **fault)
{
    const char *why;

    if (crc_mode == CRC_OFF || f->crc == f->computed)
        return ERR_OK;
    why = arena_printf(a, "goldCard %s: check sequence %04X, not %04X",
                       f->digits, f->crc, f->computed);
    if (crc_mode == CRC_STRICT) {
        *fault = "bad_checksum";
        return err_raise(ERR_PROTOCOL, "%s", why);
    }
    remark(out, NULL, why);
    return ERR_OK;
}

/* What nobody has explained is kept as it came. */
static void registers(struct arena *a, const struct goldcard_message *m,
                      struct reading *r)
{
    r->registers = arena_alloc(a, m->unknown_n * sizeof(*r->registers));
    for (size_t i = 0; i < m->unknown_n; i++) {
        struct reading_register *g = &r->registers[r->registers_n++];

        snprintf(g->name, sizeof(g->name), "%s", m->unknown[i].name);
        g->unit = UNIT_NONE;
        g->text = hex_text(a, m->unknown[i].value);
    }
}

static int64_t beginning_us(const struct goldcard_day *d,
                            const struct origin *from)
{
    struct moment m = { 0 };

    if (moment_of_civil(d->year, d->month, d->day, 0, 0, 0, &m) != ERR_OK)
        return from->received_us; /* goldcard_message_read gives none such */
    return m.us - (int64_t)from->zone_minutes * 60 * SECOND_US;
}

/*
 * Days that are over, for no register of them will change any more. The same
 * message is the same reading: of the end of its newest day, a microsecond
 * after what the meter may say of that moment itself. It says no more than that
 * the meter called.
 */
static void days(struct arena *a, const struct goldcard_message *m,
                 const struct origin *from, struct reading *r)
{
    r->days = arena_alloc(a, m->days_n * sizeof(*r->days));
    for (size_t i = 0; i < m->days_n; i++) {
        const struct goldcard_day *d = &m->days[i];
        struct reading_day *to = &r->days[r->days_n];
        int64_t end_us;

        to->at_us = beginning_us(d, from);
        end_us = to->at_us + DAY_US;
        if (end_us > from->received_us)
            continue;
        if (r->days_n++ == 0 || end_us >= r->at_us)
            r->at_us = end_us + 1;
        to->volume_dm3 = d->volume_dm3;
        snprintf(to->day, sizeof(to->day), "%04u-%02u-%02u",
                 (unsigned)d->year % 10000, (unsigned)d->month % 100,
                 (unsigned)d->day % 100);
    }
}

static void fill(struct arena *a, const struct goldcard_message *m,
                 const struct origin *from, struct reading *r)
{
    r->received_us = from->received_us;
    r->at_us = from->received_us - from->received_us % SECOND_US;
    if (m->has_clock) {
        r->has |= HAS_CLOCK;
        r->at_us = (m->clock_s - (int64_t)from->zone_minutes * 60) * SECOND_US;
    }
    if (m->has_volume) {
        r->has |= HAS_VOLUME;
        r->volume_dm3 = m->volume_dm3;
    }
    if (m->has_battery && m->battery_mv <= INT16_MAX) {
        r->has |= HAS_BATTERY_MV;
        r->battery_mv = (int16_t)m->battery_mv;
    }
    if (m->unknown_n > 0)
        registers(a, m, r);
    if (m->days_n > 0)
        days(a, m, from, r);
}

static enum err push(struct arena *a, const struct origin *from,
                     struct bytes telegram, struct push *out,
                     const char **fault)
{
    size_t skip, n = goldcard_find(telegram.at, telegram.len, &skip);
    struct goldcard_message m;
    struct goldcard_frame f;
    struct reading *r = &out->reading;
    enum err e;

    memset(out, 0, sizeof(*out));
    *fault = "bad_data";
    if ((e = goldcard_frame_read((struct bytes){ telegram.at + skip, n },
                                 &f)) != ERR_OK ||
        (e = judge_crc(a, &f, out, fault)) != ERR_OK ||
        (e = goldcard_message_read(a, &f, &m)) != ERR_OK)
        return e;
    if (skip > 0)
        remark(out, "noise",
               arena_printf(a, "goldCard %s: %zu bytes before its message",
                            f.digits, skip));
    snprintf(r->identity, sizeof(r->identity), "goldCard/%s", f.digits);
    snprintf(r->tail, sizeof(r->tail), "%s", f.digits);
    snprintf(r->type, sizeof(r->type), TYPE);
    fill(a, &m, from, r);
    goldcard_answer(&f, out->confirm);
    out->confirm_len = GOLDCARD_ANSWER_LEN;
    out->confirmed = true;
    return ERR_OK;
}

static void end(void *state)
{
    (void)state;
}

const struct driver goldcard_driver = {
    .name = "goldCard",
    .recognise = recognise,
    .describe = goldcard_print,
    .telegram_len = telegram_len,
    .push = push,
    .end = end,
};
