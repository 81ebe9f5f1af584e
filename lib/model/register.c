/* Registers: rows of register as structs, and the names of known objects. */
#include "lib/model/register.h"

#include <stdlib.h>
#include <string.h>

/* Columns of sql/queries/register_list.sql. */
enum { METER, NAME, SCALER, UNIT, VALUE, TEXT, AT };

#define ANY (-1)

/* IEC 62056-6-1:2017, 5 (value group A), 6.1 (abstract), 7 (electricity), 10
 * (gas): groups A, C, D, E of objects that meters are known to push. */
/* clang-format off */
static const struct known {
    int a, c, d, e;
    const char *code;
} known[] = {
    { 1, 1, 8, ANY, "active_import" },     { 1, 2, 8, ANY, "active_export" },
    { 1, 3, 8, ANY, "reactive_import" },   { 1, 4, 8, ANY, "reactive_export" },
    { 1, 9, 8, ANY, "apparent_import" },
    { 1, 1, 7, 0, "power_import" },        { 1, 2, 7, 0, "power_export" },
    { 1, 3, 7, 0, "reactive_power_plus" }, { 1, 4, 7, 0, "reactive_power_minus" },
    { 1, 9, 7, 0, "apparent_power" },
    { 1, 13, 7, 0, "power_factor" },       { 1, 14, 7, 0, "frequency" },
    { 1, 31, 7, 0, "current_l1" },         { 1, 32, 7, 0, "voltage_l1" },
    { 1, 51, 7, 0, "current_l2" },         { 1, 52, 7, 0, "voltage_l2" },
    { 1, 71, 7, 0, "current_l3" },         { 1, 72, 7, 0, "voltage_l3" },
    { 1, 91, 7, 0, "current_n" },
    { 1, 21, 7, 0, "power_import_l1" },    { 1, 22, 7, 0, "power_export_l1" },
    { 1, 41, 7, 0, "power_import_l2" },    { 1, 42, 7, 0, "power_export_l2" },
    { 1, 61, 7, 0, "power_import_l3" },    { 1, 62, 7, 0, "power_export_l3" },
    { 1, 23, 7, 0, "reactive_plus_l1" },   { 1, 24, 7, 0, "reactive_minus_l1" },
    { 1, 43, 7, 0, "reactive_plus_l2" },   { 1, 44, 7, 0, "reactive_minus_l2" },
    { 1, 63, 7, 0, "reactive_plus_l3" },   { 1, 64, 7, 0, "reactive_minus_l3" },
    { 1, 33, 7, 0, "power_factor_l1" },    { 1, 53, 7, 0, "power_factor_l2" },
    { 1, 73, 7, 0, "power_factor_l3" },
    { 1, 0, 0, 5, "meter_number" },        { 1, 96, 1, 1, "meter_model" },
    { 1, 0, 2, 129, "list_version" },      { 1, 0, 2, 0, "firmware" },
    { 0, 1, 0, 0, "clock" },
    { 0, 96, 1, 0, "meter_number" },       { 0, 96, 1, 1, "meter_model" },
    { 0, 96, 1, 7, "meter_model" },        { 0, 96, 3, 10, "valve" },
    { 0, 96, 6, 1, "battery_charge" },     { 0, 96, 6, 3, "battery_voltage" },
    { 0, 96, 8, 0, "working_time" },
    { 7, 13, 2, 0, "gas_volume" },         { 7, 41, 0, 0, "gas_temperature" },
    { 7, 42, 0, 0, "gas_pressure" },
};
/* clang-format on */

/* "1.0.1.8.0.255": six numbers of an octet each. */
static bool groups_read(const char *text, int g[6])
{
    for (int i = 0; i < 6; i++) {
        size_t digits = strspn(text, "0123456789");

        if (digits == 0 || digits > 3)
            return false;
        g[i] = (int)strtol(text, NULL, 10);
        text += digits;
        if (g[i] > 255 || *text != (i < 5 ? '.' : '\0'))
            return false;
        text++;
    }
    return true;
}

const char *register_code(const char *logical_name, int *tariff)
{
    int g[6];

    *tariff = 0;
    if (!groups_read(logical_name, g))
        return "";
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        const struct known *k = &known[i];

        if (k->a != g[0] || k->c != g[2] || k->d != g[3] ||
            (k->e != ANY && k->e != g[4]))
            continue;
        *tariff = k->e == ANY ? g[4] : 0;
        return k->code;
    }
    return "";
}

enum err register_list(struct db *db, struct arena *a, const int64_t *meters,
                       size_t n, struct register_list *out)
{
    const char *const params[] = { param_ids(a, meters, n) };
    struct meter_register *list;
    struct rows rows;
    enum err e;

    if ((e = db_query(db, a, Q_REGISTER_LIST, params, &rows)) != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = (struct meter_register){
            .meter_id = row_int(&rows, i, METER),
            .logical_name = row_text(&rows, i, NAME),
            .scaler = (int)row_int(&rows, i, SCALER),
            .unit = (int)row_int(&rows, i, UNIT),
            .value = row_figure(&rows, i, VALUE),
            .text = row_text(&rows, i, TEXT),
            .at = row_moment(&rows, i, AT),
        };
    *out = (struct register_list){ .rows = list, .n = rows.n };
    return ERR_OK;
}
