/* Thousands apart. */
#include "lib/units/grouped.h"

#include <inttypes.h>
#include <string.h>

static const char narrow_space[3] = { '\xE2', '\x80', '\xAF' }; /* U+202F */

char *grouped_text(struct arena *a, const char *number)
{
    size_t sign = number[0] == '-';
    size_t whole = strspn(number + sign, "0123456789");
    const char *rest = number + sign + whole;
    char *text = arena_alloc(a, strlen(number) + whole + 1), *to = text;

    if (whole < 4 || (*rest != '\0' && *rest != '.'))
        return arena_strdup(a, number);
    memcpy(to, number, sign);
    to += sign;
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && (whole - i) % 3 == 0) {
            memcpy(to, narrow_space, sizeof(narrow_space));
            to += sizeof(narrow_space);
        }
        *to++ = number[sign + i];
    }
    memcpy(to, rest, strlen(rest) + 1);
    return text;
}

char *grouped_int(struct arena *a, int64_t n)
{
    return grouped_text(a, arena_printf(a, "%" PRId64, n));
}

char *comma_text(struct arena *a, const char *number)
{
    char *text = arena_strdup(a, number), *point = strchr(text, '.');

    if (point != NULL)
        *point = ',';
    return text;
}
