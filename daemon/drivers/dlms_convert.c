/* COSEM values as whole numbers and as text. */
#include "daemon/drivers/dlms_convert.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/hex.h"
#include "lib/dlms/datetime.h"

bool dlms_scaled(const struct dlms_value *v, int exponent, int64_t *out,
                 bool *exact)
{
    int64_t n, rest = 0;

    *exact = true;
    if (v->type == DLMS_FLOAT32 || v->type == DLMS_FLOAT64) {
        double d = v->real * pow(10, exponent);

        if (!(fabs(d) < 9e18))
            return false;
        *exact = d == nearbyint(d);
        *out = llround(d);
        return true;
    }
    if (!dlms_value_integer(v, &n))
        return false;
    for (; exponent > 0 && n != 0; exponent--) {
        if (__builtin_mul_overflow(n, (int64_t)10, &n))
            return false;
    }
    for (; exponent < 0 && (n != 0 || rest != 0); exponent++) {
        *exact = *exact && n % 10 == 0;
        rest = n % 10;
        n /= 10;
    }
    if (rest >= 5 || rest <= -5)
        n += rest > 0 ? 1 : -1;
    *out = n;
    return true;
}

const char *dlms_text(struct arena *a, const struct dlms_value *v)
{
    struct bytes b = dlms_value_octets(v);
    struct dlms_datetime t;
    int64_t n;

    if (v->type == DLMS_NULL)
        return NULL;
    if (v->type == DLMS_DATE_TIME && dlms_value_datetime(v, &t))
        return dlms_datetime_text(a, &t);
    if (dlms_value_is_text(v))
        return dlms_value_text(a, v);
    if (b.len > 0)
        return dlms_value_datetime(v, &t) ? dlms_datetime_text(a, &t)
                                          : hex_text(a, b);
    if (v->type == DLMS_BIT_STRING) {
        char *s = arena_alloc(a, v->bits.n + 1);

        for (size_t i = 0; i < v->bits.n; i++)
            s[i] = v->bits.at[i / 8] & 0x80 >> i % 8 ? '1' : '0';
        return s;
    }
    if (v->type == DLMS_LONG64_UNSIGNED)
        return arena_printf(a, "%" PRIu64, v->u);
    return dlms_value_integer(v, &n) ? arena_printf(a, "%" PRId64, n) : NULL;
}

void word_copy(char *out, size_t size, const char *s)
{
    size_t len;

    while (*s == ' ')
        s++;
    len = strlen(s);
    if (len >= size) {
        len = size - 1;
        while (len > 0 && ((unsigned char)s[len] & 0xC0) == 0x80)
            len--;
    }
    while (len > 0 && s[len - 1] == ' ')
        len--;
    memcpy(out, s, len);
    out[len] = '\0';
}
