/* GET, SET and ACTION in lists and blocks, selective access, and general
 * block transfer: known bytes, the way there and back, broken ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/dlms/apdu.h"

#define BYTES(...)                                                             \
    {                                                                          \
        (const uint8_t[]){ __VA_ARGS__ },                                      \
            sizeof((const uint8_t[]){ __VA_ARGS__ })                           \
    }
#define CLOCK  0, 8, 0, 0, 1, 0, 0, 0xFF
#define VOLUME 0, 3, 7, 0, 13, 2, 0, 0xFF
#define VALVE  0, 70, 0, 0, 96, 3, 10, 0xFF
#define HOURS  0, 7, 7, 0, 99, 99, 2, 0xFF

/* clang-format off */
static const struct bytes all[] = {
    BYTES(0xC0, 1, 0xC1, HOURS, 2, 1, 2, 2, 4, 6, 0, 0, 0, 1, 6, 0, 0, 0, 9,
          0x12, 0, 1, 0x12, 0, 0),               /* GET of entries 1 ... 9 */
    BYTES(0xC0, 2, 0xC1, 0, 0, 0, 1),                          /* GET next */
    BYTES(0xC0, 3, 0xC1, 2, CLOCK, 2, 0, VOLUME, 2, 0),        /* GET list */
    BYTES(0xC4, 2, 0xC1, 0, 0, 0, 0, 1, 0, 3, 1, 2, 3),       /* a block */
    BYTES(0xC4, 2, 0xC1, 1, 0, 0, 0, 2, 1, 0x10),       /* ... and none */
    BYTES(0xC4, 3, 0xC1, 2, 0, 0x11, 5, 1, 3),            /* list of results */
    BYTES(0xC1, 2, 0xC1, CLOCK, 2, 0, 0, 0, 0, 0, 1, 2, 9, 12),
    BYTES(0xC1, 3, 0xC1, 1, 0, 0, 0, 2, 1, 7),
    BYTES(0xC1, 4, 0xC1, 2, CLOCK, 3, 0, VOLUME, 2, 0, 2, 0x10, 0, 1, 0x11, 2),
    BYTES(0xC1, 5, 0xC1, 1, CLOCK, 3, 0, 0, 0, 0, 0, 1, 2, 1, 0x10),
    BYTES(0xC5, 2, 0xC1, 0, 0, 0, 1),
    BYTES(0xC5, 3, 0xC1, 0, 0, 0, 0, 2),
    BYTES(0xC5, 4, 0xC1, 2, 0, 3, 0, 0, 0, 2),
    BYTES(0xC5, 5, 0xC1, 2, 0, 12),
    BYTES(0xC3, 2, 0xC1, 0, 0, 0, 1),
    BYTES(0xC3, 3, 0xC1, 2, VALVE, 1, CLOCK, 1, 2, 0x0F, 0, 0x0F, 0),
    BYTES(0xC3, 4, 0xC1, VALVE, 1, 0, 0, 0, 0, 1, 1, 0x0F),
    BYTES(0xC3, 5, 0xC1, 1, VALVE, 1, 0, 0, 0, 0, 1, 2, 1, 0x0F),
    BYTES(0xC3, 6, 0xC1, 1, 0, 0, 0, 2, 1, 0),
    BYTES(0xC7, 2, 0xC1, 1, 0, 0, 0, 1, 2, 0x11, 5),
    BYTES(0xC7, 3, 0xC1, 2, 0, 1, 0, 0x11, 5, 3, 0),
    BYTES(0xC7, 4, 0xC1, 0, 0, 0, 1),
    BYTES(0xE0, 0xC5, 0, 1, 0, 2, 3, 1, 2, 3),
    BYTES(0xD8, 2, 6, 0, 0, 1, 0),
};
/* clang-format on */
#define COUNT (sizeof(all) / sizeof(all[0]))

static int setup(void **state)
{
    *state = arena_new();
    return 0;
}

