/* Numbers of the main window as text; spreadsheets undo the grouping. */
#include "cgi-bin/operator/meters.h"

#include "lib/units/grouped.h"
#include "lib/units/money.h"
#include "lib/units/quantity.h"

static char *cell(struct arena *a, struct figure f,
                  char *(*text)(struct arena *a, int64_t n))
{
    return f.known ? grouped_text(a, text(a, f.n)) : arena_strdup(a, "");
}

char *volume_cell(struct arena *a, struct figure volume_dm3)
{
    return cell(a, volume_dm3, volume_m3_text);
}

char *energy_cell(struct arena *a, struct figure energy_wh)
{
    return cell(a, energy_wh, energy_kwh_text);
}

char *hours_cell(struct arena *a, struct figure hours)
{
    return cell(a, hours, grouped_int);
}

char *temperature_cell(struct arena *a, struct figure temperature_mk)
{
    return cell(a, temperature_mk, temperature_c_text);
}

char *pressure_cell(struct arena *a, struct figure pressure_pa)
{
    return cell(a, pressure_pa, pressure_mmhg_text);
}

char *battery_cell(struct arena *a, struct figure battery_mv)
{
    return cell(a, battery_mv, battery_v_text);
}

char *money_cell(struct arena *a, struct figure kopecks)
{
    return kopecks.known
               ? grouped_text(a, money_text(a, (struct money){ kopecks.n }))
               : arena_strdup(a, "");
}
