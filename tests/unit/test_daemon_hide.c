/* What the exchange log may not have of a DLMS session, in every framing. */
#define _GNU_SOURCE /* memmem */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/drivers/dlms_inner.h"

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define SECRET     "Sesame77"

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

/* An AARQ of low level security, as IEC 62056-5-3 encodes one. */
static const uint8_t aarq[] = {
    0x60, 0x36, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 0x01,
    0x01, 0x8A, 0x02, 0x07, 0x80, 0x8B, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08,
    0x02, 0x01, 0xAC, 0x0A, 0x80, 0x08, 'S',  'e',  's',  'a',  'm',  'e',
    '7',  '7',  0xBE, 0x10, 0x04, 0x0E, 0x01, 0x00, 0x00, 0x00, 0x06, 0x5F,
    0x1F, 0x04, 0x00, 0x00, 0x1C, 0x1D, 0xFF, 0xFF,
};
/* SET of our radio password, and an answer that has it. */
static const uint8_t set[] = {
    0xC1, 0x01, 0xC1, 0x00, 0x01, 0x00, 0x00, 0x60, 0x32, 0x0B, 0xFF, 0x02,
    0x00, 0x09, 0x08, 'S',  'e',  's',  'a',  'm',  'e',  '7',  '7',
};
static const uint8_t got[] = { 0xC4, 0x01, 0xC1, 0x00, 0x09, 0x08, 'S',
                               'e',  's',  'a',  'm',  'e',  '7',  '7' };

static struct dlms_command during(enum command_kind kind)
{
    return (struct dlms_command){ .now.kind = kind };
}

static bool has_secret(const struct dlms_out *o)
{
    return memmem(o->at, o->len, SECRET, strlen(SECRET)) != NULL;
}

static struct dlms_out wrapped(struct arena *a, const uint8_t *at, size_t len)
{
    struct dlms_out o;

    dlms_out_init(&o, a);
    assert_int_equal(dlms_wrapper_put(&o, 32, 1, (struct bytes){ at, len }),
                     ERR_OK);
    return o;
}

static struct dlms_out in_hdlc(struct arena *a, const uint8_t *at, size_t len)
{
    const struct dlms_address client = { 32, 0, 1 }, meter = { 1, 17, 2 };
    struct dlms_out o;

    dlms_out_init(&o, a);
    assert_int_equal(dlms_hdlc_put(&o, client, meter, DLMS_LLC_COMMAND,
                                   (struct bytes){ at, len }),
                     ERR_OK);
    return o;
}

static void the_password_of_an_association_becomes_asterisks(void **state)
{
    const struct dlms_command c = during(COMMAND_VALVE_CLOSE);
    struct dlms_out o = wrapped(*state, aarq, sizeof(aarq));
    size_t len = o.len;

    assert_true(dlms_hide(&c, *state, o.at, o.len));
    assert_false(has_secret(&o));
    assert_int_equal(o.len, len);
    assert_non_null(memmem(o.at, o.len, "\x80\x08********", 10));
}

static void an_hdlc_frame_is_whole_after_its_password_is_hidden(void **state)
{
    const struct dlms_command c = during(COMMAND_VALVE_CLOSE);
    struct dlms_out o = in_hdlc(*state, aarq, sizeof(aarq));
    struct dlms_frame f;

    assert_true(dlms_hide(&c, *state, o.at, o.len));
    assert_false(has_secret(&o));
    assert_int_equal(dlms_frame_read((struct bytes){ o.at, o.len }, &f),
                     ERR_OK);
}

static void new_passwords_are_hidden_both_ways(void **state)
{
    const struct dlms_command c = during(COMMAND_RADIO_PASSWORD);
    struct dlms_out o = wrapped(*state, set, sizeof(set));

    assert_true(dlms_hide(&c, *state, o.at, o.len));
    assert_false(has_secret(&o));
    o = wrapped(*state, got, sizeof(got));
    assert_true(dlms_hide(&c, *state, o.at, o.len));
    assert_false(has_secret(&o));
}

static void
half_a_telegram_that_may_hold_a_password_is_hidden_whole(void **state)
{
    const struct dlms_command c = during(COMMAND_RADIO_PASSWORD);
    struct dlms_out o = wrapped(*state, got, sizeof(got));

    for (size_t from = 0; from < o.len; from++) {
        struct dlms_out part;

        dlms_out_init(&part, *state);
        dlms_out_raw(&part, o.at + from, o.len - from - (from == 0));
        dlms_hide(&c, *state, part.at, part.len);
        assert_false(has_secret(&part));
    }
}

static void what_is_no_secret_stays_as_it_is(void **state)
{
    const struct dlms_command c = during(COMMAND_PERIOD);
    struct dlms_out o = wrapped(*state, got, sizeof(got));

    assert_false(dlms_hide(&c, *state, o.at, o.len));
    assert_true(has_secret(&o));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_password_of_an_association_becomes_asterisks),
        TEST(an_hdlc_frame_is_whole_after_its_password_is_hidden),
        TEST(new_passwords_are_hidden_both_ways),
        TEST(half_a_telegram_that_may_hold_a_password_is_hidden_whole),
        TEST(what_is_no_secret_stays_as_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
