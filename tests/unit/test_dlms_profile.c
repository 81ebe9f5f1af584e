/* Profiles: columns, selections, and rows in the ways meters shorten them. */
#include "tests/unit/dlms_sent.h"

#include <string.h>

#include "lib/dlms/cosem_time.h"
#include "lib/dlms/profile.h"

static const struct obis hours = { { 7, 0, 99, 99, 2, 255 } };
static const struct obis volume = { { 7, 0, 13, 2, 0, 255 } };
static const struct obis status = { { 7, 0, 96, 5, 0, 255 } };
static struct dlms_column columns[3];

static int setup(void **state)
{
    *state = arena_new();
    /* not in the order one would think */
    columns[0] = (struct dlms_column){ 3, volume, 2, 0 };
    columns[1] = (struct dlms_column){ 8, dlms_clock_name, 2, 0 };
    columns[2] = (struct dlms_column){ 1, status, 2, 0 };
    return 0;
}

static int teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static struct dlms_datetime at_hour(int hour)
{
    struct dlms_datetime t;

    /* 20.11.2026 in UTC+3 */
    dlms_datetime_of_moment(
        (struct moment){ (1795122000 + (int64_t)hour * 3600) * 1000000 }, -180,
        &t);
    return t;
}

static struct dlms_value row(struct arena *a, const struct dlms_value *v,
                             const struct dlms_datetime *t,
                             const struct dlms_value *s)
{
    const struct dlms_value none = { .type = DLMS_NULL };
    const struct dlms_value cells[] = { v != NULL ? *v : none,
                                        t != NULL ? dlms_of_datetime(a, t)
                                                  : none,
                                        s != NULL ? *s : none };

    return dlms_of_list(a, DLMS_STRUCTURE, cells, 3);
}

static void columns_go_round_and_are_found(void **state)
{
    struct dlms_column *back;
    struct dlms_value v, there;
    size_t n;

    dlms_columns_make(*state, columns, 3, &v);
    there = sent(*state, &v);
    assert_int_equal(dlms_columns_read(*state, &there, &back, &n), ERR_OK);
    assert_int_equal(n, 3);
    assert_int_equal(dlms_column_find(back, n, status, 2), 2);
    assert_int_equal(dlms_column_find(back, n, status, 3), -1);
    assert_int_equal(dlms_column_clock(back, n), 1);
    assert_int_equal(dlms_column_clock(back, 1), -1);
}

static void rows_follow_the_columns_of_the_meter(void **state)
{
    const struct dlms_datetime one = at_hour(1), two = at_hour(2);
    const struct dlms_value v = dlms_of_unsigned(DLMS_LONG_UNSIGNED, 500);
    const struct dlms_value s = dlms_of_unsigned(DLMS_UNSIGNED, 1);
    const struct dlms_value list[] = { row(*state, &v, &one, &s),
                                       row(*state, &v, &two, &s) };
    struct dlms_value buffer = dlms_of_list(*state, DLMS_ARRAY, list, 2);
    struct dlms_row *rows;
    int64_t i;
    size_t n;

    buffer = sent(*state, &buffer);
    assert_int_equal(
        dlms_rows_read(*state, &buffer, columns, 3, 3600, &rows, &n), ERR_OK);
    assert_int_equal(n, 2);
    assert_true(rows[1].has_time);
    assert_int_equal(rows[1].time.hour, two.hour);
    assert_true(dlms_value_integer(rows[0].cells[0], &i));
    assert_int_equal(i, 500);
}

