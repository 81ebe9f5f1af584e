/* Writing A-XDR: a buffer that grows in its arena, and a value at a time. */
#include "lib/dlms/value.h"

#include <string.h>

void dlms_out_init(struct dlms_out *o, struct arena *a)
{
    *o = (struct dlms_out){ .a = a };
}

struct bytes dlms_out_bytes(const struct dlms_out *o)
{
    return (struct bytes){ o->at, o->len };
}

void dlms_out_raw(struct dlms_out *o, const void *at, size_t len)
{
    if (len == 0)
        return;
    if (len > o->cap - o->len) {
        size_t cap = o->cap * 2 + len + 64;
        uint8_t *more = arena_alloc(o->a, cap);

        if (o->len > 0)
            memcpy(more, o->at, o->len);
        o->at = more;
        o->cap = cap;
    }
    memcpy(o->at + o->len, at, len);
    o->len += len;
}

void dlms_out_u8(struct dlms_out *o, unsigned v)
{
    uint8_t b = (uint8_t)v;

    dlms_out_raw(o, &b, 1);
}

void dlms_out_u16(struct dlms_out *o, unsigned v)
{
    uint8_t b[2];

    be16_put(b, (uint16_t)v);
    dlms_out_raw(o, b, sizeof(b));
}

void dlms_out_u32(struct dlms_out *o, uint32_t v)
{
    uint8_t b[4];

    be32_put(b, v);
    dlms_out_raw(o, b, sizeof(b));
}

static void out_u64(struct dlms_out *o, uint64_t v)
{
    uint8_t b[8];

    be64_put(b, v);
    dlms_out_raw(o, b, sizeof(b));
}

void dlms_out_length(struct dlms_out *o, size_t len)
{
    if (len < 0x80) {
        dlms_out_u8(o, (unsigned)len);
    } else if (len <= 0xFF) {
        dlms_out_u8(o, 0x81);
        dlms_out_u8(o, (unsigned)len);
    } else if (len <= 0xFFFF) {
        dlms_out_u8(o, 0x82);
        dlms_out_u16(o, (unsigned)len);
    } else {
        dlms_out_u8(o, 0x84);
        dlms_out_u32(o, (uint32_t)len);
    }
}

void dlms_put_null(struct dlms_out *o)
{
    dlms_out_u8(o, DLMS_NULL);
}

void dlms_put_structure(struct dlms_out *o, size_t n)
{
    dlms_out_u8(o, DLMS_STRUCTURE);
    dlms_out_length(o, n);
}

void dlms_put_array(struct dlms_out *o, size_t n)
{
    dlms_out_u8(o, DLMS_ARRAY);
    dlms_out_length(o, n);
}

void dlms_put_boolean(struct dlms_out *o, bool v)
{
    dlms_out_u8(o, DLMS_BOOLEAN);
    dlms_out_u8(o, v);
}

void dlms_put_integer(struct dlms_out *o, int8_t v)
{
    dlms_out_u8(o, DLMS_INTEGER);
    dlms_out_u8(o, (uint8_t)v);
}

void dlms_put_long(struct dlms_out *o, int16_t v)
{
    dlms_out_u8(o, DLMS_LONG);
    dlms_out_u16(o, (uint16_t)v);
}

void dlms_put_double_long(struct dlms_out *o, int32_t v)
{
    dlms_out_u8(o, DLMS_DOUBLE_LONG);
    dlms_out_u32(o, (uint32_t)v);
}

void dlms_put_long64(struct dlms_out *o, int64_t v)
{
    dlms_out_u8(o, DLMS_LONG64);
    out_u64(o, (uint64_t)v);
}

void dlms_put_unsigned(struct dlms_out *o, uint8_t v)
{
    dlms_out_u8(o, DLMS_UNSIGNED);
    dlms_out_u8(o, v);
}

void dlms_put_long_unsigned(struct dlms_out *o, uint16_t v)
{
    dlms_out_u8(o, DLMS_LONG_UNSIGNED);
    dlms_out_u16(o, v);
}

void dlms_put_double_long_unsigned(struct dlms_out *o, uint32_t v)
{
    dlms_out_u8(o, DLMS_DOUBLE_LONG_UNSIGNED);
    dlms_out_u32(o, v);
}

void dlms_put_long64_unsigned(struct dlms_out *o, uint64_t v)
{
    dlms_out_u8(o, DLMS_LONG64_UNSIGNED);
    out_u64(o, v);
}

void dlms_put_enum(struct dlms_out *o, uint8_t v)
{
    dlms_out_u8(o, DLMS_ENUM);
    dlms_out_u8(o, v);
}

static void put_string(struct dlms_out *o, enum dlms_type type, const void *at,
                       size_t len)
{
    dlms_out_u8(o, type);
    dlms_out_length(o, len);
    dlms_out_raw(o, at, len);
}

void dlms_put_octets(struct dlms_out *o, const void *at, size_t len)
{
    put_string(o, DLMS_OCTET_STRING, at, len);
}

