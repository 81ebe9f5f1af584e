/*
 * What a meter measures, as text for a person. Storage is always an integer
 * of the smallest unit; these functions are the only place that divides.
 */
#ifndef LAZUR_LIB_UNITS_QUANTITY_H
#define LAZUR_LIB_UNITS_QUANTITY_H

#include <stdint.h>

#include "lib/base/arena.h"

/* value * 10^scaler with every decimal: (1234567, -3) is "1234.567". */
char *decimal_text(struct arena *a, int64_t value, int scaler);

char *volume_m3_text(struct arena *a, int64_t volume_dm3);         /* 3 dec. */
char *energy_kwh_text(struct arena *a, int64_t energy_wh);         /* 3 dec. */
char *temperature_c_text(struct arena *a, int64_t temperature_mk); /* 1 dec. */
char *pressure_mmhg_text(struct arena *a, int64_t pressure_pa);    /* 1 dec. */
char *battery_v_text(struct arena *a, int64_t battery_mv);         /* 1 dec. */

/* IEC 62056-6-2, Table 4 (unit enum): "Wh", "V", "m3" ..., "" if unnamed. */
const char *unit_name(int unit);

#endif
