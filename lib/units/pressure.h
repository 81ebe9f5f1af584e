/*
 * The absolute pressure a gas meter counts with (GC-192 ... GC-194), as people
 * type it and compare it. 760 mmHg are 101325 Pa, exactly (the conventional
 * millimetre of mercury, ISO 80000-4); a millimetre of water is 9.80665 Pa.
 */
#ifndef LAZUR_LIB_UNITS_PRESSURE_H
#define LAZUR_LIB_UNITS_PRESSURE_H

#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/units/decimal.h"

#define PRESSURE_FACTORY_PA 101325 /* 760.0 mmHg */

/* What a meter takes, in tenths of a mmHg, both included. */
#define PRESSURE_MIN_TENTHS 5630
#define PRESSURE_MAX_TENTHS 7890

enum pressure_fault {
    PRESSURE_GOOD,
    PRESSURE_NO_NUMBER,
    PRESSURE_DECIMALS, /* more than one */
    PRESSURE_BEYOND,   /* not in 563.0 ... 789.0 */
};

/* "760", "760.0", "748,5" in mmHg; *pressure_pa rounds half up. */
enum pressure_fault pressure_read(const char *text,
                                  int64_t *pressure_pa) MUST_CHECK;

char *pressure_kpa_text(struct arena *a, int64_t pressure_pa);   /* 3 dec. */
char *pressure_bar_text(struct arena *a, int64_t pressure_pa);   /* 3 dec. */
char *pressure_mmh2o_text(struct arena *a, int64_t pressure_pa); /* 1 dec. */
char *pressure_atm_text(struct arena *a, int64_t pressure_pa);   /* 3 dec. */

#endif
