/* Moments as text, and text that fills an arena's blocks to the brim. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/units/moment.h"

static struct moment at(int year, int month, int day, int hour, int minute,
                        int second)
{
    struct moment m;

    assert_int_equal(
        moment_of_civil(year, month, day, hour, minute, second, &m), ERR_OK);
    return m;
}

static void
a_cell_of_a_report_has_the_moment_in_the_zone_of_the_process(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    setenv("TZ", "Europe/Moscow", 1);
    tzset();
    assert_string_equal(moment_cell(a, at(2026, 12, 31, 22, 5, 9)),
                        "2027-01-01 01:05:09");
    assert_string_equal(moment_cell(a, (struct moment){ 0 }), "");
    arena_free(a);
}

static void a_moment_is_written_in_the_zone_of_the_process(void **state)
{
    static const struct {
        const char *zone, *text, *iso;
    } cases[] = {
        { "Europe/Moscow", "01-01-2027 01:05:09", "2027-01-01T01:05:09+03:00" },
        { "UTC", "31-12-2026 22:05:09", "2026-12-31T22:05:09+00:00" },
        { "America/St_Johns", "31-12-2026 18:35:09",
          "2026-12-31T18:35:09-03:30" },
        { "Asia/Kamchatka", "01-01-2027 10:05:09",
          "2027-01-01T10:05:09+12:00" },
    };
    char text[MOMENT_TEXT], iso[MOMENT_ISO];

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        setenv("TZ", cases[i].zone, 1);
        tzset();
        assert_true(moment_texts(at(2026, 12, 31, 22, 5, 9), text, iso));
        assert_string_equal(text, cases[i].text);
        assert_string_equal(iso, cases[i].iso);
    }
}

static void no_moment_and_a_year_of_five_digits_are_empty(void **state)
{
    static const int64_t moments[] = { 0, INT64_MAX, INT64_MIN };
    char text[MOMENT_TEXT], iso[MOMENT_ISO];

    (void)state;
    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        assert_false(moment_texts((struct moment){ moments[i] }, text, iso));
        assert_string_equal(text, "");
        assert_string_equal(iso, "");
    }
}

static void a_record_of_whole_minutes_has_no_seconds(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    setenv("TZ", "UTC", 1);
    tzset();
    assert_string_equal(moment_minute_text(a, at(2016, 9, 9, 10, 0, 0)),
                        "09-09-2016 10:00");
    assert_string_equal(moment_minute_text(a, (struct moment){ 0 }), "");
    arena_free(a);
}

static void text_of_any_length_stays_whole_wherever_a_block_ends(void **state)
{
    enum { TEXTS = 600 };
    struct arena *a = arena_new();
    char *text[TEXTS];

    (void)state;
    for (int i = 0; i < TEXTS; i++) {
        text[i] = arena_printf(a, "%0*d", i + 1, i);
        *(char *)arena_alloc(a, 1) = 'x';
    }
    for (int i = 0; i < TEXTS; i++) {
        assert_int_equal(strlen(text[i]), i + 1);
        assert_int_equal(strtol(text[i], NULL, 10), i);
    }
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            a_cell_of_a_report_has_the_moment_in_the_zone_of_the_process),
        cmocka_unit_test(a_moment_is_written_in_the_zone_of_the_process),
        cmocka_unit_test(no_moment_and_a_year_of_five_digits_are_empty),
        cmocka_unit_test(a_record_of_whole_minutes_has_no_seconds),
        cmocka_unit_test(text_of_any_length_stays_whole_wherever_a_block_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
