/* Looking at a decoded value: as a number, as text, as a moment. */
#include "lib/dlms/value.h"

#include <string.h>

bool dlms_value_integer(const struct dlms_value *v, int64_t *out)
{
    switch (v->type) {
    case DLMS_BOOLEAN:
        *out = v->boolean;
        return true;
    case DLMS_INTEGER:
    case DLMS_LONG:
    case DLMS_DOUBLE_LONG:
    case DLMS_LONG64:
        *out = v->i;
        return true;
    case DLMS_UNSIGNED:
    case DLMS_LONG_UNSIGNED:
    case DLMS_DOUBLE_LONG_UNSIGNED:
    case DLMS_LONG64_UNSIGNED:
    case DLMS_ENUM:
    case DLMS_BCD:
        *out = (int64_t)v->u;
        return v->u <= INT64_MAX;
    case DLMS_NULL:
    case DLMS_ARRAY:
    case DLMS_STRUCTURE:
    case DLMS_BIT_STRING:
    case DLMS_OCTET_STRING:
    case DLMS_VISIBLE_STRING:
    case DLMS_UTF8_STRING:
    case DLMS_COMPACT_ARRAY:
    case DLMS_FLOAT32:
    case DLMS_FLOAT64:
    case DLMS_DATE_TIME:
    case DLMS_DATE:
    case DLMS_TIME:
    case DLMS_DONT_CARE:
        break;
    }
    return false;
}

struct bytes dlms_value_octets(const struct dlms_value *v)
{
    if (v->type == DLMS_OCTET_STRING || v->type == DLMS_VISIBLE_STRING ||
        v->type == DLMS_UTF8_STRING)
        return v->octets;
    return (struct bytes){ NULL, 0 };
}

/*
 * Bytes of the character that starts at p, 0 when it is none for people:
 * a control, a cut or overlong sequence, a surrogate (Unicode 15, Table 3-7).
 */
static size_t character(const uint8_t *p, size_t len)
{
    unsigned low = 0x80, high = 0xBF;
    size_t n;

    if (p[0] < 0x80)
        return p[0] >= 0x20 && p[0] != 0x7F;
    if (p[0] >= 0xC2 && p[0] <= 0xDF)
        n = 2;
    else if (p[0] >= 0xE0 && p[0] <= 0xEF)
        n = 3;
    else if (p[0] >= 0xF0 && p[0] <= 0xF4)
        n = 4;
    else
        return 0;
    if (p[0] == 0xC2 || p[0] == 0xE0) /* C1 controls; overlong */
        low = 0xA0;
    if (p[0] == 0xED)
        high = 0x9F;
    if (p[0] == 0xF0)
        low = 0x90;
    if (p[0] == 0xF4)
        high = 0x8F;
    if (len < n || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++)
        if (p[i] < 0x80 || p[i] > 0xBF)
            return 0;
    return n;
}

bool dlms_value_is_text(const struct dlms_value *v)
{
    struct bytes b = dlms_value_octets(v);
    size_t at = 0;

    if (b.len == 0)
        return false;
    while (at < b.len) {
        size_t n = character(b.at + at, b.len - at);

        if (n == 0)
            return false;
        at += n;
    }
    return true;
}

char *dlms_value_text(struct arena *a, const struct dlms_value *v)
{
    struct bytes b = dlms_value_octets(v);

    if (!dlms_value_is_text(v))
        return arena_strdup(a, "");
    return arena_strndup(a, (const char *)b.at, b.len);
}

bool dlms_value_datetime(const struct dlms_value *v, struct dlms_datetime *out)
{
    struct bytes b;

    if (v->type != DLMS_OCTET_STRING && v->type != DLMS_DATE_TIME)
        return false;
    b = v->octets;
    if (b.len == DLMS_DATETIME_LEN + 2 && b.at[0] == DLMS_OCTET_STRING &&
        b.at[1] == DLMS_DATETIME_LEN)
        b = (struct bytes){ b.at + 2, DLMS_DATETIME_LEN };
    return dlms_datetime_looks_like(b) && dlms_datetime_read(b, out) == ERR_OK;
}

size_t dlms_value_count(const struct dlms_value *v)
{
    if (v->type == DLMS_STRUCTURE || v->type == DLMS_ARRAY ||
        v->type == DLMS_COMPACT_ARRAY)
        return v->list.n;
    return 0;
}

const struct dlms_value *dlms_value_at(const struct dlms_value *v, size_t n)
{
    return n < dlms_value_count(v) ? &v->list.at[n] : NULL;
}
