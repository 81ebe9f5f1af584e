/* Moments are UTC microseconds; zones exist only where people read. */
#ifndef LAZUR_LIB_UNITS_MOMENT_H
#define LAZUR_LIB_UNITS_MOMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

struct moment {
    int64_t us; /* since 1970-01-01 UTC */
};

/* Civil UTC to moment; months 1..12. ERR_INVALID on an impossible date. */
enum err moment_of_civil(int year, int month, int day, int hour, int minute,
                         int second, struct moment *out) MUST_CHECK;

/* "20-11-2026 03:15:00" in the process' zone (TZ); "" when us is 0. */
char *moment_text(struct arena *a, struct moment m);

#define MOMENT_TEXT 20
#define MOMENT_ISO  26

/* Both at once, for tables; "" and false when us is 0. */
bool moment_texts(struct moment m, char text[MOMENT_TEXT],
                  char iso[MOMENT_ISO]);

/* "20-11-2026 03:15", for records of whole minutes. */
char *moment_minute_text(struct arena *a, struct moment m);

/* "2026-11-20T03:15:00+03:00", for the tooltip and the datetime attribute. */
char *moment_iso(struct arena *a, struct moment m);

/* "2026-11-20 03:15:00", for cells of reports (REPORT_MOMENT); "" when 0. */
char *moment_cell(struct arena *a, struct moment m);

#endif
