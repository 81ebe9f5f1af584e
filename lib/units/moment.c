/* Civil dates by days_from_civil arithmetic; text through the C library. */
#include "lib/units/moment.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool leap(int y)
{
    return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
}

static int days_in_month(int y, int m)
{
    static const int days[] = {
        31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
    };

    return m == 2 && leap(y) ? 29 : days[m - 1];
}

/* Days since 1970-01-01 of a proleptic Gregorian date. */
static int64_t days_since_epoch(int y, int m, int d)
{
    int64_t years = m <= 2 ? y - 1 : y;
    int64_t era = (years >= 0 ? years : years - 399) / 400;
    int64_t yoe = years - era * 400;
    int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;

    return era * 146097 + doe - 719468;
}

enum err moment_of_civil(int year, int month, int day, int hour, int minute,
                         int second, struct moment *out)
{
    if (year < 1900 || year > 9999 || month < 1 || month > 12 || day < 1 ||
        day > days_in_month(year, month) || hour < 0 || hour > 23 ||
        minute < 0 || minute > 59 || second < 0 || second > 59)
        return err_raise(ERR_INVALID, "no such moment %d-%d-%d %d:%d:%d", year,
                         month, day, hour, minute, second);
    out->us = ((days_since_epoch(year, month, day) * 24 + hour) * 3600 +
               (int64_t)minute * 60 + second) *
              1000000;
    return ERR_OK;
}

static bool local(struct moment m, struct tm *tm)
{
    time_t t = (time_t)(m.us / 1000000);

    return m.us != 0 && localtime_r(&t, tm) != NULL;
}

/* Two digits, without the detour of a format: a page has many moments. */
static char *two(char *to, int n, char then)
{
    *to++ = (char)('0' + n / 10 % 10);
    *to++ = (char)('0' + n % 10);
    *to++ = then;
    return to;
}

static void text_of(const struct tm *tm, char *to)
{
    to = two(to, tm->tm_mday, '-');
    to = two(to, tm->tm_mon + 1, '-');
    to = two(to, (tm->tm_year + 1900) / 100, ' ') - 1;
    to = two(to, (tm->tm_year + 1900) % 100, ' ');
    to = two(to, tm->tm_hour, ':');
    to = two(to, tm->tm_min, ':');
    two(to, tm->tm_sec, '\0');
}

static void iso_of(const struct tm *tm, char *to)
{
    long minutes = tm->tm_gmtoff / 60;

    to = two(to, (tm->tm_year + 1900) / 100, ' ') - 1;
    to = two(to, (tm->tm_year + 1900) % 100, '-');
    to = two(to, tm->tm_mon + 1, '-');
    to = two(to, tm->tm_mday, 'T');
    to = two(to, tm->tm_hour, ':');
    to = two(to, tm->tm_min, ':');
    to = two(to, tm->tm_sec, minutes < 0 ? '-' : '+');
    to = two(to, (int)(labs(minutes) / 60), ':');
    two(to, (int)(labs(minutes) % 60), '\0');
}

bool moment_texts(struct moment m, char text[MOMENT_TEXT], char iso[MOMENT_ISO])
{
    struct tm tm;

    text[0] = iso[0] = '\0';
    if (!local(m, &tm) || tm.tm_year < -1900 || tm.tm_year > 8099)
        return false;
    text_of(&tm, text);
    iso_of(&tm, iso);
    return true;
}

char *moment_text(struct arena *a, struct moment m)
{
    char text[MOMENT_TEXT], iso[MOMENT_ISO];

    moment_texts(m, text, iso);
    return arena_strdup(a, text);
}

char *moment_minute_text(struct arena *a, struct moment m)
{
    char *text = moment_text(a, m);
    size_t len = strlen(text);

    if (len > 3)
        text[len - 3] = '\0';
    return text;
}

char *moment_iso(struct arena *a, struct moment m)
{
    char text[MOMENT_TEXT], iso[MOMENT_ISO];

    moment_texts(m, text, iso);
    return arena_strdup(a, iso);
}

char *moment_cell(struct arena *a, struct moment m)
{
    char text[MOMENT_TEXT], iso[MOMENT_ISO];

    if (!moment_texts(m, text, iso))
        return arena_strdup(a, "");
    iso[10] = ' ';
    iso[19] = '\0';
    return arena_strdup(a, iso);
}
