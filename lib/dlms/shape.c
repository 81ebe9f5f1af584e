/* Structures of attributes by their tables: see shape.h. */
#include "lib/dlms/shape.h"

#include <string.h>

static enum err wrong(const struct shape *s, size_t i)
{
    return err_raise(ERR_PROTOCOL, "%s: element %zu is of another type",
                     s->name, i);
}

/* ---- reading ---- */

static bool read_integer(enum shape_kind kind, const struct dlms_value *v,
                         void *out)
{
    static const int64_t least[] = { 0, 0, 0, 0, INT8_MIN, INT16_MIN };
    static const int64_t most[] = { UINT8_MAX,  UINT8_MAX, UINT16_MAX,
                                    UINT32_MAX, INT8_MAX,  INT16_MAX };
    int64_t i;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;

    if (!dlms_value_integer(v, &i) || i < least[kind] || i > most[kind])
        return false;
    u8 = (uint8_t)i;
    u16 = (uint16_t)i;
    u32 = (uint32_t)i;
    if (kind == SHAPE_U32)
        memcpy(out, &u32, sizeof(u32));
    else if (kind == SHAPE_U16 || kind == SHAPE_I16)
        memcpy(out, &u16, sizeof(u16));
    else
        memcpy(out, &u8, sizeof(u8));
    return true;
}

static bool read_fixed(const struct dlms_value *v, size_t len, void *out)
{
    struct bytes b = dlms_value_octets(v);

    if (b.len != len)
        return false;
    memcpy(out, b.at, len);
    return true;
}

static bool read_octets(const struct dlms_value *v, struct bytes *out)
{
    *out = dlms_value_octets(v);
    /* An absent string is null-data or nothing at all. */
    return out->at != NULL || v->type == DLMS_NULL ||
           v->type == DLMS_OCTET_STRING || v->type == DLMS_VISIBLE_STRING ||
           v->type == DLMS_UTF8_STRING;
}

static bool read_datetime(const struct dlms_value *v, struct dlms_datetime *out)
{
    struct bytes b = dlms_value_octets(v);

    return b.len == DLMS_DATETIME_LEN && dlms_datetime_read(b, out) == ERR_OK;
}

static bool read_scalar(const struct shape_field *f, const struct dlms_value *v,
                        void *out)
{
    switch (f->kind) {
    case SHAPE_U8:
    case SHAPE_ENUM:
    case SHAPE_U16:
    case SHAPE_U32:
    case SHAPE_I8:
    case SHAPE_I16:
        return read_integer(f->kind, v, out);
    case SHAPE_BOOLEAN:
        *(bool *)out = v->type == DLMS_BOOLEAN && v->boolean;
        return v->type == DLMS_BOOLEAN;
    case SHAPE_OBIS:
        return read_fixed(v, sizeof(struct obis), out);
    case SHAPE_OCTETS:
        return read_octets(v, out);
    case SHAPE_DATETIME:
        return read_datetime(v, out);
    case SHAPE_DATE:
        return read_fixed(v, DLMS_DATE_LEN, out);
    case SHAPE_TIME:
        return read_fixed(v, DLMS_TIME_LEN, out);
    case SHAPE_VALUE:
        *(struct dlms_value *)out = *v;
        return true;
    case SHAPE_STRUCTURE:
    case SHAPE_ARRAY:
        break;
    }
    return false;
}

/* The functions below call each other; tables are finite. */

static enum err read_field(struct arena *a, const struct shape *s, size_t i,
                           const struct dlms_value *v, void *base)
{
    const struct shape_field *f = &s->fields[i];
    char *at = (char *)base + f->offset;

    if (f->kind == SHAPE_STRUCTURE)
        return shape_read(a, f->of, v, at);
    if (f->kind == SHAPE_ARRAY)
        return shape_read_list(a, f->of, v, (void **)at,
                               (size_t *)((char *)base + f->count));
    return read_scalar(f, v, at) ? ERR_OK : wrong(s, i);
}

enum err shape_read(struct arena *a, const struct shape *s,
                    const struct dlms_value *v, void *out)
{
    size_t n = dlms_value_count(v);
    size_t least = s->least != 0 ? s->least : s->n;
    enum err e;

    memset(out, 0, s->size);
    if (s->bare)
        return read_field(a, s, 0, v, out);
    if (v->type != DLMS_STRUCTURE || n < least)
        return err_raise(ERR_PROTOCOL, "%s: not a structure of %zu", s->name,
                         least);
    for (size_t i = 0; i < s->n && i < n; i++)
        if ((e = read_field(a, s, i, dlms_value_at(v, i), out)) != ERR_OK)
            return e;
    return ERR_OK;
}

