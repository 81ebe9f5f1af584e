/* A-XDR bytes to a tree of values; every length is checked before its field. */
#include "lib/dlms/value.h"

#include <string.h>

#include "lib/dlms/cursor.h"

struct reader {
    struct arena *a;
    struct cursor c;
    size_t nodes; /* values so far: a budget for the whole tree */
    size_t most;
};

/* What a compact-array says once about all its elements. */
struct description {
    enum dlms_type type;
    size_t n;               /* elements of an array, fields of a structure */
    struct description *of; /* one for an array, n for a structure */
};

static enum err check_depth(const struct reader *r, unsigned depth)
{
    if (depth > DLMS_DEPTH_MAX)
        return err_raise(ERR_PROTOCOL, "offset %zu: nested deeper than %d",
                         r->c.at, DLMS_DEPTH_MAX);
    return ERR_OK;
}

/* Every list pays for its elements before they are allocated: a few bytes
 * that claim many, at many depths, cannot ask for more than the budget. */
static enum err charge(struct reader *r, size_t n)
{
    if (n > r->most - r->nodes)
        return err_raise(ERR_PROTOCOL, "offset %zu: more than %zu values",
                         r->c.at, r->most);
    r->nodes += n;
    return ERR_OK;
}

/* Bytes of a number of a type; 0 for types that are no number. */
static size_t number_size(enum dlms_type type)
{
    switch (type) {
    case DLMS_BOOLEAN:
    case DLMS_BCD:
    case DLMS_INTEGER:
    case DLMS_UNSIGNED:
    case DLMS_ENUM:
        return 1;
    case DLMS_LONG:
    case DLMS_LONG_UNSIGNED:
        return 2;
    case DLMS_DOUBLE_LONG:
    case DLMS_DOUBLE_LONG_UNSIGNED:
    case DLMS_FLOAT32:
        return 4;
    case DLMS_LONG64:
    case DLMS_LONG64_UNSIGNED:
    case DLMS_FLOAT64:
        return 8;
    case DLMS_NULL:
    case DLMS_ARRAY:
    case DLMS_STRUCTURE:
    case DLMS_BIT_STRING:
    case DLMS_OCTET_STRING:
    case DLMS_VISIBLE_STRING:
    case DLMS_UTF8_STRING:
    case DLMS_COMPACT_ARRAY:
    case DLMS_DATE_TIME:
    case DLMS_DATE:
    case DLMS_TIME:
    case DLMS_DONT_CARE:
        break;
    }
    return 0;
}

static void set_number(struct dlms_value *out, uint64_t raw, size_t size)
{
    float f;
    uint32_t raw32 = (uint32_t)raw;

    switch ((int)out->type) {
    case DLMS_BOOLEAN:
        out->boolean = raw != 0;
        break;
    case DLMS_INTEGER:
    case DLMS_LONG:
    case DLMS_DOUBLE_LONG:
    case DLMS_LONG64: /* extend the sign from size bytes to eight */
        out->i = (int64_t)(raw << (64 - 8 * size)) >> (64 - 8 * size);
        break;
    case DLMS_FLOAT32:
        memcpy(&f, &raw32, sizeof(f));
        out->real = (double)f;
        break;
    case DLMS_FLOAT64:
        memcpy(&out->real, &raw, sizeof(raw));
        break;
    default:
        out->u = raw;
        break;
    }
}

static enum err read_number(struct reader *r, size_t size,
                            struct dlms_value *out)
{
    uint64_t raw = 0;
    enum err e;

    if ((e = cursor_need(&r->c, size, dlms_type_name(out->type))) != ERR_OK)
        return e;
    for (size_t i = 0; i < size; i++)
        raw = raw << 8 | r->c.base[r->c.at++];
    set_number(out, raw, size);
    return ERR_OK;
}

static enum err read_octets(struct reader *r, size_t len,
                            struct dlms_value *out)
{
    return cursor_take(&r->c, len, dlms_type_name(out->type), &out->octets);
}

static enum err read_bits(struct reader *r, struct dlms_value *out)
{
    size_t n;
    enum err e;

    if ((e = cursor_length(&r->c, &n)) != ERR_OK ||
        (e = cursor_need(&r->c, n / 8 + (n % 8 != 0), "bit-string")) != ERR_OK)
        return e;
    out->bits.at = r->c.base + r->c.at;
    out->bits.n = n;
    r->c.at += n / 8 + (n % 8 != 0);
    return ERR_OK;
}

