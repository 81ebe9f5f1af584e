/*
 * COSEM date-time, IEC 62056-6-2, 4.1.6.1: twelve bytes of which each field
 * may be "not specified".
 */
#ifndef LAZUR_LIB_DLMS_DATETIME_H
#define LAZUR_LIB_DLMS_DATETIME_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/units/moment.h"

#define DLMS_DATETIME_LEN 12
#define DLMS_DATE_LEN     5
#define DLMS_TIME_LEN     4

/* A field that is not specified; date, time and their parts share it. */
#define DLMS_UNSPECIFIED       (-1)
#define DLMS_DEVIATION_UNKNOWN (-32768) /* 8000 */

/*
 * Fields as sent, DLMS_UNSPECIFIED where 0xFF (year: 0xFFFF). month may be
 * 0xFD/0xFE and day 0xFD/0xFE (daylight rules, last day): kept as sent, and
 * such a date-time is no moment.
 */
struct dlms_datetime {
    int year, month, day, weekday; /* weekday 1 Monday ... 7 Sunday */
    int hour, minute, second, hundredths;
    int deviation;  /* minutes to add to local time to get UTC */
    uint8_t status; /* 0x80 daylight saving, 0x01 invalid value; 0xFF none */
};

/*
 * dlms_datetime_read - twelve bytes to fields.
 * ERR_PROTOCOL on another length or a field out of its range.
 */
enum err dlms_datetime_read(struct bytes b,
                            struct dlms_datetime *out) MUST_CHECK;

/* True when dlms_datetime_read would take b and year, month, day, hour and
 * minute are given: how an octet-string of 12 is told from text. */
bool dlms_datetime_looks_like(struct bytes b);

void dlms_datetime_write(uint8_t out[DLMS_DATETIME_LEN],
                         const struct dlms_datetime *t);

/*
 * dlms_datetime_moment - the moment in UTC.
 *
 * assumed_deviation  minutes to add to local time, used when the meter left
 *                    its own unspecified (UTC+3 is -180)
 * Seconds and hundredths not given count as 0.
 * ERR_INVALID when the date, hour or minute is missing, or no such day is.
 */
enum err dlms_datetime_moment(const struct dlms_datetime *t,
                              int assumed_deviation,
                              struct moment *out) MUST_CHECK;

/* m as civil time of deviation, with its weekday; status 0. */
void dlms_datetime_of_moment(struct moment m, int deviation,
                             struct dlms_datetime *out);

/* "2020-01-21 dow=02 16:00:00.* dev=0 status=00"; * is not specified. */
char *dlms_datetime_text(struct arena *a, const struct dlms_datetime *t);

#endif
