/* What a volume costs, and sums as people type them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/units/money.h"

static void a_volume_costs_its_exact_product_shown_to_the_kopeck(void **state)
{
    static const struct {
        int64_t volume_dm3, price, kopecks;
        int32_t carry;
    } cases[] = {
        { 29, 436400, 13, -344400 }, /* GC-092: 0.029 m3 at 4364.00 is 0.13 */
        { 0, 436400, 0, 0 },
        { 1112, 0, 0, 0 },
        { 1000000, 678953, 678953, 0 },
        { 1, 499999, 0, 499999 },
        { 1, 500000, 1, -500000 }, /* a half rounds away from zero */
        { 1, 1500000, 2, -500000 },
        { 3037000499, 3037000499, INT64_C(9223372030926), 249001 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct exact_money m;

        assert_int_equal(
            money_of_volume(cases[i].volume_dm3, cases[i].price, &m), ERR_OK);
        assert_int_equal(m.shown.kopecks, cases[i].kopecks);
        assert_int_equal(m.carry, cases[i].carry);
        assert_true(m.shown.kopecks * MONEY_CARRY + m.carry ==
                    cases[i].volume_dm3 * cases[i].price);
    }
}

static void a_product_that_cannot_be_is_refused(void **state)
{
    struct exact_money m;

    (void)state;
    assert_int_equal(money_of_volume(-1, 1, &m), ERR_INVALID);
    assert_int_equal(money_of_volume(1, -1, &m), ERR_INVALID);
    assert_int_equal(money_of_volume(INT64_MAX, 2, &m), ERR_INVALID);
    assert_int_equal(money_of_volume(INT64_MAX, 1, &m), ERR_OK);
}

static void sums_are_read_as_people_type_them(void **state)
{
    static const struct {
        const char *text;
        int64_t kopecks;
    } cases[] = {
        { "23", 2300 },
        { "23.5", 2350 },
        { "23,50", 2350 },
        { "0.01", 1 },
        { "0", 0 },
        { "-0,00", 0 },
        { " 1 234,50 ", 123450 },
        { "1\xC2\xA0"
          "234.50",
          123450 },
        { "12\xE2\x80\xAF"
          "345\xE2\x80\xAF"
          "678",
          1234567800 },
        { "+5", 500 },
        { "-5", -500 },
        { "\xE2\x88\x92"
          "5,05",
          -505 },
        { "100000000.00", INT64_C(10000000000) },
        { "-100000000", INT64_C(-10000000000) },
        { "000000000000000000000000000007", 700 },
    };
    struct money limit = { INT64_C(10000000000) };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct money m = { 77 };

        assert_int_equal(money_read(cases[i].text, limit, &m), MONEY_GOOD);
        assert_int_equal(m.kopecks, cases[i].kopecks);
    }
}

static void what_is_wrong_with_a_sum_is_told_apart(void **state)
{
    static const struct {
        const char *text;
        enum money_fault fault;
    } cases[] = {
        { "", MONEY_EMPTY },
        { "  \t", MONEY_EMPTY },
        { "abc", MONEY_NO_NUMBER },
        { "-", MONEY_NO_NUMBER },
        { "--5", MONEY_NO_NUMBER },
        { "5-", MONEY_NO_NUMBER },
        { "1.", MONEY_NO_NUMBER },
        { ",5", MONEY_NO_NUMBER },
        { "1,2,3", MONEY_NO_NUMBER },
        { "1.234.567", MONEY_NO_NUMBER },
        { "1e5", MONEY_NO_NUMBER },
        { "0x10", MONEY_NO_NUMBER },
        { "12 руб", MONEY_NO_NUMBER },
        { "\xD9\xA1\xD9\xA2", MONEY_NO_NUMBER }, /* Arabic digits */
        { "1.234", MONEY_DECIMALS },
        { "1,000", MONEY_DECIMALS },
        { "100000000.01", MONEY_TOO_LARGE },
        { "-100000000.01", MONEY_TOO_LARGE },
        { "92233720368547758.08", MONEY_TOO_LARGE },
        { "99999999999999999999999999999999", MONEY_TOO_LARGE },
    };
    struct money limit = { INT64_C(10000000000) };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct money m = { 77 };

        assert_int_equal(money_read(cases[i].text, limit, &m), cases[i].fault);
        assert_int_equal(m.kopecks, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_volume_costs_its_exact_product_shown_to_the_kopeck),
        cmocka_unit_test(a_product_that_cannot_be_is_refused),
        cmocka_unit_test(sums_are_read_as_people_type_them),
        cmocka_unit_test(what_is_wrong_with_a_sum_is_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
