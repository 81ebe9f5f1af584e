/* Frames found in a stream, taken apart, and answered. */
#include "lib/goldcard/frame.h"

#include <stdio.h>
#include <string.h>

#define END      0x16
#define NUMBER   7 /* offsets */
#define COUNTER  11
#define BODY     13
#define BLOCK    18
#define TAIL_LEN 3 /* check sequence and end */
#define CHECKED  5 /* where the candidate begins */

static const uint8_t start[GOLDCARD_START_LEN] = { 0x68, 0x03, 0x00 };

/* A frame at p: its length; 0: it may become one; -1: there is none. */
static ssize_t frame_at(const uint8_t *p, size_t len)
{
    size_t whole;

    if (memcmp(p, start, len < sizeof(start) ? len : sizeof(start)) != 0)
        return -1;
    if (len < CHECKED)
        return 0;
    whole = be16_get(p + sizeof(start));
    if (whole < GOLDCARD_ANSWER_LEN || whole > GOLDCARD_FRAME_MAX)
        return -1;
    if (len < whole)
        return 0;
    return p[whole - 1] == END ? (ssize_t)whole : -1;
}

size_t goldcard_find(const uint8_t *buf, size_t len, size_t *skip)
{
    for (size_t at = 0; at < len; at++) {
        ssize_t n = frame_at(buf + at, len - at);

        if (n < 0)
            continue;
        *skip = at;
        return (size_t)n;
    }
    *skip = len;
    return 0;
}

int goldcard_bcd(uint8_t b)
{
    return (b >> 4) > 9 || (b & 15) > 9 ? -1 : (b >> 4) * 10 + (b & 15);
}

uint16_t goldcard_crc(struct bytes b)
{
    unsigned crc = 0;

    for (size_t i = 0; i < b.len; i++) {
        crc ^= (unsigned)b.at[i] << 8;
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
    }
    return (uint16_t)crc;
}

static enum err read_number(const uint8_t *p, char out[GOLDCARD_DIGITS + 1])
{
    for (size_t i = 0; i < GOLDCARD_DIGITS / 2; i++) {
        int two = goldcard_bcd(p[NUMBER + i]);

        if (two < 0)
            return err_raise(ERR_PROTOCOL, "offset %zu: %02X is no BCD",
                             NUMBER + i, p[NUMBER + i]);
        out[2 * i] = (char)('0' + two / 10);
        out[2 * i + 1] = (char)('0' + two % 10);
    }
    out[GOLDCARD_DIGITS] = '\0';
    return ERR_OK;
}

static enum err read_body(struct bytes frame, struct goldcard_frame *out)
{
    const uint8_t *p = frame.at;
    size_t fits = frame.len - (BLOCK + TAIL_LEN);

    if (out->kind == GOLDCARD_ANSWER) {
        out->status = p[BODY];
        return frame.len == GOLDCARD_ANSWER_LEN
                   ? ERR_OK
                   : err_raise(ERR_PROTOCOL, "offset 3: an answer of %zu bytes",
                               frame.len);
    }
    if (frame.len < BLOCK + TAIL_LEN)
        return err_raise(ERR_PROTOCOL, "offset 3: a message of %zu bytes",
                         frame.len);
    if (be16_get(p + BODY) != fits)
        return err_raise(ERR_PROTOCOL,
                         "offset %d: a block of %u bytes, not %zu", BODY,
                         be16_get(p + BODY), fits);
    out->variety = (struct bytes){ p + BODY + 2, BLOCK - BODY - 2 };
    out->block = (struct bytes){ p + BLOCK, fits };
    return ERR_OK;
}

enum err goldcard_frame_read(struct bytes frame, struct goldcard_frame *out)
{
    const uint8_t *p = frame.at;
    enum err e;

    memset(out, 0, sizeof(*out));
    if (frame.len == 0 || frame_at(p, frame.len) != (ssize_t)frame.len)
        return err_raise(ERR_PROTOCOL, "offset 0: not one frame");
    if (p[6] != GOLDCARD_MESSAGE && p[6] != GOLDCARD_ANSWER)
        return err_raise(ERR_PROTOCOL, "offset 6: kind %02X is not known",
                         p[6]);
    out->sequence = p[5];
    out->kind = (enum goldcard_kind)p[6];
    out->counter = be16_get(p + COUNTER);
    out->crc = be16_get(p + frame.len - TAIL_LEN);
    out->computed = goldcard_crc(
        (struct bytes){ p + CHECKED, frame.len - CHECKED - TAIL_LEN });
    if ((e = read_number(p, out->digits)) != ERR_OK)
        return e;
    return read_body(frame, out);
}

void goldcard_answer(const struct goldcard_frame *to,
                     uint8_t out[GOLDCARD_ANSWER_LEN])
{
    const size_t checked = GOLDCARD_ANSWER_LEN - CHECKED - TAIL_LEN;

    memset(out, 0, GOLDCARD_ANSWER_LEN);
    memcpy(out, start, sizeof(start));
    be16_put(out + sizeof(start), GOLDCARD_ANSWER_LEN);
    out[5] = to->sequence;
    out[6] = GOLDCARD_ANSWER;
    for (size_t i = 0; i < GOLDCARD_DIGITS; i++)
        out[NUMBER + i / 2] =
            (uint8_t)(out[NUMBER + i / 2] << 4 | (to->digits[i] - '0'));
    be16_put(out + COUNTER, (uint16_t)(to->counter + 1));
    be16_put(out + GOLDCARD_ANSWER_LEN - TAIL_LEN,
             goldcard_crc((struct bytes){ out + CHECKED, checked }));
    out[GOLDCARD_ANSWER_LEN - 1] = END;
}
