/* Places on the Earth in millionths of a degree, WGS 84; text has degrees. */
#ifndef LAZUR_LIB_UNITS_DEGREE_H
#define LAZUR_LIB_UNITS_DEGREE_H

#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

/* What a web map (Web Mercator) can show of latitudes. */
#define LATITUDE_MAX_UDEG  85000000
#define LONGITUDE_MAX_UDEG 180000000

/*
 * degrees_read - "55.7558", "-0,5", "37"; spaces around are no matter.
 *
 * Digits beyond the sixth decimal are left out. ERR_INVALID when text is no
 * such number or beyond -limit_udeg ... limit_udeg.
 */
enum err degrees_read(const char *text, int64_t limit_udeg,
                      int64_t *out) MUST_CHECK;

/* "55.755800" */
char *degrees_text(struct arena *a, int64_t udeg);

#endif