static int teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static void every_form_is_written_as_it_was_read(void **state)
{
    for (size_t i = 0; i < COUNT; i++) {
        struct dlms_apdu apdu;
        struct dlms_out o;

        dlms_out_init(&o, *state);
        assert_int_equal(dlms_apdu_read(*state, all[i], &apdu), ERR_OK);
        assert_int_equal(dlms_apdu_put(&o, &apdu), ERR_OK);
        assert_int_equal(o.len, all[i].len);
        assert_memory_equal(o.at, all[i].at, o.len);
    }
}

static void every_form_cut_short_is_refused(void **state)
{
    for (size_t i = 0; i < COUNT; i++)
        for (size_t n = 0; n < all[i].len; n++) {
            uint8_t *copy = malloc(n + 1); /* so that ASan sees the end */
            struct dlms_apdu apdu;
            enum err e;

            memcpy(copy, all[i].at, n);
            e = dlms_apdu_read(*state, (struct bytes){ copy, n }, &apdu);
            free(copy);
            /* the awaited counter of an exception may be left out */
            if (e == ERR_OK)
                assert_true(all[i].at[0] == 0xD8 && n == 3);
            else
                assert_int_equal(e, ERR_PROTOCOL);
        }
}

static void a_selection_is_what_was_asked(void **state)
{
    struct dlms_apdu apdu;
    int64_t last = 0;

    assert_int_equal(dlms_apdu_read(*state, all[0], &apdu), ERR_OK);
    assert_true(apdu.request.has_selection);
    assert_int_equal(apdu.request.selector, 2);
    assert_true(
        dlms_value_integer(dlms_value_at(&apdu.request.selection, 1), &last));
    assert_int_equal(last, 9);
}

static void a_list_longer_than_its_bytes_or_empty_is_refused(void **state)
{
    const struct bytes broken[] = {
        BYTES(0xC0, 3, 0xC1, 0),
        BYTES(0xC0, 3, 0xC1, 0x82, 0xFF, 0xFF, CLOCK, 2, 0),
        BYTES(0xC4, 3, 0xC1, 0x84, 0xFF, 0xFF, 0xFF, 0xFF),
        BYTES(0xC1, 4, 0xC1, 1, CLOCK, 3, 0, 2, 0x11, 1, 0x11, 1),
        BYTES(0xC4, 2, 0xC1, 1, 0, 0, 0, 1, 1, 0),
        BYTES(0xC4, 2, 0xC1, 1, 0, 0, 0, 1, 2, 0),
        BYTES(0xE0, 0x80, 0, 1, 0, 0, 0x81, 0xFF),
    };

    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        struct dlms_apdu apdu;

        assert_int_equal(dlms_apdu_read(*state, broken[i], &apdu),
                         ERR_PROTOCOL);
    }
}

static void every_refusal_has_the_name_of_the_standard(void **state)
{
    static const uint8_t results[] = { 0,  1,  2,  3,  4,  9,  11, 12,
                                       13, 14, 15, 16, 17, 18, 19, 250 };
    const struct dlms_service_error short_pdu = { 1, 6, 3 };

    for (size_t i = 0; i < sizeof(results); i++)
        assert_string_not_equal(dlms_result_name(results[i]), "unknown");
    assert_string_equal(dlms_result_name(19), "data-block-number-invalid");
    assert_string_equal(dlms_result_name(77), "unknown");
    assert_string_equal(dlms_action_result_name(15), "long-action-aborted");
    assert_string_equal(dlms_action_result_name(17), "unknown");
    assert_string_equal(dlms_action_result_name(250), "other-reason");
    for (uint8_t d = 0; d <= 14; d++)
        assert_string_not_equal(dlms_diagnostic_name(d), "unknown");
    assert_string_equal(dlms_provider_diagnostic_name(2),
                        "no-common-acse-version");
    assert_string_equal(dlms_state_error_name(1), "service-not-allowed");
    assert_string_equal(dlms_service_error_name(6), "invocation-counter-error");
    assert_string_equal(dlms_service_error_text(*state, &short_pdu),
                        "initiate: pdu-size-too-short");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_form_is_written_as_it_was_read),
        TEST(every_form_cut_short_is_refused),
        TEST(a_selection_is_what_was_asked),
        TEST(a_list_longer_than_its_bytes_or_empty_is_refused),
        TEST(every_refusal_has_the_name_of_the_standard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
