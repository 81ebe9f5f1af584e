/* The three objects of a goldCard message (docs/protocol.md). */
#include "tools/meter-sim/goldcard.h"

#include <string.h>
#include <time.h>

#include "lib/goldcard/frame.h"
#include "tools/meter-sim/push.h"

#define UNKNOWN_LEN 8
#define CHECKED     5  /* where the check sequence begins */
#define BLOCK       18 /* and the block */

static unsigned bcd(int n)
{
    return (unsigned)n / 10 % 10 << 4 | (unsigned)n % 10;
}

/* The last digits of the serial number; what is none is 0. */
static void digits_of(const struct meter *m, char out[GOLDCARD_DIGITS + 1])
{
    size_t len = strlen(m->serial);

    memset(out, '0', GOLDCARD_DIGITS);
    out[GOLDCARD_DIGITS] = '\0';
    for (size_t i = 0; i < GOLDCARD_DIGITS && i < len; i++) {
        char c = m->serial[len - 1 - i];

        if (c >= '0' && c <= '9')
            out[GOLDCARD_DIGITS - 1 - i] = c;
    }
}

static void put_clock(struct dlms_out *o, int64_t at_s)
{
    time_t t = (time_t)(at_s - (int64_t)PUSH_DEVIATION * 60);
    struct tm tm = { 0 };

    (void)gmtime_r(&t, &tm);
    dlms_out_u8(o, bcd(tm.tm_year));
    dlms_out_u8(o, bcd(tm.tm_mon + 1));
    dlms_out_u8(o, bcd(tm.tm_mday));
    dlms_out_u8(o, bcd(tm.tm_hour));
    dlms_out_u8(o, bcd(tm.tm_min));
    dlms_out_u8(o, bcd(tm.tm_sec));
}

static void put_head(struct dlms_out *o, unsigned id, unsigned len)
{
    dlms_out_u16(o, id);
    dlms_out_u8(o, len);
}

static void put_register(struct dlms_out *o, const struct meter *m)
{
    dlms_out_u32(o, (uint32_t)m->told.volume);
    dlms_out_u32(o, 0);
}

static void put_block(struct dlms_out *o, const struct meter *m)
{
    static const uint8_t unknown[UNKNOWN_LEN];

    dlms_out_u8(o, 3);
    put_head(o, 0xC387, 24);
    put_clock(o, m->told.at_s);
    dlms_out_u16(o, m->told.battery_mv);
    dlms_out_raw(o, unknown, sizeof unknown);
    put_register(o, m);
    put_head(o, 0xC388, 8);
    put_register(o, m);
    put_head(o, 0x210D, 1);
    dlms_out_u8(o, 1);
}

void goldcard_put(struct dlms_out *out, const struct meter *m)
{
    static const uint8_t start[] = { 0x68, 0x03, 0x00 };
    static const uint8_t variety[] = { 0x01, 0x00, 0x15 };
    char digits[GOLDCARD_DIGITS + 1];
    struct dlms_out block;
    size_t at = out->len;

    dlms_out_init(&block, out->a);
    put_block(&block, m);
    digits_of(m, digits);
    dlms_out_raw(out, start, sizeof start);
    dlms_out_u16(out, (unsigned)block.len + BLOCK + 3);
    dlms_out_u8(out, m->told.invoke & 0xFF);
    dlms_out_u8(out, GOLDCARD_MESSAGE);
    for (size_t i = 0; i < GOLDCARD_DIGITS; i += 2)
        dlms_out_u8(out, bcd((digits[i] - '0') * 10 + digits[i + 1] - '0'));
    dlms_out_u16(out, m->told.invoke & 0xFFFF);
    dlms_out_u16(out, (unsigned)block.len);
    dlms_out_raw(out, variety, sizeof variety);
    dlms_out_raw(out, block.at, block.len);
    dlms_out_u16(out, goldcard_crc((struct bytes){ out->at + at + CHECKED,
                                                   out->len - at - CHECKED }));
    dlms_out_u8(out, 0x16);
}

size_t goldcard_heard(const struct meter *m, struct bytes in, bool *answers)
{
    size_t skip, n = goldcard_find(in.at, in.len, &skip);
    char digits[GOLDCARD_DIGITS + 1];
    struct goldcard_frame f;

    if (n == 0)
        return 0;
    digits_of(m, digits);
    *answers = skip == 0 &&
               goldcard_frame_read((struct bytes){ in.at, n }, &f) == ERR_OK &&
               f.kind == GOLDCARD_ANSWER && f.status == 0 &&
               f.crc == f.computed && f.sequence == (m->told.invoke & 0xFF) &&
               f.counter == ((m->told.invoke + 1) & 0xFFFF) &&
               strcmp(f.digits, digits) == 0;
    return skip + n;
}