/* Null-data: the same as before; of the clock: a period later. */
static void what_is_left_out_is_what_was_before(void **state)
{
    const struct dlms_datetime one = at_hour(1), nine = at_hour(9);
    const struct dlms_value v = dlms_of_unsigned(DLMS_LONG_UNSIGNED, 500);
    const struct dlms_value w = dlms_of_unsigned(DLMS_LONG_UNSIGNED, 501);
    const struct dlms_value s = dlms_of_unsigned(DLMS_UNSIGNED, 1);
    const struct dlms_value list[] = { row(*state, &v, &one, &s),
                                       row(*state, &w, NULL, NULL),
                                       row(*state, NULL, NULL, NULL),
                                       row(*state, NULL, &nine, NULL) };
    struct dlms_value buffer = dlms_of_list(*state, DLMS_ARRAY, list, 4);
    static const int hour[] = { 1, 2, 3, 9 };
    static const int64_t value[] = { 500, 501, 501, 501 };
    struct dlms_row *rows;
    size_t n;

    buffer = sent(*state, &buffer);
    assert_int_equal(
        dlms_rows_read(*state, &buffer, columns, 3, 3600, &rows, &n), ERR_OK);
    for (size_t i = 0; i < 4; i++) {
        int64_t got;

        assert_true(rows[i].has_time);
        assert_int_equal(rows[i].time.hour, at_hour(hour[i]).hour);
        assert_int_equal(rows[i].time.deviation, -180);
        assert_true(dlms_value_integer(rows[i].cells[0], &got));
        assert_int_equal(got, value[i]);
        assert_true(dlms_value_integer(rows[i].cells[2], &got));
        assert_int_equal(got, 1);
    }
}

/* Across midnight of a month, with the deviation left open. */
static void a_clock_that_is_left_out_goes_over_midnight(void **state)
{
    struct dlms_datetime t = at_hour(0);
    const struct dlms_value v = dlms_of_unsigned(DLMS_UNSIGNED, 5);
    struct dlms_value list[2], buffer;
    struct dlms_row *rows;
    size_t n;

    t.day = 30;
    t.hour = 23;
    t.deviation = DLMS_DEVIATION_UNKNOWN;
    list[0] = row(*state, &v, &t, &v);
    list[1] = row(*state, NULL, NULL, NULL);
    buffer = dlms_of_list(*state, DLMS_ARRAY, list, 2);
    assert_int_equal(
        dlms_rows_read(*state, &buffer, columns, 3, 3600, &rows, &n), ERR_OK);
    assert_int_equal(rows[1].time.month, 12);
    assert_int_equal(rows[1].time.day, 1);
    assert_int_equal(rows[1].time.hour, 0);
    assert_int_equal(rows[1].time.deviation, DLMS_DEVIATION_UNKNOWN);
}

static void without_a_period_or_a_first_clock_there_is_no_time(void **state)
{
    const struct dlms_datetime one = at_hour(1);
    const struct dlms_value list[] = { row(*state, NULL, NULL, NULL),
                                       row(*state, NULL, &one, NULL),
                                       row(*state, NULL, NULL, NULL) };
    const struct dlms_value buffer = dlms_of_list(*state, DLMS_ARRAY, list, 3);
    struct dlms_row *rows;
    size_t n;

    assert_int_equal(dlms_rows_read(*state, &buffer, columns, 3, 0, &rows, &n),
                     ERR_OK);
    assert_false(rows[0].has_time);
    assert_true(rows[1].has_time);
    assert_false(rows[2].has_time);
    assert_int_equal(rows[0].cells[0]->type, DLMS_NULL);
}

static void a_compact_array_is_rows_too(void **state)
{
    /* structure of long-unsigned and unsigned, three of them */
    static const uint8_t bytes[] = { 0x13, 0x02, 2, 0x12, 0x11, 9, 0, 1,
                                     7,    0,    2, 8,    0,    3, 9 };
    const struct dlms_column two[] = { { 3, volume, 2, 0 },
                                       { 1, status, 2, 0 } };
    struct dlms_value buffer;
    struct dlms_row *rows;
    size_t n, at = 0;

    assert_int_equal(dlms_value_read(*state,
                                     (struct bytes){ bytes, sizeof(bytes) },
                                     &at, &buffer),
                     ERR_OK);
    assert_int_equal(dlms_rows_read(*state, &buffer, two, 2, 0, &rows, &n),
                     ERR_OK);
    assert_int_equal(n, 3);
    assert_int_equal(rows[2].cells[0]->u, 3);
    assert_int_equal(rows[2].cells[1]->u, 9);
}

