/* Numbers as people who typed them into a column of texts meant them. */
#include "lib/xlsx/parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a spreadsheet keeps of a number; the digits behind are noise. */
#define DIGITS 15

/* ---- dates ---- */

/* Days since 1970 as a date of the calendar (proleptic Gregorian). */
static void civil(int64_t days, int *year, int *month, int *day)
{
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp;

    mp = (5 * doy + 2) / 153;
    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = (int)(yoe + era * 400 + (*month <= 2));
}

static void date_put(struct buf *out, int year, int month, int day)
{
    char text[40];

    snprintf(text, sizeof(text), "%02d.%02d.%04d", day, month, year);
    buf_puts(out, text);
}

static void time_put(struct buf *out, int64_t second)
{
    char text[40];

    snprintf(text, sizeof(text), "%02d:%02d:%02d", (int)(second / 3600),
             (int)(second / 60 % 60), (int)(second % 60));
    buf_puts(out, text);
}

/* Days since 30-12-1899 (ECMA-376 Part 1, 18.17.4.1), or since 01-01-1904. */
static bool serial_text(double value, bool since_1904, struct buf *out)
{
    int64_t seconds, day;
    int year, month, date;

    if (value < 0 || value > 2958466)
        return false;
    seconds = llround(value * 86400);
    day = seconds / 86400;
    seconds %= 86400;
    if (day > 0 || seconds == 0) {
        if (!since_1904 && day > 0 && day < 60)
            day++; /* 1900 has a 29 February there */
        civil(day - 25569 + (since_1904 ? 1462 : 0), &year, &month, &date);
        date_put(out, year, month, date);
    }
    if (day > 0 && seconds > 0)
        buf_putc(out, ' ');
    if (seconds > 0)
        time_put(out, seconds);
    return true;
}

void iso_text(const char *raw, struct buf *out)
{
    static const char shape[] = "dddd-dd-dd";

    for (size_t i = 0; i < sizeof(shape) - 1; i++) {
        if (shape[i] == 'd' ? raw[i] < '0' || raw[i] > '9' : raw[i] != '-') {
            buf_puts(out, raw);
            return;
        }
    }
    buf_add(out, raw + 8, 2);
    buf_putc(out, '.');
    buf_add(out, raw + 5, 2);
    buf_putc(out, '.');
    buf_add(out, raw, 4);
    raw += sizeof(shape) - 1;
    if (raw[0] == 'T' && strlen(raw) >= 9 &&
        strncmp(raw, "T00:00:00", 9) != 0) {
        buf_putc(out, ' ');
        buf_add(out, raw + 1, 8);
    }
}

/* ---- numbers ---- */

/* "0012", "-7", "5784.93": digits alone, few enough to be meant. */
static bool is_plain(const char *raw)
{
    size_t minus = raw[0] == '-', whole, behind = 0;
    const char *p = raw + minus;

    whole = strspn(p, "0123456789");
    p += whole;
    if (*p == '.') {
        behind = strspn(++p, "0123456789");
        p += behind;
        if (behind == 0 || whole + behind > DIGITS)
            return false;
    }
    return *p == '\0' && whole > 0 && whole <= 24;
}

static void trimmed_put(struct buf *out, const char *text)
{
    size_t n = strlen(text);

    if (strchr(text, '.') != NULL) {
        while (text[n - 1] == '0')
            n--;
        n -= text[n - 1] == '.';
    }
    buf_add(out, text, n);
}

static void plain_put(struct buf *out, double value)
{
    char text[400], *e;

    snprintf(text, sizeof(text), "%.*g", DIGITS, value);
    e = strchr(text, 'e');
    if (e != NULL && e[1] != '-')
        snprintf(text, sizeof(text), "%.0f", value);
    else if (e != NULL)
        snprintf(text, sizeof(text), "%.*f", 30, value);
    trimmed_put(out, text);
}

bool number_text(const char *raw, signed char style, bool since_1904,
                 struct buf *out)
{
    char padded[160], *end;
    double value;

    if (raw[0] == '\0' || strspn(raw, "0123456789+-.eE") != strlen(raw))
        return false;
    value = strtod(raw, &end);
    if (*end != '\0' || !isfinite(value))
        return false;
    if (style == STYLE_DATE && serial_text(value, since_1904, out))
        return true;
    if (style > 0 && value >= 0 && value < 1e15 && value == floor(value)) {
        snprintf(padded, sizeof(padded), "%0*.0f", style, value);
        buf_puts(out, padded);
    } else if (is_plain(raw)) {
        trimmed_put(out, raw);
    } else {
        plain_put(out, value);
    }
    return true;
}
