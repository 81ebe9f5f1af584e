/* Decimal numbers as people type them: a comma or a point, "1 234,5". */
#ifndef LAZUR_LIB_UNITS_DECIMAL_H
#define LAZUR_LIB_UNITS_DECIMAL_H

#include <stdint.h>

#include "lib/base/err.h"

/* What is wrong with a number that a person has typed. */
enum decimal_fault {
    DECIMAL_GOOD,
    DECIMAL_NO_NUMBER, /* also an empty text, and a negative one */
    DECIMAL_MANY_DECIMALS,
    DECIMAL_TOO_LARGE,
};

/*
 * decimal_read - "760,5" with one decimal is 7605.
 *
 * decimals  at most so many (0 ... 6) may be typed, and *out is in such units
 * max       in the same units, the largest that is taken
 * Spaces around it and between its digits do not count.
 */
enum decimal_fault decimal_read(const char *text, int decimals, int64_t max,
                                int64_t *out) MUST_CHECK;

#endif