static void rows_of_another_length_are_refused(void **state)
{
    const struct dlms_datetime one = at_hour(1);
    const struct dlms_value list[] = { row(*state, NULL, &one, NULL) };
    const struct dlms_value buffer = dlms_of_list(*state, DLMS_ARRAY, list, 1);
    const struct dlms_value scalar = dlms_of_unsigned(DLMS_UNSIGNED, 1);
    struct dlms_row *rows;
    size_t n;

    assert_int_equal(dlms_rows_read(*state, &buffer, columns, 2, 0, &rows, &n),
                     ERR_PROTOCOL);
    assert_int_equal(dlms_rows_read(*state, &scalar, columns, 3, 0, &rows, &n),
                     ERR_PROTOCOL);
}

static void a_range_by_the_clock_is_asked(void **state)
{
    const struct dlms_datetime from = at_hour(1), to = at_hour(5);
    const struct dlms_asked q =
        dlms_profile_between(*state, hours, NULL, &from, &to);
    struct dlms_value v = sent(*state, &q.selection);
    struct dlms_range r;
    struct dlms_datetime back;

    assert_int_equal(q.target.class_id, 7);
    assert_true(q.has_selection);
    assert_int_equal(q.selector, 1);
    assert_int_equal(dlms_range_read(*state, &v, &r), ERR_OK);
    assert_int_equal(r.by.class_id, 8);
    assert_true(dlms_value_datetime(&r.to, &back));
    assert_int_equal(back.hour, to.hour);
    assert_int_equal(r.n, 0);
}

static void a_range_of_chosen_columns_is_asked(void **state)
{
    const struct dlms_value from = dlms_of_unsigned(DLMS_LONG_UNSIGNED, 5);
    const struct dlms_value to = dlms_of_unsigned(DLMS_LONG_UNSIGNED, 9);
    const struct dlms_asked q = dlms_profile_range(*state, hours, &columns[0],
                                                   &from, &to, &columns[1], 2);
    struct dlms_value v = sent(*state, &q.selection);
    struct dlms_range r;

    assert_int_equal(dlms_range_read(*state, &v, &r), ERR_OK);
    assert_true(obis_same(r.by.name, volume));
    assert_int_equal(r.to.u, 9);
    assert_int_equal(r.n, 2);
    assert_true(obis_same(r.selected[1].name, status));
}

static void entries_are_asked_by_their_numbers(void **state)
{
    const struct dlms_asked q =
        dlms_profile_entries(*state, hours, 1, 24, 1, 0);
    struct dlms_value v = sent(*state, &q.selection);
    struct dlms_entries e;

    assert_int_equal(q.selector, 2);
    assert_int_equal(v.list.at[0].type, DLMS_DOUBLE_LONG_UNSIGNED);
    assert_int_equal(v.list.at[2].type, DLMS_LONG_UNSIGNED);
    assert_int_equal(dlms_entries_read(&v, &e), ERR_OK);
    assert_int_equal(e.to, 24);
    assert_int_equal(e.column_to, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(columns_go_round_and_are_found),
        TEST(rows_follow_the_columns_of_the_meter),
        TEST(what_is_left_out_is_what_was_before),
        TEST(a_clock_that_is_left_out_goes_over_midnight),
        TEST(without_a_period_or_a_first_clock_there_is_no_time),
        TEST(a_compact_array_is_rows_too),
        TEST(rows_of_another_length_are_refused),
        TEST(a_range_by_the_clock_is_asked),
        TEST(a_range_of_chosen_columns_is_asked),
        TEST(entries_are_asked_by_their_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
