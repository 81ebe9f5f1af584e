/* Names of well-known objects (lib/model/register.h). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/model/reading.h"
#include "lib/model/register.h"

static void
well_known_objects_have_names_and_energies_their_tariff(void **state)
{
    static const struct {
        const char *name, *code;
        int tariff;
    } cases[] = {
        { "1.0.1.8.0.255", "active_import", 0 },
        { "1.1.1.8.2.255", "active_import", 2 },
        { "1.0.32.7.0.255", "voltage_l1", 0 },
        { "1.1.71.7.0.255", "current_l3", 0 },
        { "1.1.0.2.129.255", "list_version", 0 },
        { "7.0.13.2.0.255", "gas_volume", 0 },
        { "1.0.32.7.9.255", "", 0 },
        { "9.0.1.8.0.255", "", 0 },
        { "1.0.1.8.0", "", 0 },
        { "1.0.1.8.0.255 ", "", 0 },
        { "<script>", "", 0 },
        { "", "", 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int tariff = -1;

        assert_string_equal(register_code(cases[i].name, &tariff),
                            cases[i].code);
        assert_int_equal(tariff, cases[i].tariff);
    }
}

static void codes_outside_the_schema_are_empty_words(void **state)
{
    (void)state;
    assert_string_equal(status_code(0), "tamper");
    assert_string_equal(status_code(15), "closedflow");
    assert_string_equal(status_code(16), "");
    assert_string_equal(status_code(-1), "");
    assert_string_equal(valve_code((struct figure){ true, 0 }), "closed");
    assert_string_equal(valve_code((struct figure){ true, 3 }), "faulty");
    assert_string_equal(valve_code((struct figure){ true, 4 }), "");
    assert_string_equal(valve_code((struct figure){ false, 0 }), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            well_known_objects_have_names_and_energies_their_tariff),
        cmocka_unit_test(codes_outside_the_schema_are_empty_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
