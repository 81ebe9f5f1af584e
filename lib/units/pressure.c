/* Pressures in whole pascals; other units are text only. */
#include "lib/units/pressure.h"

#include "lib/units/quantity.h"

enum pressure_fault pressure_read(const char *text, int64_t *pressure_pa)
{
    int64_t tenths = 0;

    switch (decimal_read(text, 1, 1000000, &tenths)) {
    case DECIMAL_NO_NUMBER:
        return PRESSURE_NO_NUMBER;
    case DECIMAL_MANY_DECIMALS:
        return PRESSURE_DECIMALS;
    case DECIMAL_TOO_LARGE:
        return PRESSURE_BEYOND;
    case DECIMAL_GOOD:
        break;
    }
    if (tenths < PRESSURE_MIN_TENTHS || tenths > PRESSURE_MAX_TENTHS)
        return PRESSURE_BEYOND;
    *pressure_pa = (tenths * PRESSURE_FACTORY_PA + 3800) / 7600;
    return PRESSURE_GOOD;
}

/* pressure_pa * times / by with so many decimals of text, rounded half up. */
static char *as(struct arena *a, int64_t pressure_pa, int64_t times, int64_t by,
                int decimals)
{
    return decimal_text(a, (pressure_pa * times + by / 2) / by, -decimals);
}

char *pressure_kpa_text(struct arena *a, int64_t pressure_pa)
{
    return as(a, pressure_pa, 1, 1, 3);
}

char *pressure_bar_text(struct arena *a, int64_t pressure_pa)
{
    return as(a, pressure_pa, 1, 100, 3);
}

char *pressure_mmh2o_text(struct arena *a, int64_t pressure_pa)
{
    return as(a, pressure_pa, 1000000, 980665, 1);
}

char *pressure_atm_text(struct arena *a, int64_t pressure_pa)
{
    return as(a, pressure_pa, 1000, PRESSURE_FACTORY_PA, 3);
}