enum err shape_read_list(struct arena *a, const struct shape *s,
                         const struct dlms_value *v, void **at, size_t *n)
{
    enum err e;

    *n = 0;
    *at = NULL;
    if (v->type == DLMS_NULL) /* nothing, as some meters say it */
        return ERR_OK;
    if (v->type != DLMS_ARRAY && v->type != DLMS_COMPACT_ARRAY)
        return err_raise(ERR_PROTOCOL, "%s: not an array", s->name);
    *at = arena_alloc(a, (v->list.n + 1) * s->size);
    for (size_t i = 0; i < v->list.n; i++)
        if ((e = shape_read(a, s, dlms_value_at(v, i),
                            (char *)*at + i * s->size)) != ERR_OK)
            return e;
    *n = v->list.n;
    return ERR_OK;
}

/* ---- writing ---- */

static void make_octets(struct arena *a, const void *at, size_t len,
                        struct dlms_value *out)
{
    out->type = DLMS_OCTET_STRING;
    out->octets = (struct bytes){ NULL, 0 };
    if (len > 0)
        out->octets = (struct bytes){ arena_memdup(a, at, len), len };
}

static void make_datetime(struct arena *a, const struct dlms_datetime *t,
                          struct dlms_value *out)
{
    uint8_t b[DLMS_DATETIME_LEN];

    dlms_datetime_write(b, t);
    make_octets(a, b, sizeof(b), out);
}

static void make_number(enum shape_kind kind, const void *in,
                        struct dlms_value *out)
{
    static const enum dlms_type types[] = {
        DLMS_UNSIGNED, DLMS_ENUM, DLMS_LONG_UNSIGNED, DLMS_DOUBLE_LONG_UNSIGNED,
        DLMS_INTEGER,  DLMS_LONG
    };
    uint16_t u16;
    uint32_t u32;

    out->type = types[kind];
    if (kind == SHAPE_U32) {
        memcpy(&u32, in, sizeof(u32));
        out->u = u32;
    } else if (kind == SHAPE_U16 || kind == SHAPE_I16) {
        memcpy(&u16, in, sizeof(u16));
        out->u = u16;
    } else {
        out->u = *(const uint8_t *)in;
    }
    if (kind == SHAPE_I8)
        out->i = (int64_t)out->u - (out->u > INT8_MAX ? 0x100 : 0);
    if (kind == SHAPE_I16)
        out->i = (int64_t)out->u - (out->u > INT16_MAX ? 0x10000 : 0);
}

static void make_field(struct arena *a, const struct shape_field *f,
                       const void *base, struct dlms_value *out)
{
    const char *at = (const char *)base + f->offset;
    const struct bytes *b = (const void *)at;
    const void *list;
    size_t n;

    switch (f->kind) {
    case SHAPE_U8:
    case SHAPE_ENUM:
    case SHAPE_U16:
    case SHAPE_U32:
    case SHAPE_I8:
    case SHAPE_I16:
        make_number(f->kind, at, out);
        break;
    case SHAPE_BOOLEAN:
        out->type = DLMS_BOOLEAN;
        out->boolean = *(const bool *)(const void *)at;
        break;
    case SHAPE_OBIS:
        make_octets(a, at, sizeof(struct obis), out);
        break;
    case SHAPE_OCTETS:
        make_octets(a, b->at, b->len, out);
        break;
    case SHAPE_DATETIME:
        make_datetime(a, (const void *)at, out);
        break;
    case SHAPE_DATE:
        make_octets(a, at, DLMS_DATE_LEN, out);
        break;
    case SHAPE_TIME:
        make_octets(a, at, DLMS_TIME_LEN, out);
        break;
    case SHAPE_VALUE:
        *out = *(const struct dlms_value *)(const void *)at;
        break;
    case SHAPE_STRUCTURE:
        shape_make(a, f->of, at, out);
        break;
    case SHAPE_ARRAY:
        memcpy(&list, at, sizeof(list));
        memcpy(&n, (const char *)base + f->count, sizeof(n));
        shape_make_list(a, f->of, list, n, out);
        break;
    }
}

static void make_list(struct arena *a, enum dlms_type type, size_t n,
                      struct dlms_value *out)
{
    *out = (struct dlms_value){ .type = type };
    out->list.n = n;
    out->list.at = arena_alloc(a, (n + 1) * sizeof(*out->list.at));
}

void shape_make(struct arena *a, const struct shape *s, const void *in,
                struct dlms_value *out)
{
    *out = (struct dlms_value){ 0 };
    if (s->bare) {
        make_field(a, &s->fields[0], in, out);
        return;
    }
    make_list(a, DLMS_STRUCTURE, s->n, out);
    for (size_t i = 0; i < s->n; i++)
        make_field(a, &s->fields[i], in, &out->list.at[i]);
}

void shape_make_list(struct arena *a, const struct shape *s, const void *at,
                     size_t n, struct dlms_value *out)
{
    make_list(a, DLMS_ARRAY, n, out);
    for (size_t i = 0; i < n; i++)
        shape_make(a, s, (const char *)at + i * s->size, &out->list.at[i]);
}
