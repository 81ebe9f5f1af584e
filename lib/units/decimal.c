/* Digit by digit: no float ever stands between what is typed and kept. */
#include "lib/units/decimal.h"

#include <stdbool.h>
#include <string.h>

struct reading {
    int64_t n, max;
    int decimals; /* after the separator, so far */
    bool digits, separated;
};

static enum decimal_fault digit_add(struct reading *r, int digit, int most)
{
    r->digits = true;
    if (r->separated && ++r->decimals > most)
        return digit == 0 ? DECIMAL_GOOD : DECIMAL_MANY_DECIMALS;
    if (r->n > (r->max - digit) / 10)
        return DECIMAL_TOO_LARGE;
    r->n = r->n * 10 + digit;
    return DECIMAL_GOOD;
}

/* A no-break or a thin space of two or three octets counts as one. */
static size_t space_length(const char *p)
{
    if (*p == ' ' || *p == '\t')
        return 1;
    if (strncmp(p, "\u00a0", 2) == 0)
        return 2;
    return strncmp(p, "\u202f", 3) == 0 ? 3 : 0;
}

enum decimal_fault decimal_read(const char *text, int decimals, int64_t max,
                                int64_t *out)
{
    struct reading r = { .max = max };
    enum decimal_fault fault = DECIMAL_GOOD;

    for (const char *p = text; *p != '\0' && fault == DECIMAL_GOOD; p++) {
        size_t space = space_length(p);

        if (space > 0)
            p += space - 1;
        else if (*p >= '0' && *p <= '9')
            fault = digit_add(&r, *p - '0', decimals);
        else if ((*p == '.' || *p == ',') && r.digits && !r.separated)
            r.separated = true;
        else
            return DECIMAL_NO_NUMBER;
    }
    if (fault != DECIMAL_GOOD)
        return fault;
    if (!r.digits)
        return DECIMAL_NO_NUMBER;
    for (int i = r.decimals; i < decimals; i++) {
        if (r.n > max / 10)
            return DECIMAL_TOO_LARGE;
        r.n *= 10;
    }
    *out = r.n;
    return DECIMAL_GOOD;
}
