/*
 * The bytes of a session in one value, exchange.frames of the database:
 *
 *   01                            version
 *   of each piece, as it was read or written:
 *     milliseconds                since the piece before; of the first, since
 *                                 the meter called
 *     length * 4 + 2 hidden + 1 to the meter
 *     bytes
 *
 * Numbers are of 7 bits a byte, the low ones first, the high bit says that
 * more follow. A hidden piece has had something overwritten: a password.
 */
#ifndef LAZUR_LIB_EXCHANGE_FRAMES_H
#define LAZUR_LIB_EXCHANGE_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/err.h"

#define FRAMES_VERSION  1
#define FRAMES_HEAD_MAX 20 /* bytes before those of a piece */

struct frames_piece {
    int64_t after_ms; /* since the piece before */
    bool to_meter, hidden;
    struct bytes is;
};

/* What stands before the bytes of a piece; how much it is. after_ms >= 0. */
size_t frames_head(uint8_t out[FRAMES_HEAD_MAX], const struct frames_piece *p);

struct frames {
    struct bytes b;
    size_t at; /* of the next piece */
};

/* ERR_PROTOCOL: of another version. */
enum err frames_open(struct frames *f, struct bytes b) MUST_CHECK;

static inline bool frames_more(const struct frames *f)
{
    return f->at < f->b.len;
}

/* ERR_PROTOCOL: it ends inside of a piece. */
enum err frames_next(struct frames *f, struct frames_piece *out) MUST_CHECK;

#endif
