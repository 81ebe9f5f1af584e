/* COSEM date-time: twelve bytes, any of which may say "not specified". */
#include "lib/dlms/datetime.h"

#include <stdio.h>
#include <string.h>

/* UTC+14 ... UTC-12, and the same again for meters with the wrong sign. */
#define DEVIATION_MAX 840

#define SECONDS_IN_MINUTE 60
#define US_IN_SECOND      1000000

static int field(uint8_t b)
{
    return b == 0xFF ? DLMS_UNSPECIFIED : b;
}

static bool within(int v, int min, int max)
{
    return v == DLMS_UNSPECIFIED || (v >= min && v <= max);
}

/* 0xFE and 0xFD are rules: daylight saving begins, ends; last days. */
static bool within_or_rule(int v, int min, int max)
{
    return v == 0xFD || v == 0xFE || within(v, min, max);
}

static void unpack(const uint8_t *p, struct dlms_datetime *t)
{
    int year = be16_get(p);

    t->year = year == 0xFFFF ? DLMS_UNSPECIFIED : year;
    t->month = field(p[2]);
    t->day = field(p[3]);
    t->weekday = field(p[4]);
    t->hour = field(p[5]);
    t->minute = field(p[6]);
    t->second = field(p[7]);
    t->hundredths = field(p[8]);
    t->deviation = (int16_t)be16_get(p + 9);
    t->status = p[11];
}

/* Which field is out of its range; NULL when all are well. */
static const char *fault(const struct dlms_datetime *t)
{
    if (!within_or_rule(t->month, 1, 12))
        return "month";
    if (!within_or_rule(t->day, 1, 31))
        return "day";
    if (!within(t->weekday, 0, 7)) /* 0 is not the standard's, but is met */
        return "weekday";
    if (!within(t->hour, 0, 23))
        return "hour";
    if (!within(t->minute, 0, 59))
        return "minute";
    if (!within(t->second, 0, 59))
        return "second";
    if (!within(t->hundredths, 0, 99))
        return "hundredths";
    if (t->deviation != DLMS_DEVIATION_UNKNOWN &&
        (t->deviation < -DEVIATION_MAX || t->deviation > DEVIATION_MAX))
        return "deviation";
    return NULL;
}

enum err dlms_datetime_read(struct bytes b, struct dlms_datetime *out)
{
    const char *why;

    if (b.len != DLMS_DATETIME_LEN)
        return err_raise(ERR_PROTOCOL, "a date-time of %zu bytes, not 12",
                         b.len);
    unpack(b.at, out);
    if ((why = fault(out)) != NULL)
        return err_raise(ERR_PROTOCOL, "date-time: %s out of range", why);
    return ERR_OK;
}

bool dlms_datetime_looks_like(struct bytes b)
{
    struct dlms_datetime t;

    if (b.len != DLMS_DATETIME_LEN)
        return false;
    unpack(b.at, &t);
    return fault(&t) == NULL && t.year >= 1970 && t.year < 2200 &&
           t.month >= 1 && t.month <= 12 && t.day >= 1 && t.day <= 31 &&
           t.hour >= 0 && t.minute >= 0;
}

void dlms_datetime_write(uint8_t out[DLMS_DATETIME_LEN],
                         const struct dlms_datetime *t)
{
    be16_put(out, (uint16_t)t->year);
    out[2] = (uint8_t)t->month;
    out[3] = (uint8_t)t->day;
    out[4] = (uint8_t)t->weekday;
    out[5] = (uint8_t)t->hour;
    out[6] = (uint8_t)t->minute;
    out[7] = (uint8_t)t->second;
    out[8] = (uint8_t)t->hundredths;
    be16_put(out + 9, (uint16_t)t->deviation);
    out[11] = t->status;
}

enum err dlms_datetime_moment(const struct dlms_datetime *t,
                              int assumed_deviation, struct moment *out)
{
    int deviation = t->deviation == DLMS_DEVIATION_UNKNOWN ? assumed_deviation
                                                           : t->deviation;
    int second = t->second == DLMS_UNSPECIFIED ? 0 : t->second;
    int hundredths = t->hundredths == DLMS_UNSPECIFIED ? 0 : t->hundredths;
    enum err e;

    if (t->year == DLMS_UNSPECIFIED || t->month > 12 || t->day > 31 ||
        t->month < 1 || t->day < 1 || t->hour < 0 || t->minute < 0)
        return err_raise(ERR_INVALID, "date-time is not fully specified");
    if ((e = moment_of_civil(t->year, t->month, t->day, t->hour, t->minute,
                             second, out)) != ERR_OK)
        return e;
    out->us += ((int64_t)deviation * SECONDS_IN_MINUTE * US_IN_SECOND) +
               ((int64_t)hundredths * (US_IN_SECOND / 100));
    return ERR_OK;
}

/* Days since 1970-01-01 to a civil date of the proleptic Gregorian calendar:
 * eras of 400 years that begin on the first of March. */
static void civil_of_days(int64_t days, struct dlms_datetime *out)
{
    int64_t z = days + 719468;
    int64_t era = (z >= 0 ? z : z - 146096) / 146097;
    int64_t doe = z - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;

    out->day = (int)(doy - (153 * mp + 2) / 5 + 1);
    out->month = (int)(mp < 10 ? mp + 3 : mp - 9);
    out->year = (int)(yoe + era * 400 + (out->month <= 2));
    out->weekday = (int)(((days % 7) + 10) % 7) + 1; /* 1970-01-01: Thursday */
}

void dlms_datetime_of_moment(struct moment m, int deviation,
                             struct dlms_datetime *out)
{
    const int64_t day_us = (int64_t)24 * 3600 * US_IN_SECOND;
    int64_t us = m.us - (int64_t)deviation * SECONDS_IN_MINUTE * US_IN_SECOND;
    int64_t days = us / day_us - (us % day_us < 0);
    int64_t rest = us - days * day_us;

    civil_of_days(days, out);
    out->hundredths = (int)(rest / (US_IN_SECOND / 100) % 100);
    rest /= US_IN_SECOND;
    out->second = (int)(rest % 60);
    out->minute = (int)(rest / 60 % 60);
    out->hour = (int)(rest / 3600);
    out->deviation = deviation;
    out->status = 0;
}

/* A field as text, "*" when not specified. */
static const char *part(char buf[16], int width, int v)
{
    if (v == DLMS_UNSPECIFIED)
        return "*";
    (void)snprintf(buf, 16, "%0*d", width, v);
    return buf;
}

char *dlms_datetime_text(struct arena *a, const struct dlms_datetime *t)
{
    char b[8][16], dev[16] = "*";

    if (t->deviation != DLMS_DEVIATION_UNKNOWN)
        (void)snprintf(dev, sizeof(dev), "%d", t->deviation);
    return arena_printf(a, "%s-%s-%s dow=%s %s:%s:%s.%s dev=%s status=%02X",
                        part(b[0], 4, t->year), part(b[1], 2, t->month),
                        part(b[2], 2, t->day), part(b[3], 2, t->weekday),
                        part(b[4], 2, t->hour), part(b[5], 2, t->minute),
                        part(b[6], 2, t->second), part(b[7], 2, t->hundredths),
                        dev, t->status);
}
