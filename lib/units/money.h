/* Money in whole kopecks; a struct, so that it cannot be added to gas. */
#ifndef LAZUR_LIB_UNITS_MONEY_H
#define LAZUR_LIB_UNITS_MONEY_H

#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

struct money {
    int64_t kopecks;
};

/* "-1234.50": two decimals, point, no grouping (the view groups). */
char *money_text(struct arena *a, struct money m);

#endif
