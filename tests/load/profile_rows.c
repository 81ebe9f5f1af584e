/*
 * How fast an archive is read: a profile of 1,000 rows as a meter sends it
 * (clock, volume, status, temperature, pressure), decoded and walked row by
 * row, again and again on one processor. Prints one line of JSON.
 *
 *   profile_rows [seconds]
 */
#include <stdio.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/dlms/profile.h"
#include "tests/load/bare.h"

#define ROWS    1000
#define COLUMNS 5

static const struct dlms_column columns[COLUMNS] = {
    { 8, { { 0, 0, 1, 0, 0, 255 } }, 2, 0 },
    { 3, { { 7, 0, 13, 2, 0, 255 } }, 2, 0 },
    { 1, { { 7, 0, 96, 5, 0, 255 } }, 2, 0 },
    { 3, { { 7, 0, 41, 0, 0, 255 } }, 2, 0 },
    { 3, { { 7, 0, 42, 0, 0, 255 } }, 2, 0 },
};

static struct bytes buffer_make(struct arena *a)
{
    struct dlms_datetime t;
    struct dlms_out o;

    dlms_out_init(&o, a);
    dlms_out_u8(&o, DLMS_ARRAY);
    dlms_out_length(&o, ROWS);
    for (int i = 0; i < ROWS; i++) {
        dlms_datetime_of_moment(
            (struct moment){ (INT64_C(1763600000) + 3600 * i) * 1000000 }, -180,
            &t);
        dlms_put_structure(&o, COLUMNS);
        dlms_put_datetime(&o, &t);
        dlms_put_double_long_unsigned(&o, 1000000u + (uint32_t)i);
        dlms_put_double_long_unsigned(&o, 0);
        dlms_put_long(&o, 187);
        dlms_put_double_long_unsigned(&o, 103421);
    }
    return dlms_out_bytes(&o);
}

/* The sum of all volumes, so that nothing of it is left out. */
static int64_t read_once(struct arena *a, struct bytes raw)
{
    struct dlms_value buffer;
    struct dlms_row *rows;
    size_t at = 0, n = 0;
    int64_t sum = 0, one;
    struct moment m;

    if (dlms_value_read_most(a, raw, &at, DLMS_NODES_LONG, &buffer) != ERR_OK ||
        dlms_rows_read(a, &buffer, columns, COLUMNS, 0, &rows, &n) != ERR_OK ||
        n != ROWS)
        fatal("profile: %s", err_reason());
    for (size_t i = 0; i < n; i++) {
        if (!rows[i].has_time ||
            dlms_datetime_moment(&rows[i].time, 180, &m) != ERR_OK ||
            !dlms_value_integer(rows[i].cells[1], &one))
            fatal("row %zu", i);
        sum += one + m.us % 2;
    }
    return sum;
}

int main(int argc, char **argv)
{
    int64_t seconds = argc > 1 ? number_of(argv[1]) : 2, turns = 0, began, us;
    struct arena *life = arena_new(), *work = arena_new();
    struct bytes raw = buffer_make(life);
    int64_t sum = read_once(work, raw);

    log_init("profile_rows", false);
    began = clock_monotonic_us();
    do {
        arena_reset(work);
        if (read_once(work, raw) != sum)
            fatal("another sum");
        turns++;
        us = clock_monotonic_us() - began;
    } while (us < seconds * 1000000);
    printf("{\"rows_per_s\":%.0f,\"us_per_profile\":%.1f,\"bytes\":%zu,"
           "\"memory\":%zu}\n",
           (double)turns * ROWS * 1e6 / (double)us, (double)us / (double)turns,
           raw.len, arena_size(work));
    arena_free(work);
    arena_free(life);
    return 0;
}