void dlms_put_visible(struct dlms_out *o, const char *text)
{
    put_string(o, DLMS_VISIBLE_STRING, text, strlen(text));
}

void dlms_put_utf8(struct dlms_out *o, const char *text)
{
    put_string(o, DLMS_UTF8_STRING, text, strlen(text));
}

void dlms_put_obis(struct dlms_out *o, struct obis name)
{
    dlms_put_octets(o, name.at, sizeof(name.at));
}

void dlms_put_datetime(struct dlms_out *o, const struct dlms_datetime *t)
{
    uint8_t b[DLMS_DATETIME_LEN];

    dlms_datetime_write(b, t);
    dlms_put_octets(o, b, sizeof(b));
}

static void put_float(struct dlms_out *o, const struct dlms_value *v)
{
    float f = (float)v->real;
    uint32_t raw32;
    uint64_t raw64;

    dlms_out_u8(o, v->type);
    if (v->type == DLMS_FLOAT32) {
        memcpy(&raw32, &f, sizeof(raw32));
        dlms_out_u32(o, raw32);
    } else {
        memcpy(&raw64, &v->real, sizeof(raw64));
        out_u64(o, raw64);
    }
}

static void put_bits(struct dlms_out *o, const struct dlms_value *v)
{
    dlms_out_u8(o, DLMS_BIT_STRING);
    dlms_out_length(o, v->bits.n);
    dlms_out_raw(o, v->bits.at, v->bits.n / 8 + (v->bits.n % 8 != 0));
}

static enum err put_fixed(struct dlms_out *o, const struct dlms_value *v,
                          size_t len)
{
    if (v->octets.len != len)
        return err_raise(ERR_INVALID, "a %s of %zu bytes",
                         dlms_type_name(v->type), v->octets.len);
    dlms_out_u8(o, v->type);
    dlms_out_raw(o, v->octets.at, len);
    return ERR_OK;
}

/* Calls itself; depth ends it. */
static enum err put_value(struct dlms_out *o, const struct dlms_value *v,
                          unsigned depth)
{
    enum err e;

    if (depth > DLMS_DEPTH_MAX)
        return err_raise(ERR_INVALID, "nested deeper than %d", DLMS_DEPTH_MAX);
    switch (v->type) {
    case DLMS_NULL:
    case DLMS_DONT_CARE:
        dlms_out_u8(o, v->type);
        return ERR_OK;
    case DLMS_ARRAY:
    case DLMS_STRUCTURE:
        dlms_out_u8(o, v->type);
        dlms_out_length(o, v->list.n);
        for (size_t i = 0; i < v->list.n; i++)
            if ((e = put_value(o, &v->list.at[i], depth + 1)) != ERR_OK)
                return e;
        return ERR_OK;
    case DLMS_BOOLEAN:
        dlms_put_boolean(o, v->boolean);
        return ERR_OK;
    case DLMS_BIT_STRING:
        put_bits(o, v);
        return ERR_OK;
    case DLMS_OCTET_STRING:
    case DLMS_VISIBLE_STRING:
    case DLMS_UTF8_STRING:
        put_string(o, v->type, v->octets.at, v->octets.len);
        return ERR_OK;
    case DLMS_DATE_TIME:
        return put_fixed(o, v, DLMS_DATETIME_LEN);
    case DLMS_DATE:
        return put_fixed(o, v, DLMS_DATE_LEN);
    case DLMS_TIME:
        return put_fixed(o, v, DLMS_TIME_LEN);
    case DLMS_INTEGER:
        dlms_put_integer(o, (int8_t)v->i);
        return ERR_OK;
    case DLMS_LONG:
        dlms_put_long(o, (int16_t)v->i);
        return ERR_OK;
    case DLMS_DOUBLE_LONG:
        dlms_put_double_long(o, (int32_t)v->i);
        return ERR_OK;
    case DLMS_LONG64:
        dlms_put_long64(o, v->i);
        return ERR_OK;
    case DLMS_UNSIGNED:
    case DLMS_BCD:
    case DLMS_ENUM:
        dlms_out_u8(o, v->type);
        dlms_out_u8(o, (uint8_t)v->u);
        return ERR_OK;
    case DLMS_LONG_UNSIGNED:
        dlms_put_long_unsigned(o, (uint16_t)v->u);
        return ERR_OK;
    case DLMS_DOUBLE_LONG_UNSIGNED:
        dlms_put_double_long_unsigned(o, (uint32_t)v->u);
        return ERR_OK;
    case DLMS_LONG64_UNSIGNED:
        dlms_put_long64_unsigned(o, v->u);
        return ERR_OK;
    case DLMS_FLOAT32:
    case DLMS_FLOAT64:
        put_float(o, v);
        return ERR_OK;
    case DLMS_COMPACT_ARRAY:
        break;
    }
    return err_raise(ERR_INVALID, "%s is never encoded",
                     dlms_type_name(v->type));
}

enum err dlms_value_put(struct dlms_out *o, const struct dlms_value *v)
{
    return put_value(o, v, 1);
}