/* Everything but lists: what follows the tag. */
static enum err read_scalar(struct reader *r, struct dlms_value *out)
{
    switch (out->type) {
    case DLMS_NULL:
    case DLMS_DONT_CARE:
        return ERR_OK;
    case DLMS_BIT_STRING:
        return read_bits(r, out);
    case DLMS_OCTET_STRING:
    case DLMS_VISIBLE_STRING:
    case DLMS_UTF8_STRING:
        return cursor_octets(&r->c, dlms_type_name(out->type), &out->octets);
    case DLMS_DATE_TIME:
        return read_octets(r, DLMS_DATETIME_LEN, out);
    case DLMS_DATE:
        return read_octets(r, DLMS_DATE_LEN, out);
    case DLMS_TIME:
        return read_octets(r, DLMS_TIME_LEN, out);
    case DLMS_BOOLEAN:
    case DLMS_DOUBLE_LONG:
    case DLMS_DOUBLE_LONG_UNSIGNED:
    case DLMS_BCD:
    case DLMS_INTEGER:
    case DLMS_LONG:
    case DLMS_UNSIGNED:
    case DLMS_LONG_UNSIGNED:
    case DLMS_LONG64:
    case DLMS_LONG64_UNSIGNED:
    case DLMS_ENUM:
    case DLMS_FLOAT32:
    case DLMS_FLOAT64:
        return read_number(r, number_size(out->type), out);
    case DLMS_ARRAY:
    case DLMS_STRUCTURE:
    case DLMS_COMPACT_ARRAY:
        break;
    }
    return err_raise(ERR_PROTOCOL, "offset %zu: type %d is not known", r->c.at,
                     (int)out->type);
}

static struct dlms_value *items_new(struct reader *r, size_t n)
{
    return arena_alloc(r->a, (n > 0 ? n : 1) * sizeof(struct dlms_value));
}

/* The functions below call each other; check_depth ends it. */

static enum err read_value(struct reader *r, unsigned depth,
                           struct dlms_value *out);

/* Elements of an array or structure, each with its own tag. */
static enum err read_list(struct reader *r, unsigned depth,
                          struct dlms_value *out)
{
    size_t n;
    enum err e;

    if ((e = cursor_length(&r->c, &n)) != ERR_OK)
        return e;
    /* An element is one byte at least. */
    if ((e = cursor_need(&r->c, n, dlms_type_name(out->type))) != ERR_OK ||
        (e = charge(r, n)) != ERR_OK)
        return e;
    out->list.at = items_new(r, n);
    out->list.n = n;
    for (size_t i = 0; i < n; i++)
        if ((e = read_value(r, depth + 1, &out->list.at[i])) != ERR_OK)
            return e;
    return ERR_OK;
}

static enum err describe(struct reader *r, unsigned depth,
                         struct description *out)
{
    size_t n;
    enum err e;

    if ((e = check_depth(r, depth)) != ERR_OK ||
        (e = cursor_need(&r->c, 1, "type-description")) != ERR_OK)
        return e;
    out->type = (enum dlms_type)r->c.base[r->c.at++];
    if (out->type == DLMS_COMPACT_ARRAY)
        return err_raise(ERR_PROTOCOL,
                         "offset %zu: compact-array inside a compact-array",
                         r->c.at - 1);
    if (out->type == DLMS_ARRAY) {
        if ((e = cursor_need(&r->c, 2, "number-of-elements")) != ERR_OK)
            return e;
        out->n = be16_get(r->c.base + r->c.at);
        r->c.at += 2;
        out->of = arena_alloc(r->a, sizeof(*out->of));
        return describe(r, depth + 1, out->of);
    }
    if (out->type != DLMS_STRUCTURE)
        return ERR_OK;
    if ((e = cursor_length(&r->c, &n)) != ERR_OK ||
        (e = cursor_need(&r->c, n, "type-description")) != ERR_OK ||
        (e = charge(r, n)) != ERR_OK)
        return e;
    out->n = n;
    out->of = arena_alloc(r->a, (n > 0 ? n : 1) * sizeof(*out->of));
    for (size_t i = 0; i < n; i++)
        if ((e = describe(r, depth + 1, &out->of[i])) != ERR_OK)
            return e;
    return ERR_OK;
}

