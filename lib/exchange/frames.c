/* Pieces behind one another, each with its time, direction and length. */
#include "lib/exchange/frames.h"

#define NUMBER_MAX 9 /* bytes of 7 bits: below 2^63 */

enum { TO_METER = 1, HIDDEN = 2, FLAGS = 2 /* bits */ };

static size_t number_put(uint8_t *at, uint64_t n)
{
    size_t len = 0;

    while (n >= 0x80) {
        at[len++] = (uint8_t)(n | 0x80);
        n >>= 7;
    }
    at[len++] = (uint8_t)n;
    return len;
}

size_t frames_head(uint8_t out[FRAMES_HEAD_MAX], const struct frames_piece *p)
{
    uint64_t len = (uint64_t)p->is.len << FLAGS |
                   (p->hidden ? (uint64_t)HIDDEN : 0) |
                   (p->to_meter ? (uint64_t)TO_METER : 0);
    size_t n = number_put(out, (uint64_t)p->after_ms);

    return n + number_put(out + n, len);
}

enum err frames_open(struct frames *f, struct bytes b)
{
    if (b.len == 0 || b.at[0] != FRAMES_VERSION)
        return err_raise(ERR_PROTOCOL, "frames of an unknown version");
    *f = (struct frames){ .b = b, .at = 1 };
    return ERR_OK;
}

static enum err number_get(struct frames *f, uint64_t *out)
{
    *out = 0;
    for (unsigned i = 0; i < NUMBER_MAX && f->at < f->b.len; i++) {
        uint8_t octet = f->b.at[f->at++];

        *out |= (uint64_t)(octet & 0x7F) << 7 * i;
        if ((octet & 0x80) == 0)
            return ERR_OK;
    }
    return err_raise(ERR_PROTOCOL, "offset %zu: frames without their end",
                     f->at);
}

enum err frames_next(struct frames *f, struct frames_piece *out)
{
    uint64_t after_ms, len;
    enum err e;

    if ((e = number_get(f, &after_ms)) != ERR_OK ||
        (e = number_get(f, &len)) != ERR_OK)
        return e;
    *out = (struct frames_piece){ .after_ms = (int64_t)after_ms,
                                  .to_meter = (len & TO_METER) != 0,
                                  .hidden = (len & HIDDEN) != 0 };
    len >>= FLAGS;
    if (len > f->b.len - f->at)
        return err_raise(ERR_PROTOCOL, "offset %zu: a piece is cut short",
                         f->at);
    out->is = (struct bytes){ f->b.at + f->at, (size_t)len };
    f->at += (size_t)len;
    return ERR_OK;
}
