/* Profiles: columns, selections and rows. See profile.h. */
#include "lib/dlms/profile.h"

#include <string.h>

#include "lib/dlms/cosem_time.h"
#include "lib/dlms/shape.h"

static const struct shape_field column_fields[] = {
    SHAPE_AT(SHAPE_U16, struct dlms_column, class_id),
    SHAPE_AT(SHAPE_OBIS, struct dlms_column, name),
    SHAPE_AT(SHAPE_I8, struct dlms_column, attribute),
    SHAPE_AT(SHAPE_U16, struct dlms_column, data_index),
};
static const struct shape column = { "capture_object_definition",
                                     sizeof(struct dlms_column),
                                     SHAPE_FIELDS(column_fields) };
SHAPE_LIST_DOOR(dlms_columns, struct dlms_column, &column)

int dlms_column_find(const struct dlms_column *at, size_t n, struct obis name,
                     int8_t attribute)
{
    for (size_t i = 0; i < n; i++)
        if (obis_same(at[i].name, name) && at[i].attribute == attribute)
            return (int)i;
    return -1;
}

int dlms_column_clock(const struct dlms_column *at, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (at[i].class_id == DLMS_CLOCK && at[i].attribute == DLMS_CLOCK_TIME)
            return (int)i;
    return -1;
}

/* ---- a part of the buffer ---- */

static const struct shape_field range_fields[] = {
    SHAPE_IN(struct dlms_range, by, &column),
    SHAPE_AT(SHAPE_VALUE, struct dlms_range, from),
    SHAPE_AT(SHAPE_VALUE, struct dlms_range, to),
    SHAPE_LIST(struct dlms_range, selected, n, &column),
};
static const struct shape range = { "range_descriptor",
                                    sizeof(struct dlms_range),
                                    SHAPE_FIELDS(range_fields) };

static const struct shape_field entries_fields[] = {
    SHAPE_AT(SHAPE_U32, struct dlms_entries, from),
    SHAPE_AT(SHAPE_U32, struct dlms_entries, to),
    SHAPE_AT(SHAPE_U16, struct dlms_entries, column_from),
    SHAPE_AT(SHAPE_U16, struct dlms_entries, column_to),
};
static const struct shape entries = { "entry_descriptor",
                                      sizeof(struct dlms_entries),
                                      SHAPE_FIELDS(entries_fields) };

enum err dlms_entries_read(const struct dlms_value *v, struct dlms_entries *out)
{
    return shape_read(NULL, &entries, v, out);
}

enum err dlms_range_read(struct arena *a, const struct dlms_value *v,
                         struct dlms_range *out)
{
    return shape_read(a, &range, v, out);
}

static struct dlms_asked ask_part(struct obis profile, uint8_t selector,
                                  const struct dlms_value *selection)
{
    struct dlms_asked q =
        dlms_ask(DLMS_PROFILE_GENERIC, profile, DLMS_PROFILE_BUFFER);

    q.has_selection = true;
    q.selector = selector;
    q.selection = *selection;
    return q;
}

struct dlms_asked dlms_profile_range(struct arena *a, struct obis profile,
                                     const struct dlms_column *by,
                                     const struct dlms_value *from,
                                     const struct dlms_value *to,
                                     const struct dlms_column *selected,
                                     size_t n)
{
    struct dlms_range r = { .by = *by, .from = *from, .to = *to };
    struct dlms_value v;

    r.n = selected != NULL ? n : 0;
    r.selected = arena_alloc(a, (r.n + 1) * sizeof(*r.selected));
    if (r.n > 0)
        memcpy(r.selected, selected, r.n * sizeof(*selected));
    shape_make(a, &range, &r, &v);
    return ask_part(profile, DLMS_BY_RANGE, &v);
}

struct dlms_asked dlms_profile_between(struct arena *a, struct obis profile,
                                       const struct dlms_column *by,
                                       const struct dlms_datetime *from,
                                       const struct dlms_datetime *to)
{
    const struct dlms_column clock = { DLMS_CLOCK, dlms_clock_name,
                                       DLMS_CLOCK_TIME, 0 };
    const struct dlms_value begin = dlms_of_datetime(a, from);
    const struct dlms_value end = dlms_of_datetime(a, to);

    return dlms_profile_range(a, profile, by != NULL ? by : &clock, &begin,
                              &end, NULL, 0);
}

struct dlms_asked dlms_profile_entries(struct arena *a, struct obis profile,
                                       uint32_t from, uint32_t to,
                                       uint16_t column_from, uint16_t column_to)
{
    const struct dlms_entries e = { from, to, column_from, column_to };
    struct dlms_value v;

    shape_make(a, &entries, &e, &v);
    return ask_part(profile, DLMS_BY_ENTRY, &v);
}

/* ---- rows ---- */

/* One period after the row before: what null-data says of a clock. */
static bool later(const struct dlms_datetime *before, uint32_t period_s,
                  struct dlms_datetime *out)
{
    int deviation =
        before->deviation != DLMS_DEVIATION_UNKNOWN ? before->deviation : 0;
    struct moment m;

    if (period_s == 0 || dlms_datetime_moment(before, 0, &m) != ERR_OK)
        return false;
    m.us += (int64_t)period_s * 1000000;
    dlms_datetime_of_moment(m, deviation, out);
    out->deviation = before->deviation;
    out->status = before->status;
    if (before->hundredths == DLMS_UNSPECIFIED)
        out->hundredths = DLMS_UNSPECIFIED;
    return true;
}

static void set_time(struct dlms_row *row, const struct dlms_row *before,
                     const struct dlms_value *sent, uint32_t period_s)
{
    if (sent->type == DLMS_NULL)
        row->has_time = before != NULL && before->has_time &&
                        later(&before->time, period_s, &row->time);
    else
        row->has_time = dlms_value_datetime(sent, &row->time);
}

/* Cells as sent, null-data by what stood there before. */
static void set_cells(struct dlms_row *row, const struct dlms_row *before,
                      const struct dlms_value *sent, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        row->cells[i] = dlms_value_at(sent, i);
        if (row->cells[i]->type == DLMS_NULL && before != NULL)
            row->cells[i] = before->cells[i];
    }
}

enum err dlms_rows_read(struct arena *a, const struct dlms_value *buffer,
                        const struct dlms_column *columns, size_t n,
                        uint32_t period_s, struct dlms_row **out, size_t *rows)
{
    int clock = dlms_column_clock(columns, n);
    size_t count = dlms_value_count(buffer);
    const struct dlms_value **cells;

    *rows = 0;
    if (buffer->type != DLMS_ARRAY && buffer->type != DLMS_COMPACT_ARRAY)
        return err_raise(ERR_PROTOCOL, "a buffer that is no array");
    *out = arena_alloc(a, (count + 1) * sizeof(**out));
    cells = arena_alloc(a, (count * n + 1) * sizeof(const struct dlms_value *));
    for (size_t i = 0; i < count; i++) {
        const struct dlms_value *sent = dlms_value_at(buffer, i);
        const struct dlms_row *before = i > 0 ? &(*out)[i - 1] : NULL;
        struct dlms_row *row = &(*out)[i];

        if (sent->type != DLMS_STRUCTURE || dlms_value_count(sent) != n)
            return err_raise(ERR_PROTOCOL, "row %zu: %zu elements, %zu columns",
                             i, dlms_value_count(sent), n);
        row->cells = &cells[i * n];
        set_cells(row, before, sent, n);
        if (clock >= 0)
            set_time(row, before, dlms_value_at(sent, (size_t)clock), period_s);
    }
    *rows = count;
    return ERR_OK;
}
