/* One product, one quotient: nothing is rounded in between. */
#include "lib/units/correction.h"

#include <inttypes.h>
#include <stdbool.h>

__extension__ typedef unsigned __int128 wide;

static bool is_gas(struct correction c)
{
    return (c.temperature_mk == 0 ||
            (c.temperature_mk >= 173150 && c.temperature_mk <= 373150)) &&
           (c.pressure_pa == 0 ||
            (c.pressure_pa >= 50000 && c.pressure_pa <= 10000000));
}

enum err correct_volume(int64_t working_dm3, struct correction c,
                        int64_t *standard_dm3)
{
    wide n = (wide)(uint64_t)working_dm3, by = 1;

    if (working_dm3 < 0 || !is_gas(c))
        return err_raise(ERR_INVALID,
                         "volume_dm3=%" PRId64 " temperature_mk=%" PRId64
                         " pressure_pa=%" PRId64 " cannot be corrected",
                         working_dm3, c.temperature_mk, c.pressure_pa);
    if (c.temperature_mk != 0) {
        n *= STANDARD_TEMPERATURE_MK;
        by *= (uint64_t)c.temperature_mk;
    }
    if (c.pressure_pa != 0) {
        n *= (uint64_t)c.pressure_pa;
        by *= STANDARD_PRESSURE_PA;
    }
    n = (n + by / 2) / by;
    if (n > INT64_MAX)
        return err_raise(ERR_INVALID, "a corrected volume is too large");
    *standard_dm3 = (int64_t)n;
    return ERR_OK;
}
