/* Reading bytes in order, each field checked before it is touched. For the
 * .c files of lib/dlms only. */
#ifndef LAZUR_LIB_DLMS_CURSOR_H
#define LAZUR_LIB_DLMS_CURSOR_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/err.h"

/* Offsets are of the whole APDU; end may be that of a field inside it. */
struct cursor {
    const uint8_t *base;
    size_t at, end;
};

struct cursor cursor_of(struct bytes b);
size_t cursor_left(const struct cursor *c);

/* All of these raise ERR_PROTOCOL "offset n: what needs ..., ... are left". */
enum err cursor_need(const struct cursor *c, size_t n,
                     const char *what) MUST_CHECK;
enum err cursor_u8(struct cursor *c, const char *what, uint8_t *out) MUST_CHECK;
enum err cursor_u16(struct cursor *c, const char *what,
                    uint16_t *out) MUST_CHECK;
enum err cursor_u32(struct cursor *c, const char *what,
                    uint32_t *out) MUST_CHECK;
enum err cursor_take(struct cursor *c, size_t n, const char *what,
                     struct bytes *out) MUST_CHECK;

/* A length as A-XDR and BER write it: below 80 itself, else so many bytes. */
enum err cursor_length(struct cursor *c, size_t *out) MUST_CHECK;

/* A length and so many bytes. */
enum err cursor_octets(struct cursor *c, const char *what,
                       struct bytes *out) MUST_CHECK;

/* A length, and a cursor over so many bytes; c moves behind them. */
enum err cursor_inside(struct cursor *c, const char *what,
                       struct cursor *out) MUST_CHECK;

/* ERR_PROTOCOL when bytes are left over. */
enum err cursor_end(const struct cursor *c, const char *what) MUST_CHECK;

#endif
