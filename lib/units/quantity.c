/* Integers of small units as decimals for people. */
#include "lib/units/quantity.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

static uint64_t magnitude(int64_t v)
{
    return v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
}

/* Digits of n written backwards from end, at least so many; where they begin.
 */
static char *digits_before(char *end, uint64_t n, int least)
{
    for (; n != 0 || least > 0; n /= 10, least--)
        *--end = (char)('0' + n % 10);
    return end;
}

/* By hand: a report of a million figures spends half of its time here. */
static char *fraction_text(struct arena *a, int64_t value, int decimals)
{
    char text[48], *end = text + sizeof(text) - 1, *at = end;
    uint64_t whole = magnitude(value), unit = 1;

    for (int i = 0; i < decimals; i++)
        unit *= 10;
    *end = '\0';
    at = digits_before(at, whole % unit, decimals);
    *--at = '.';
    at = digits_before(at, whole / unit, 1);
    if (value < 0)
        *--at = '-';
    return arena_strndup(a, at, (size_t)(end - at));
}

char *decimal_text(struct arena *a, int64_t value, int scaler)
{
    if (scaler > 18 || scaler < -18)
        return arena_printf(a, "%" PRId64 "e%d", value, scaler);
    if (scaler < 0)
        return fraction_text(a, value, -scaler);
    if (scaler == 0 || value == 0)
        return arena_printf(a, "%" PRId64, value);
    return arena_printf(a, "%" PRId64 "%0*d", value, scaler, 0);
}

/* value / divisor with the given decimals, rounded half away from zero. */
static char *ratio_text(struct arena *a, int64_t value, uint64_t divisor,
                        int decimals)
{
    uint64_t scale = 1, n;

    for (int i = 0; i < decimals; i++)
        scale *= 10;
    n = (magnitude(value) * scale + divisor / 2) / divisor;
    return decimal_text(a, value < 0 ? -(int64_t)n : (int64_t)n, -decimals);
}

char *volume_m3_text(struct arena *a, int64_t volume_dm3)
{
    return decimal_text(a, volume_dm3, -3);
}

char *energy_kwh_text(struct arena *a, int64_t energy_wh)
{
    return decimal_text(a, energy_wh, -3);
}

char *temperature_c_text(struct arena *a, int64_t temperature_mk)
{
    return ratio_text(a, temperature_mk - 273150, 1000, 1);
}

char *pressure_mmhg_text(struct arena *a, int64_t pressure_pa)
{
    /* 760 mmHg is 101325 Pa: mmHg = Pa * 760 / 101325 */
    return ratio_text(a, pressure_pa * 760, 101325, 1);
}

char *battery_v_text(struct arena *a, int64_t battery_mv)
{
    return ratio_text(a, battery_mv, 1000, 1);
}

const char *unit_name(int unit)
{
    /* IEC 62056-6-2:2016, Table 4. */
    static const char *const names[] = {
        [1] = "a",        [2] = "mo",        [3] = "wk",       [4] = "d",
        [5] = "h",        [6] = "min",       [7] = "s",        [8] = "°",
        [9] = "°C",       [10] = "¤",        [11] = "m",       [12] = "m/s",
        [13] = "m3",      [14] = "m3",       [15] = "m3/h",    [16] = "m3/h",
        [17] = "m3/d",    [18] = "m3/d",     [19] = "l",       [20] = "kg",
        [21] = "N",       [22] = "Nm",       [23] = "Pa",      [24] = "bar",
        [25] = "J",       [26] = "J/h",      [27] = "W",       [28] = "VA",
        [29] = "var",     [30] = "Wh",       [31] = "VAh",     [32] = "varh",
        [33] = "A",       [34] = "C",        [35] = "V",       [36] = "V/m",
        [37] = "F",       [38] = "Ω",        [39] = "Ωm²/m",   [40] = "Wb",
        [41] = "T",       [42] = "A/m",      [43] = "H",       [44] = "Hz",
        [45] = "1/(Wh)",  [46] = "1/(varh)", [47] = "1/(VAh)", [48] = "V²h",
        [49] = "A²h",     [50] = "kg/s",     [51] = "S",       [52] = "K",
        [53] = "1/(V²h)", [54] = "1/(A²h)",  [55] = "1/m3",    [56] = "%",
        [57] = "Ah",      [60] = "Wh/m3",    [61] = "J/m3",    [62] = "mol%",
        [63] = "g/m3",    [64] = "Pa·s",     [65] = "J/kg",    [70] = "dBm",
        [71] = "dBµV",    [72] = "dB",
    };

    if (unit < 0 || (size_t)unit >= sizeof(names) / sizeof(names[0]) ||
        names[unit] == NULL)
        return "";
    return names[unit];
}