/* One element of a compact-array: no tags, the description says the type. */
static enum err read_described(struct reader *r, const struct description *d,
                               unsigned depth, struct dlms_value *out)
{
    enum err e;

    if ((e = check_depth(r, depth)) != ERR_OK)
        return e;
    out->type = d->type;
    out->offset = (uint32_t)r->c.at;
    if (d->type != DLMS_ARRAY && d->type != DLMS_STRUCTURE)
        return read_scalar(r, out);
    /* Elements of null-data take no bytes: only the budget bounds these. */
    if ((e = charge(r, d->n)) != ERR_OK)
        return e;
    out->list.at = items_new(r, d->n);
    out->list.n = d->n;
    for (size_t i = 0; i < d->n; i++) {
        const struct description *of =
            d->type == DLMS_ARRAY ? d->of : &d->of[i];

        if ((e = read_described(r, of, depth + 1, &out->list.at[i])) != ERR_OK)
            return e;
    }
    return ERR_OK;
}

/* Room for one more element; a compact-array does not say how many. */
static enum err grow(struct reader *r, struct dlms_value *out, size_t *cap)
{
    struct dlms_value *more;
    enum err e;

    if (out->list.n < *cap)
        return ERR_OK;
    if ((e = charge(r, *cap + 4)) != ERR_OK)
        return e;
    more = items_new(r, *cap * 2 + 4);
    if (*cap > 0)
        memcpy(more, out->list.at, *cap * sizeof(*more));
    out->list.at = more;
    *cap = *cap * 2 + 4;
    return ERR_OK;
}

static enum err read_compact(struct reader *r, unsigned depth,
                             struct dlms_value *out)
{
    struct description d = { 0 };
    size_t len, whole, cap = 0;
    enum err e;

    if ((e = describe(r, depth + 1, &d)) != ERR_OK ||
        (e = cursor_length(&r->c, &len)) != ERR_OK ||
        (e = cursor_need(&r->c, len, "array-contents")) != ERR_OK)
        return e;
    whole = r->c.end;
    r->c.end = r->c.at + len; /* no element reaches beyond the contents */
    while (cursor_left(&r->c) > 0) {
        size_t before = r->c.at;

        if ((e = grow(r, out, &cap)) != ERR_OK)
            return e;
        if ((e = read_described(r, &d, depth + 1,
                                &out->list.at[out->list.n])) != ERR_OK)
            return e;
        if (r->c.at == before)
            return err_raise(ERR_PROTOCOL,
                             "offset %zu: compact-array of empty elements",
                             r->c.at);
        out->list.n++;
    }
    r->c.end = whole;
    return ERR_OK;
}

static enum err read_value(struct reader *r, unsigned depth,
                           struct dlms_value *out)
{
    enum err e;

    if ((e = check_depth(r, depth)) != ERR_OK ||
        (e = cursor_need(&r->c, 1, "a value")) != ERR_OK)
        return e;
    *out = (struct dlms_value){ .offset = (uint32_t)r->c.at };
    out->type = (enum dlms_type)r->c.base[r->c.at];
    if (dlms_type_name(out->type)[0] == '?')
        return err_raise(ERR_PROTOCOL, "offset %zu: type %d is not known",
                         r->c.at, (int)out->type);
    r->c.at++;
    if (out->type == DLMS_ARRAY || out->type == DLMS_STRUCTURE)
        return read_list(r, depth, out);
    if (out->type == DLMS_COMPACT_ARRAY)
        return read_compact(r, depth, out);
    return read_scalar(r, out);
}

enum err dlms_value_read_most(struct arena *a, struct bytes b, size_t *at,
                              size_t nodes_max, struct dlms_value *out)
{
    struct reader r = { .a = a, .c = cursor_of(b), .most = nodes_max };
    enum err e;

    if (*at > b.len)
        return err_raise(ERR_PROTOCOL, "offset %zu: behind the end", *at);
    r.c.at = *at;
    e = read_value(&r, 1, out);
    *at = r.c.at;
    return e;
}

enum err dlms_value_read(struct arena *a, struct bytes b, size_t *at,
                         struct dlms_value *out)
{
    return dlms_value_read_most(a, b, at, DLMS_NODES_MAX, out);
}
