/*
 * What an attached meter counts, reduced to standard conditions (GC-190;
 * docs/correction.md derives it):
 *
 *   V = Vw * (293.15 K / T) * (p / 101325 Pa)
 *
 * Standard conditions are those of GOST 2939-63: 20 degrees Celsius and
 * 760 mmHg. Compressibility counts as 1: in a house's pipe it differs from
 * that by less than a thousandth.
 */
#ifndef LAZUR_LIB_UNITS_CORRECTION_H
#define LAZUR_LIB_UNITS_CORRECTION_H

#include <stdint.h>

#include "lib/base/err.h"

#define STANDARD_TEMPERATURE_MK 293150
#define STANDARD_PRESSURE_PA    101325

/* 0 where it is not corrected by, or the meter's own corrector has done it. */
struct correction {
    int64_t temperature_mk; /* of the gas */
    int64_t pressure_pa;    /* absolute, of the gas */
};

/*
 * correct_volume - litres at working conditions as litres at standard ones.
 *
 * Reduce what was counted between two readings, not the counter: conditions
 * change. Rounds half up.
 * ERR_INVALID  a negative volume, a temperature or a pressure that no gas has
 *              in a pipe (outside of 173 ... 373 K, 50 kPa ... 10 MPa), or a
 *              result beyond int64_t
 */
enum err correct_volume(int64_t working_dm3, struct correction c,
                        int64_t *standard_dm3) MUST_CHECK;

#endif
