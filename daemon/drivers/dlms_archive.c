/*
 * Archives of class 7: columns are found by what they capture, in whatever
 * order a meter has them; rows become the JSON that archive_store() takes.
 */
#include "daemon/drivers/dlms_inner.h"

#include <inttypes.h>
#include <string.h>

#include "daemon/drivers/dlms_convert.h"

#define ROWS_MAX     5000
#define KELVIN_0C_MK 273150

/* The columns we know, in units of docs/protocol.md. */
enum { AT, VOLUME, STATUS, TEMPERATURE, PRESSURE, COLUMNS };

/* clang-format off */
static const struct {
    struct obis name;
    const char *key;
    int exponent; /* from the wire to Lazur's unit */
    int64_t add;
} known[COLUMNS] = {
    [AT]          = { { { 0, 0, 1, 0, 0, 255 } },  "at", 0, 0 },
    [VOLUME]      = { { { 7, 0, 13, 2, 0, 255 } }, "volume", 0, 0 },
    [STATUS]      = { { { 7, 0, 96, 5, 0, 255 } }, "status", 0, 0 },
    [TEMPERATURE] = { { { 7, 0, 41, 0, 0, 255 } }, "temperature", 2, KELVIN_0C_MK },
    [PRESSURE]    = { { { 7, 0, 42, 0, 0, 255 } }, "pressure", 0, 0 },
};
/* clang-format on */

/* {class_id, logical_name, attribute, data_index} */
static int column_of(const struct dlms_value *object)
{
    const struct dlms_value *name = dlms_value_at(object, 1);
    struct bytes b;

    if (name == NULL)
        return -1;
    b = dlms_value_octets(name);
    for (int i = 0; i < COLUMNS; i++) {
        if (b.len == sizeof(known[i].name.at) &&
            memcmp(b.at, known[i].name.at, b.len) == 0)
            return i;
    }
    return -1;
}

bool dlms_archive_columns(struct dlms_command *c, const struct dlms_value *v)
{
    _Static_assert(COLUMNS <= sizeof(c->column) / sizeof(c->column[0]),
                   "no room for the columns");
    for (int i = 0; i < COLUMNS; i++)
        c->column[i] = -1;
    for (size_t i = 0; i < dlms_value_count(v) && i < 64; i++) {
        int k = column_of(&v->list.at[i]);

        if (k >= 0)
            c->column[k] = (int)i;
    }
    return c->column[AT] >= 0 && c->column[VOLUME] >= 0;
}

static const struct dlms_value *field(const struct dlms_command *c,
                                      const struct dlms_value *row, int k)
{
    return c->column[k] < 0 ? NULL : dlms_value_at(row, (size_t)c->column[k]);
}

/* False: it is no moment, or no number, or not there. */
static bool field_number(const struct dlms_command *c,
                         const struct dlms_value *row, int k, int64_t *out)
{
    const struct dlms_value *v = field(c, row, k);
    struct dlms_datetime t;
    struct moment m;
    bool exact;

    if (v == NULL)
        return false;
    if (k != AT)
        return dlms_scaled(v, known[k].exponent, out, &exact) &&
               !__builtin_add_overflow(*out, known[k].add, out);
    if (!dlms_value_datetime(v, &t) ||
        dlms_datetime_moment(&t, -c->now.zone_minutes, &m) != ERR_OK)
        return false;
    *out = m.us;
    return true;
}

static void row_put(struct dlms_out *o, struct arena *a,
                    const struct dlms_command *c, const struct dlms_value *row)
{
    int64_t n;
    const char *s;

    if (!field_number(c, row, AT, &n))
        return;
    s = arena_printf(a, "%s{\"at\":%" PRId64, o->len > 1 ? "," : "", n);
    dlms_out_raw(o, s, strlen(s));
    for (int k = VOLUME; k < COLUMNS; k++) {
        int64_t most = k == VOLUME || k == STATUS ? INT64_MAX : INT32_MAX;

        if (!field_number(c, row, k, &n) || n < 0 || n > most)
            continue;
        s = arena_printf(a, ",\"%s\":%" PRId64, known[k].key, n);
        dlms_out_raw(o, s, strlen(s));
    }
    dlms_out_raw(o, "}", 1);
}

const char *dlms_archive_rows(struct arena *a, const struct dlms_command *c,
                              const struct dlms_value *buffer)
{
    struct dlms_out o;
    size_t n = buffer == NULL ? 0 : dlms_value_count(buffer);

    dlms_out_init(&o, a);
    dlms_out_raw(&o, "[", 1);
    for (size_t i = 0; i < n && i < ROWS_MAX; i++)
        row_put(&o, a, c, &buffer->list.at[i]);
    dlms_out_raw(&o, "]", 2); /* and the NUL */
    return (const char *)o.at;
}
