/* Integers of small units become the decimals people read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "lib/base/arena.h"
#include "lib/units/moment.h"
#include "lib/units/money.h"
#include "lib/units/phone.h"
#include "lib/units/quantity.h"

static void decimals_follow_the_scaler(void **state)
{
    static const struct {
        int64_t value;
        int scaler;
        const char *want;
    } cases[] = {
        { 1234567, -3, "1234.567" },
        { 0, -3, "0.000" },
        { 5, -3, "0.005" },
        { -5, -3, "-0.005" },
        { -1234567, -3, "-1234.567" },
        { 2272138, 1, "22721380" },
        { 7, 3, "7000" },
        { 0, 3, "0" },
        { 7, 0, "7" },
        { INT64_MIN, -2, "-92233720368547758.08" },
        { 7, 40, "7e40" },
    };
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(decimal_text(a, cases[i].value, cases[i].scaler),
                            cases[i].want);
    arena_free(a);
}

static void quantities_are_shown_in_the_units_of_the_screens(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(volume_m3_text(a, 13903408), "13903.408");
    assert_string_equal(energy_kwh_text(a, 22721380), "22721.380");
    assert_string_equal(temperature_c_text(a, 305350), "32.2");
    assert_string_equal(temperature_c_text(a, 268150), "-5.0");
    assert_string_equal(temperature_c_text(a, 273140), "0.0");
    assert_string_equal(pressure_mmhg_text(a, 101325), "760.0");
    assert_string_equal(pressure_mmhg_text(a, 75061), "563.0");
    assert_string_equal(battery_v_text(a, 3849), "3.8");
    assert_string_equal(battery_v_text(a, 3850), "3.9");
    assert_string_equal(money_text(a, (struct money){ -7041 }), "-70.41");
    arena_free(a);
}

static void units_have_the_names_of_the_standard(void **state)
{
    (void)state;
    assert_string_equal(unit_name(30), "Wh");
    assert_string_equal(unit_name(29), "var");
    assert_string_equal(unit_name(33), "A");
    assert_string_equal(unit_name(13), "m3");
    assert_string_equal(unit_name(255), "");
    assert_string_equal(unit_name(-1), "");
    assert_string_equal(unit_name(66), "");
}

static void
civil_dates_become_moments_and_impossible_ones_are_refused(void **state)
{
    struct moment m = { 0 };

    (void)state;
    assert_int_equal(moment_of_civil(1970, 1, 1, 0, 0, 1, &m), ERR_OK);
    assert_int_equal(m.us, 1000000);
    assert_int_equal(moment_of_civil(2026, 11, 20, 0, 15, 0, &m), ERR_OK);
    assert_int_equal(m.us / 1000000, 1795133700);
    assert_int_equal(moment_of_civil(2024, 2, 29, 0, 0, 0, &m), ERR_OK);
    assert_int_equal(m.us / 1000000, 1709164800);
    assert_int_equal(moment_of_civil(2026, 2, 29, 0, 0, 0, &m), ERR_INVALID);
    assert_int_equal(moment_of_civil(2100, 2, 29, 0, 0, 0, &m), ERR_INVALID);
    assert_int_equal(moment_of_civil(2026, 13, 1, 0, 0, 0, &m), ERR_INVALID);
    assert_int_equal(moment_of_civil(2026, 4, 31, 0, 0, 0, &m), ERR_INVALID);
    assert_int_equal(moment_of_civil(2026, 4, 30, 24, 0, 0, &m), ERR_INVALID);
}

static void moments_are_shown_in_the_zone_of_the_process(void **state)
{
    struct arena *a = arena_new();
    struct moment m = { INT64_C(1795133700) * 1000000 };

    (void)state;
    setenv("TZ", "Europe/Moscow", 1);
    tzset();
    assert_string_equal(moment_text(a, m), "20-11-2026 03:15:00");
    assert_string_equal(moment_iso(a, m), "2026-11-20T03:15:00+03:00");
    assert_string_equal(moment_text(a, (struct moment){ 0 }), "");
    arena_free(a);
}

static void a_phone_has_five_to_fifteen_digits_and_signs_between(void **state)
{
    static const char *const good[] = { "55501", "+7 (900) 123-45-67",
                                        "555-01-99", "123456789012345" };
    static const char *const bad[] = {
        "",          "1234",         "1234567890123456",
        "8 900 нет", "8,9001234567", "12345                             6"
    };

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(phone_fits(good[i]));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(phone_fits(bad[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decimals_follow_the_scaler),
        cmocka_unit_test(quantities_are_shown_in_the_units_of_the_screens),
        cmocka_unit_test(units_have_the_names_of_the_standard),
        cmocka_unit_test(
            civil_dates_become_moments_and_impossible_ones_are_refused),
        cmocka_unit_test(moments_are_shown_in_the_zone_of_the_process),
        cmocka_unit_test(a_phone_has_five_to_fifteen_digits_and_signs_between),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
