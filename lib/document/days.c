/* Days of the calendar as text; nothing here knows a clock. */
#include "lib/document/document.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lib/units/moment.h"

static bool digits(const char *s, size_t from, size_t n)
{
    for (size_t i = from; i < from + n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return false;
    }
    return true;
}

static int number(const char *s, size_t from, size_t n)
{
    int out = 0;

    for (size_t i = from; i < from + n; i++)
        out = out * 10 + (s[i] - '0');
    return out;
}

static bool moment_of(const char *iso, struct moment *out)
{
    int year = number(iso, 0, 4);

    return year >= 1990 && year <= 2999 &&
           moment_of_civil(year, number(iso, 5, 2), number(iso, 8, 2), 0, 0, 0,
                           out) == ERR_OK;
}

const char *day_read(struct arena *a, const char *text)
{
    struct moment m;
    char *iso;

    if (strlen(text) != 10)
        return NULL;
    if (digits(text, 0, 4) && text[4] == '-' && digits(text, 5, 2) &&
        text[7] == '-' && digits(text, 8, 2))
        iso = arena_strdup(a, text);
    else if (digits(text, 0, 2) && digits(text, 3, 2) && digits(text, 6, 4) &&
             text[2] == text[5] && (text[2] == '-' || text[2] == '.'))
        iso = arena_printf(a, "%.4s-%.2s-%.2s", text + 6, text + 3, text);
    else
        return NULL;
    return moment_of(iso, &m) ? iso : NULL;
}

int64_t day_count(const char *from, const char *to)
{
    struct moment a = { 0 }, b = { 0 };

    if (!moment_of(from, &a) || !moment_of(to, &b))
        return 0;
    return (b.us - a.us) / INT64_C(86400000000) + 1;
}

struct report_day day_of_moment(struct moment m)
{
    time_t s = (time_t)(m.us / 1000000);
    struct tm t;

    localtime_r(&s, &t);
    return (struct report_day){ t.tm_year + 1900, t.tm_mon + 1, t.tm_mday };
}

char *day_text(struct arena *a, const char *iso)
{
    return arena_printf(a, "%.2s-%.2s-%.4s", iso + 8, iso + 5, iso);
}
