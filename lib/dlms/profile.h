/*
 * Profile generic, class 7 (IEC 62056-6-2, 4.3.6): what its columns are, how
 * to ask for a part of it, and rows out of the buffer. The order of columns is
 * the meter's: capture_objects is read, never assumed.
 *
 * Implemented: capture_objects, range_descriptor (by any column, usually the
 * clock) and entry_descriptor, null-data as "the same as in the row before",
 * null-data of the clock as one capture period later, compact arrays.
 * Not implemented: the delta types of edition 3, sort methods other than what
 * the buffer shows.
 */
#ifndef LAZUR_LIB_DLMS_PROFILE_H
#define LAZUR_LIB_DLMS_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/dlms/cosem.h"
#include "lib/dlms/datetime.h"

/* clang-format off */
enum dlms_profile_attribute {
    DLMS_PROFILE_BUFFER = 2, DLMS_PROFILE_CAPTURE_OBJECTS = 3,
    DLMS_PROFILE_CAPTURE_PERIOD = 4, DLMS_PROFILE_SORT_METHOD = 5,
    DLMS_PROFILE_SORT_OBJECT = 6, DLMS_PROFILE_ENTRIES_IN_USE = 7,
    DLMS_PROFILE_ENTRIES = 8,
};
enum dlms_profile_method { DLMS_PROFILE_RESET = 1, DLMS_PROFILE_CAPTURE = 2 };
enum dlms_profile_selector { DLMS_BY_RANGE = 1, DLMS_BY_ENTRY = 2 };
/* clang-format on */

struct dlms_column { /* capture_object_definition */
    uint16_t class_id;
    struct obis name;
    int8_t attribute;    /* 0: all of them, as a structure */
    uint16_t data_index; /* 0: the whole attribute */
};
enum err dlms_columns_read(struct arena *a, const struct dlms_value *v,
                           struct dlms_column **out, size_t *n) MUST_CHECK;
void dlms_columns_make(struct arena *a, const struct dlms_column *at, size_t n,
                       struct dlms_value *out);

/* The first column of this object and attribute; -1 when there is none. */
int dlms_column_find(const struct dlms_column *at, size_t n, struct obis name,
                     int8_t attribute);
/* The column of the clock: class 8, attribute 2; -1 when there is none. */
int dlms_column_clock(const struct dlms_column *at, size_t n);

/* ---- a part of the buffer ---- */

/*
 * GET of the rows whose column (the clock, or what the meter sorts by) lies in
 * [from, to]. selected: the columns wanted; NULL: all.
 */
struct dlms_asked dlms_profile_range(struct arena *a, struct obis profile,
                                     const struct dlms_column *by,
                                     const struct dlms_value *from,
                                     const struct dlms_value *to,
                                     const struct dlms_column *selected,
                                     size_t n);

/* The same by the clock 0.0.1.0.0.255 of column by; by NULL: that clock. */
struct dlms_asked dlms_profile_between(struct arena *a, struct obis profile,
                                       const struct dlms_column *by,
                                       const struct dlms_datetime *from,
                                       const struct dlms_datetime *to);

/*
 * GET of rows from ... to, columns from ... to, both counted from 1; 0 as a
 * "to" is the last there is.
 */
struct dlms_asked dlms_profile_entries(struct arena *a, struct obis profile,
                                       uint32_t from, uint32_t to,
                                       uint16_t column_from,
                                       uint16_t column_to);

/* The server's half of a selection. */
struct dlms_entries {
    uint32_t from, to;
    uint16_t column_from, column_to;
};
enum err dlms_entries_read(const struct dlms_value *v,
                           struct dlms_entries *out) MUST_CHECK;
struct dlms_range {
    struct dlms_column by;
    struct dlms_value from, to;
    struct dlms_column *selected;
    size_t n;
};
enum err dlms_range_read(struct arena *a, const struct dlms_value *v,
                         struct dlms_range *out) MUST_CHECK;

/* ---- rows ---- */

struct dlms_row {
    bool has_time;
    struct dlms_datetime time;
    const struct dlms_value **cells; /* one for each column, never NULL */
};

/*
 * dlms_rows_read - the rows of a buffer.
 *
 * columns   in the order of the rows: capture_objects, or what was selected
 * period_s  capture_period, for clocks that are left out; 0: such rows have
 *           no time
 * ERR_PROTOCOL when a row has another number of elements than there are
 * columns. A null-data in the first row stays null-data.
 */
enum err dlms_rows_read(struct arena *a, const struct dlms_value *buffer,
                        const struct dlms_column *columns, size_t n,
                        uint32_t period_s, struct dlms_row **out,
                        size_t *rows) MUST_CHECK;

#endif
