/*
 * The layout is that of array_recv in PostgreSQL's src/backend/utils/adt/
 * arrayfuncs.c: dimensions, whether there are nulls, element type, then for
 * each dimension its size and lower bound; then length and value of each.
 */
#include "daemon/arrays.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"

#define HEAD_LEN   20
#define EPOCH_2000 946684800000000 /* microseconds from 1970 to 2000 */

static uint8_t *room(struct array *a, size_t n)
{
    uint8_t *p;

    if (a->cap - a->len < n) {
        a->cap = a->cap * 2 + n + 256;
        a->at = realloc(a->at, a->cap);
        if (a->at == NULL)
            fatal("array of %zu bytes", a->cap);
    }
    p = a->at + a->len;
    a->len += n;
    return p;
}

void array_begin(struct array *a, enum array_of type)
{
    a->len = 0;
    a->n = 0;
    a->nulls = 0;
    be32_put(room(a, HEAD_LEN) + 8, type);
}

static uint8_t *value(struct array *a, size_t len)
{
    uint8_t *p = room(a, 4 + len);

    be32_put(p, (uint32_t)len);
    a->n++;
    return p + 4;
}

void array_int2(struct array *a, int16_t v)
{
    be16_put(value(a, 2), (uint16_t)v);
}

void array_int4(struct array *a, int32_t v)
{
    be32_put(value(a, 4), (uint32_t)v);
}

void array_int8(struct array *a, int64_t v)
{
    be64_put(value(a, 8), (uint64_t)v);
}

void array_moment(struct array *a, int64_t us)
{
    array_int8(a, us - EPOCH_2000);
}

void array_octets(struct array *a, struct bytes b)
{
    uint8_t *p = value(a, b.len);

    if (b.len > 0)
        memcpy(p, b.at, b.len);
}

void array_text(struct array *a, const char *s)
{
    if (s == NULL)
        array_null(a);
    else
        array_octets(a, (struct bytes){ (const uint8_t *)s, strlen(s) });
}

void array_null(struct array *a)
{
    be32_put(room(a, 4), UINT32_MAX);
    a->nulls = 1;
    a->n++;
}

struct db_param array_param(struct array *a)
{
    be32_put(a->at, a->n > 0 ? 1 : 0);
    be32_put(a->at + 4, (uint32_t)a->nulls);
    be32_put(a->at + 12, a->n);
    be32_put(a->at + 16, 1);
    /* An empty array has no dimensions, and ends before them. */
    return (struct db_param){ a->at, a->n > 0 ? (int)a->len : 12, true };
}
