/* Reading bytes in order, each field checked before it is touched. */
#include "lib/dlms/cursor.h"

struct cursor cursor_of(struct bytes b)
{
    return (struct cursor){ b.at, 0, b.len };
}

size_t cursor_left(const struct cursor *c)
{
    return c->end - c->at;
}

enum err cursor_need(const struct cursor *c, size_t n, const char *what)
{
    if (cursor_left(c) < n)
        return err_raise(ERR_PROTOCOL,
                         "offset %zu: %s needs %zu bytes, %zu are left", c->at,
                         what, n, cursor_left(c));
    return ERR_OK;
}

enum err cursor_u8(struct cursor *c, const char *what, uint8_t *out)
{
    enum err e;

    if ((e = cursor_need(c, 1, what)) != ERR_OK)
        return e;
    *out = c->base[c->at++];
    return ERR_OK;
}

enum err cursor_u16(struct cursor *c, const char *what, uint16_t *out)
{
    enum err e;

    if ((e = cursor_need(c, 2, what)) != ERR_OK)
        return e;
    *out = be16_get(c->base + c->at);
    c->at += 2;
    return ERR_OK;
}

enum err cursor_u32(struct cursor *c, const char *what, uint32_t *out)
{
    enum err e;

    if ((e = cursor_need(c, 4, what)) != ERR_OK)
        return e;
    *out = be32_get(c->base + c->at);
    c->at += 4;
    return ERR_OK;
}

enum err cursor_take(struct cursor *c, size_t n, const char *what,
                     struct bytes *out)
{
    enum err e;

    if ((e = cursor_need(c, n, what)) != ERR_OK)
        return e;
    *out = (struct bytes){ c->base + c->at, n };
    c->at += n;
    return ERR_OK;
}

enum err cursor_length(struct cursor *c, size_t *out)
{
    size_t v = 0;
    uint8_t n;
    enum err e;

    if ((e = cursor_u8(c, "length", &n)) != ERR_OK)
        return e;
    if (n < 0x80) {
        *out = n;
        return ERR_OK;
    }
    n &= 0x7F;
    if (n == 0 || n > 4)
        return err_raise(ERR_PROTOCOL, "offset %zu: a length of %u bytes",
                         c->at - 1, n);
    if ((e = cursor_need(c, n, "length")) != ERR_OK)
        return e;
    while (n-- > 0)
        v = v << 8 | c->base[c->at++];
    *out = v;
    return ERR_OK;
}

enum err cursor_octets(struct cursor *c, const char *what, struct bytes *out)
{
    size_t len = 0;
    enum err e;

    if ((e = cursor_length(c, &len)) != ERR_OK)
        return e;
    return cursor_take(c, len, what, out);
}

enum err cursor_inside(struct cursor *c, const char *what, struct cursor *out)
{
    size_t len = 0;
    enum err e;

    if ((e = cursor_length(c, &len)) != ERR_OK ||
        (e = cursor_need(c, len, what)) != ERR_OK)
        return e;
    *out = (struct cursor){ c->base, c->at, c->at + len };
    c->at += len;
    return ERR_OK;
}

enum err cursor_end(const struct cursor *c, const char *what)
{
    if (cursor_left(c) > 0)
        return err_raise(ERR_PROTOCOL, "offset %zu: %zu bytes behind the %s",
                         c->at, cursor_left(c), what);
    return ERR_OK;
}
