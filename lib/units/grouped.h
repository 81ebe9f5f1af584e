/* Long numbers as people read them: by thousands. */
#ifndef LAZUR_LIB_UNITS_GROUPED_H
#define LAZUR_LIB_UNITS_GROUPED_H

#include <stdint.h>

#include "lib/base/arena.h"

/*
 * grouped_text - "-1234567.500" with a narrow no-break space (U+202F) between
 * the thousands of its whole part. number is a decimal as quantity.h gives it;
 * what is no decimal comes back as it is.
 */
char *grouped_text(struct arena *a, const char *number);

char *grouped_int(struct arena *a, int64_t n);

/* A decimal with a comma, for spreadsheets of this country. */
char *comma_text(struct arena *a, const char *number);

#endif
