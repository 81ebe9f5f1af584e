/* Degrees as people type them (lib/units/degree.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/units/degree.h"

static void degrees_with_a_point_or_a_comma_are_millionths(void **state)
{
    static const struct {
        const char *text;
        int64_t udeg;
    } cases[] = {
        { "55.7558", 55755800 },      { " 55,7558 ", 55755800 },
        { "37", 37000000 },           { "37.", 37000000 },
        { "-0.5", -500000 },          { "0", 0 },
        { "179.9999999", 179999999 }, { "-180", -180000000 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t udeg = 1;

        assert_int_equal(degrees_read(cases[i].text, LONGITUDE_MAX_UDEG, &udeg),
                         ERR_OK);
        assert_int_equal(udeg, cases[i].udeg);
    }
}

static void what_is_no_place_is_refused(void **state)
{
    static const char *const cases[] = { "",      " ",     "-",    "abc",
                                         "5 5",   "1e2",   "+5",   ".5",
                                         "1.2.3", "85.01", "-86",  "1000",
                                         "5500",  "--5",   "5.-5", "nan" };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t udeg;

        assert_int_equal(degrees_read(cases[i], LATITUDE_MAX_UDEG, &udeg),
                         ERR_INVALID);
    }
}

static void degrees_are_written_with_six_decimals(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(degrees_text(a, 55755800), "55.755800");
    assert_string_equal(degrees_text(a, -500), "-0.000500");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(degrees_with_a_point_or_a_comma_are_millionths),
        cmocka_unit_test(what_is_no_place_is_refused),
        cmocka_unit_test(degrees_are_written_with_six_decimals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
