/* Absolute pressure and the correction of a volume by it (lib/units). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/units/correction.h"
#include "lib/units/decimal.h"
#include "lib/units/pressure.h"
#include "lib/units/quantity.h"

static void a_decimal_is_read_with_a_comma_a_point_and_spaces(void **state)
{
    static const struct {
        const char *text;
        int decimals;
        int64_t n;
    } cases[] = {
        { "760", 1, 7600 },
        { "760.0", 1, 7600 },
        { " 748,5 ", 1, 7485 },
        { "1 234,567", 3, 1234567 },
        { "1\u202f234.5", 3, 1234500 },
        { "0", 3, 0 },
        { "1.2300", 2, 123 },
        { "7.", 1, 70 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t n = -1;

        assert_int_equal(decimal_read(cases[i].text, cases[i].decimals,
                                      INT64_C(100000000000), &n),
                         DECIMAL_GOOD);
        assert_int_equal(n, cases[i].n);
    }
}

static void what_is_no_decimal_is_refused_and_says_why(void **state)
{
    static const struct {
        const char *text;
        enum decimal_fault fault;
    } cases[] = {
        { "", DECIMAL_NO_NUMBER },
        { "-1", DECIMAL_NO_NUMBER },
        { ".5", DECIMAL_NO_NUMBER },
        { "1.2.3", DECIMAL_NO_NUMBER },
        { "12a", DECIMAL_NO_NUMBER },
        { "1e3", DECIMAL_NO_NUMBER },
        { "nan", DECIMAL_NO_NUMBER },
        { "1.23", DECIMAL_MANY_DECIMALS },
        { "101", DECIMAL_TOO_LARGE },
        { "9999999999999999999999", DECIMAL_TOO_LARGE },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t n;

        assert_int_equal(decimal_read(cases[i].text, 1, 1000, &n),
                         cases[i].fault);
    }
}

static void pressure_is_taken_from_563_to_789_and_nothing_beside(void **state)
{
    int64_t pa = 0;

    (void)state;
    assert_int_equal(pressure_read("563", &pa), PRESSURE_GOOD);
    assert_int_equal(pa, 75060);
    assert_int_equal(pressure_read("789,0", &pa), PRESSURE_GOOD);
    assert_int_equal(pa, 105191);
    assert_int_equal(pressure_read("760", &pa), PRESSURE_GOOD);
    assert_int_equal(pa, PRESSURE_FACTORY_PA);
    assert_int_equal(pressure_read("562.9", &pa), PRESSURE_BEYOND);
    assert_int_equal(pressure_read("789.1", &pa), PRESSURE_BEYOND);
    assert_int_equal(pressure_read("760.05", &pa), PRESSURE_DECIMALS);
    assert_int_equal(pressure_read("seven", &pa), PRESSURE_NO_NUMBER);
    assert_int_equal(pressure_read("99999999999999", &pa), PRESSURE_BEYOND);
}

static void
every_pressure_that_can_be_typed_is_shown_as_it_was_typed(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    for (int64_t t = PRESSURE_MIN_TENTHS; t <= PRESSURE_MAX_TENTHS; t++) {
        char *typed = decimal_text(a, t, -1);
        int64_t pa = 0;

        assert_int_equal(pressure_read(typed, &pa), PRESSURE_GOOD);
        assert_string_equal(pressure_mmhg_text(a, pa), typed);
    }
    arena_free(a);
}

static void pressure_is_converted_as_the_manual_shows(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(pressure_kpa_text(a, 101325), "101.325");
    assert_string_equal(pressure_bar_text(a, 101325), "1.013");
    assert_string_equal(pressure_mmh2o_text(a, 101325), "10332.3");
    assert_string_equal(pressure_atm_text(a, 101325), "1.000");
    assert_string_equal(pressure_kpa_text(a, 75060), "75.060");
    assert_string_equal(pressure_atm_text(a, 75060), "0.741");
    arena_free(a);
}

static void a_volume_is_reduced_to_20_degrees_and_760_mmhg(void **state)
{
    static const struct {
        int64_t working;
        struct correction c;
        int64_t standard;
    } cases[] = {
        { 1000000, { 293150, 101325 }, 1000000 },
        { 1000000, { 0, 0 }, 1000000 },
        { 1000000, { 273150, 0 }, 1073220 }, /* 293.15 / 273.15 */
        { 1000000, { 0, 105191 }, 1038154 },
        { 1000000, { 273150, 105191 }, 1114168 },
        { 1, { 303150, 0 }, 1 },
        { 0, { 273150, 101325 }, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t n = -1;

        assert_int_equal(correct_volume(cases[i].working, cases[i].c, &n),
                         ERR_OK);
        assert_int_equal(n, cases[i].standard);
    }
}

static void what_no_gas_is_like_is_not_corrected_by(void **state)
{
    static const struct correction cases[] = {
        { 1000, 0 }, { 500000, 0 }, { 0, 1 }, { 0, 20000000 }, { -1, 0 },
    };
    int64_t n;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(correct_volume(1, cases[i], &n), ERR_INVALID);
    assert_int_equal(correct_volume(-1, (struct correction){ 0, 0 }, &n),
                     ERR_INVALID);
    assert_int_equal(
        correct_volume(INT64_MAX, (struct correction){ 273150, 0 }, &n),
        ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_decimal_is_read_with_a_comma_a_point_and_spaces),
        cmocka_unit_test(what_is_no_decimal_is_refused_and_says_why),
        cmocka_unit_test(pressure_is_taken_from_563_to_789_and_nothing_beside),
        cmocka_unit_test(
            every_pressure_that_can_be_typed_is_shown_as_it_was_typed),
        cmocka_unit_test(pressure_is_converted_as_the_manual_shows),
        cmocka_unit_test(a_volume_is_reduced_to_20_degrees_and_760_mmhg),
        cmocka_unit_test(what_no_gas_is_like_is_not_corrected_by),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
