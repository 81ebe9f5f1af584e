/* Degrees as people type them: with a point or a comma. */
#include "lib/units/degree.h"

#include <stdbool.h>
#include <string.h>

#include "lib/units/quantity.h"

#define DECIMALS 6

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Whole degrees; three digits are enough for any. */
static const char *whole_read(const char *p, int64_t *udeg)
{
    const char *start = p;

    for (*udeg = 0; is_digit(*p) && p - start < 3; p++)
        *udeg = *udeg * 10 + (*p - '0');
    return p == start ? NULL : p;
}

static const char *decimals_read(const char *p, int64_t *udeg)
{
    int n = 0;

    for (; is_digit(*p); p++) {
        if (n < DECIMALS) {
            *udeg = *udeg * 10 + (*p - '0');
            n++;
        }
    }
    for (; n < DECIMALS; n++)
        *udeg *= 10;
    return p;
}

enum err degrees_read(const char *text, int64_t limit_udeg, int64_t *out)
{
    const char *p = text + strspn(text, " \t");
    bool below = *p == '-';
    int64_t udeg = 0;

    p = whole_read(p + below, &udeg);
    if (p != NULL)
        p = decimals_read(*p == '.' || *p == ',' ? p + 1 : p, &udeg);
    if (p == NULL || p[strspn(p, " \t")] != '\0' || udeg > limit_udeg)
        return err_raise(ERR_INVALID, "no such degrees");
    *out = below ? -udeg : udeg;
    return ERR_OK;
}

char *degrees_text(struct arena *a, int64_t udeg)
{
    return decimal_text(a, udeg, -DECIMALS);
}
