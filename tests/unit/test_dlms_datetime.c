/* COSEM date-time: unspecified fields, deviations, and the moment meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/dlms/datetime.h"

static struct dlms_datetime read_one(const uint8_t at[DLMS_DATETIME_LEN])
{
    struct dlms_datetime t;

    assert_int_equal(
        dlms_datetime_read((struct bytes){ at, DLMS_DATETIME_LEN }, &t),
        ERR_OK);
    return t;
}

/* 2026-11-20 Fri 03:15:00, UTC+3 */
static const uint8_t moscow[] = { 0x07, 0xEA, 11, 20,   5,    3,
                                  15,   0,    0,  0xFF, 0x4C, 0 };
static const int64_t moscow_us = 1795133700000000; /* 2026-11-20 00:15 UTC */

static void deviation_is_added_to_local_time(void **state)
{
    struct dlms_datetime t = read_one(moscow);
    struct moment m;

    (void)state;
    assert_int_equal(t.deviation, -180);
    assert_int_equal(dlms_datetime_moment(&t, 0, &m), ERR_OK);
    assert_int_equal(m.us, moscow_us);
}

static void an_unknown_deviation_is_the_callers(void **state)
{
    struct dlms_datetime t = read_one(moscow);
    struct moment m;

    (void)state;
    t.deviation = DLMS_DEVIATION_UNKNOWN;
    assert_int_equal(dlms_datetime_moment(&t, -180, &m), ERR_OK);
    assert_int_equal(m.us, moscow_us);
    assert_int_equal(dlms_datetime_moment(&t, 0, &m), ERR_OK);
    assert_int_equal(m.us, moscow_us + 180 * INT64_C(60000000));
}

static void the_known_deviation_wins_over_the_callers(void **state)
{
    struct dlms_datetime t = read_one(moscow);
    struct moment m;

    (void)state;
    assert_int_equal(dlms_datetime_moment(&t, 300, &m), ERR_OK);
    assert_int_equal(m.us, moscow_us);
}

static void a_moment_needs_date_hour_and_minute(void **state)
{
    struct dlms_datetime t;
    struct moment m;
    uint8_t b[DLMS_DATETIME_LEN];
    static const size_t needed[] = { 2, 3, 5, 6 };

    (void)state;
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        memcpy(b, moscow, sizeof(b));
        b[needed[i]] = 0xFF;
        t = read_one(b);
        assert_int_equal(dlms_datetime_moment(&t, 0, &m), ERR_INVALID);
    }
    memcpy(b, moscow, sizeof(b));
    b[0] = b[1] = 0xFF;
    t = read_one(b);
    assert_int_equal(dlms_datetime_moment(&t, 0, &m), ERR_INVALID);
    memcpy(b, moscow, sizeof(b));
    b[4] = b[7] = b[8] = 0xFF; /* weekday, second, hundredths may lack */
    t = read_one(b);
    assert_int_equal(dlms_datetime_moment(&t, 0, &m), ERR_OK);
    assert_int_equal(m.us, moscow_us);
}

static void no_such_day_is_no_moment(void **state)
{
    struct dlms_datetime t = read_one(moscow);
    struct moment m;

    (void)state;
    t.month = 2;
    t.day = 30;
    assert_int_equal(dlms_datetime_moment(&t, 0, &m), ERR_INVALID);
    t.month = 0xFD; /* "daylight saving ends" is a rule, not a day */
    assert_int_equal(dlms_datetime_moment(&t, 0, &m), ERR_INVALID);
}

static void fields_out_of_range_are_refused(void **state)
{
    static const struct {
        size_t at;
        uint8_t bad;
    } cases[] = { { 2, 0 },  { 2, 13 }, { 3, 0 },  { 3, 32 },  { 4, 8 },
                  { 5, 24 }, { 6, 60 }, { 7, 60 }, { 8, 100 }, { 9, 0x7F } };
    struct dlms_datetime t;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint8_t b[DLMS_DATETIME_LEN];

        memcpy(b, moscow, sizeof(b));
        b[cases[i].at] = cases[i].bad;
        assert_int_equal(dlms_datetime_read((struct bytes){ b, sizeof(b) }, &t),
                         ERR_PROTOCOL);
    }
    assert_int_equal(dlms_datetime_read((struct bytes){ moscow, 11 }, &t),
                     ERR_PROTOCOL);
}

static void bytes_written_are_the_bytes_read(void **state)
{
    static const uint8_t nothing[] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
                                       0xFF, 0xFF, 0xFF, 0x80, 0x00, 0xFF };
    uint8_t b[DLMS_DATETIME_LEN];
    struct dlms_datetime t = read_one(moscow);

    (void)state;
    dlms_datetime_write(b, &t);
    assert_memory_equal(b, moscow, sizeof(b));
    t = read_one(nothing);
    dlms_datetime_write(b, &t);
    assert_memory_equal(b, nothing, sizeof(b));
}

static void a_moment_becomes_civil_time_and_comes_back(void **state)
{
    /* before and after a leap day, the turn of a year, before 1970 */
    static const int64_t seconds[] = { 0,          951782399,  951782400,
                                       1735689599, 1795133700, -1,
                                       -86401,     4102444800 };

    (void)state;
    for (size_t i = 0; i < sizeof(seconds) / sizeof(seconds[0]); i++) {
        struct moment m = { seconds[i] * 1000000 }, back;
        struct dlms_datetime t;

        dlms_datetime_of_moment(m, -180, &t);
        assert_int_equal(dlms_datetime_moment(&t, 0, &back), ERR_OK);
        assert_int_equal(back.us, m.us);
    }
}

static void a_moment_knows_its_weekday(void **state)
{
    struct dlms_datetime t;

    (void)state;
    dlms_datetime_of_moment((struct moment){ moscow_us }, -180, &t);
    assert_int_equal(t.weekday, 5);
    assert_int_equal(t.hour, 3);
    dlms_datetime_of_moment((struct moment){ 0 }, 0, &t);
    assert_int_equal(t.weekday, 4);
    dlms_datetime_of_moment((struct moment){ -1 }, 0, &t);
    assert_int_equal(t.weekday, 3);
    assert_int_equal(t.hundredths, 99);
}

static void text_shows_a_star_for_what_is_not_specified(void **state)
{
    static const uint8_t some[] = { 0x07, 0xE4, 1,    0xFF, 0xFF, 16,
                                    0,    0,    0xFF, 0x80, 0x00, 0x80 };
    struct arena *a = arena_new();
    struct dlms_datetime t = read_one(some);

    (void)state;
    assert_string_equal(dlms_datetime_text(a, &t),
                        "2020-01-* dow=* 16:00:00.* dev=* status=80");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deviation_is_added_to_local_time),
        cmocka_unit_test(an_unknown_deviation_is_the_callers),
        cmocka_unit_test(the_known_deviation_wins_over_the_callers),
        cmocka_unit_test(a_moment_needs_date_hour_and_minute),
        cmocka_unit_test(no_such_day_is_no_moment),
        cmocka_unit_test(fields_out_of_range_are_refused),
        cmocka_unit_test(bytes_written_are_the_bytes_read),
        cmocka_unit_test(a_moment_becomes_civil_time_and_comes_back),
        cmocka_unit_test(a_moment_knows_its_weekday),
        cmocka_unit_test(text_shows_a_star_for_what_is_not_specified),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
