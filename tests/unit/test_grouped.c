/* Numbers by thousands (lib/units/grouped.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/units/grouped.h"

#define S "\xE2\x80\xAF"

static void thousands_stand_apart_and_decimals_do_not(void **state)
{
    static const struct {
        const char *number, *text;
    } cases[] = {
        { "0", "0" },
        { "", "" },
        { "999", "999" },
        { "1000", "1" S "000" },
        { "-1000", "-1" S "000" },
        { "-999.5", "-999.5" },
        { "12345.678900", "12" S "345.678900" },
        { "1234567", "1" S "234" S "567" },
        { "-9223372036854775808",
          "-9" S "223" S "372" S "036" S "854" S "775" S "808" },
        { "12345e30", "12345e30" },
    };
    struct arena *a = arena_new();

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(grouped_text(a, cases[i].number), cases[i].text);
    assert_string_equal(grouped_int(a, 43527), "43" S "527");
    arena_free(a);
}

static void a_spreadsheet_gets_a_comma_and_no_groups(void **state)
{
    struct arena *a = arena_new();

    (void)state;
    assert_string_equal(comma_text(a, "-1234567.25"), "-1234567,25");
    assert_string_equal(comma_text(a, "1234567"), "1234567");
    arena_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thousands_stand_apart_and_decimals_do_not),
        cmocka_unit_test(a_spreadsheet_gets_a_comma_and_no_groups),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
