/* APDUs of both roles: known bytes, the way there and back, broken ones. */
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

/* clang-format off */
static const struct bytes push = BYTES(
    0x0F, 0x40, 0, 0, 1, 0x0C,
    0x07, 0xEA, 0x0B, 0x14, 5, 3, 0x0F, 0, 0xFF, 0xFF, 0x4C, 0,
    0x02, 2, 0x06, 0, 0x12, 0xD6, 0x87, 0x16, 1);
static const struct bytes confirm = BYTES(0x10, 0x40, 0, 0, 1, 0);
/* AARQ with low level security, password "12345678" */
static const struct bytes aarq = BYTES(
    0x60, 0x36, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 1, 1,
    0x8A, 0x02, 0x07, 0x80, 0x8B, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 2, 1,
    0xAC, 0x0A, 0x80, 0x08, '1', '2', '3', '4', '5', '6', '7', '8',
    0xBE, 0x10, 0x04, 0x0E, 1, 0, 0, 0, 6, 0x5F, 0x1F, 4, 0, 0, 0x7E, 0x1F,
    0x04, 0xB0);
static const struct bytes aarq_public = BYTES(
    0x60, 0x1D, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 1, 1,
    0xBE, 0x10, 0x04, 0x0E, 1, 0, 0, 0, 6, 0x5F, 0x1F, 4, 0, 0, 0x7E, 0x1F,
    0x04, 0xB0);
static const struct bytes aare = BYTES(
    0x61, 0x29, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 1, 1,
    0xA2, 3, 2, 1, 0, 0xA3, 5, 0xA1, 3, 2, 1, 0,
    0xBE, 0x10, 0x04, 0x0E, 8, 0, 6, 0x5F, 0x1F, 4, 0, 0, 0x50, 0x1F,
    0x01, 0xF4, 0, 7);
static const struct bytes aare_refused = BYTES(
    0x61, 0x1F, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 1, 1,
    0xA2, 3, 2, 1, 1, 0xA3, 5, 0xA1, 3, 2, 1, 0x0D,
    0xBE, 6, 4, 4, 0x0E, 1, 6, 1);
static const struct bytes aare_provider = BYTES(
    0x61, 0x17, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08, 1, 1,
    0xA2, 3, 2, 1, 2, 0xA3, 5, 0xA2, 3, 2, 1, 1);
static const struct bytes rlrq = BYTES(0x62, 3, 0x80, 1, 0);
static const struct bytes rlre_empty = BYTES(0x63, 0);
static const struct bytes get = BYTES(
    0xC0, 1, 0xC1, 0, 3, 7, 0, 0x0D, 2, 0, 0xFF, 2, 0);
static const struct bytes got = BYTES(
    0xC4, 1, 0xC1, 0, 6, 0, 0x12, 0xD6, 0x87);
static const struct bytes got_nothing = BYTES(0xC4, 1, 0xC1, 1, 4);
static const struct bytes set = BYTES(
    0xC1, 1, 0xC1, 0, 8, 0, 0, 1, 0, 0, 0xFF, 2, 0, 0x11, 5);
static const struct bytes set_done = BYTES(0xC5, 1, 0xC1, 0);
static const struct bytes action = BYTES(
    0xC3, 1, 0xC1, 0, 0x46, 0, 0, 0x60, 3, 0x0A, 0xFF, 1, 1, 0x0F, 0);
static const struct bytes action_bare = BYTES(
    0xC3, 1, 0xC1, 0, 0x46, 0, 0, 0x60, 3, 0x0A, 0xFF, 1, 0);
static const struct bytes action_done = BYTES(0xC7, 1, 0xC1, 0, 0);
static const struct bytes action_data = BYTES(0xC7, 1, 0xC1, 0, 1, 0, 0x11, 7);
static const struct bytes exception = BYTES(0xD8, 1, 1);
static const struct bytes service_error = BYTES(0x0E, 1, 6, 1);
/* clang-format on */

static const struct bytes *const all[] = {
    &push,         &confirm,       &aarq,        &aarq_public, &aare,
    &aare_refused, &aare_provider, &rlrq,        &rlre_empty,  &get,
    &got,          &got_nothing,   &set,         &set_done,    &action,
    &action_bare,  &action_done,   &action_data, &exception,   &service_error,
};

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

static struct dlms_apdu read_one(struct arena *a, struct bytes b)
{
    struct dlms_apdu apdu;

    assert_int_equal(dlms_apdu_read(a, b, &apdu), ERR_OK);
    return apdu;
}

static void assert_refused(struct arena *a, struct bytes b, const char *why)
{
    struct dlms_apdu apdu;

    assert_int_equal(dlms_apdu_read(a, b, &apdu), ERR_PROTOCOL);
    if (strstr(err_reason(), why) == NULL)
        fail_msg("\"%s\" does not say \"%s\"", err_reason(), why);
}

static void every_apdu_is_written_as_it_was_read(void **state)
{
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct dlms_apdu apdu = read_one(*state, *all[i]);
        struct dlms_out o;

        dlms_out_init(&o, *state);
        assert_int_equal(dlms_apdu_put(&o, &apdu), ERR_OK);
        assert_int_equal(o.len, all[i]->len);
        assert_memory_equal(o.at, all[i]->at, o.len);
    }
}

static void every_apdu_cut_short_is_refused_with_its_offset(void **state)
{
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        for (size_t len = 0; len < all[i]->len; len++) {
            /* a copy of its own, so that the sanitizer sees one too many */
            uint8_t *copy = malloc(len + 1);
            struct dlms_apdu apdu;

            assert_non_null(copy);
            memcpy(copy, all[i]->at, len);
            assert_int_equal(
                dlms_apdu_read(*state, (struct bytes){ copy, len }, &apdu),
                ERR_PROTOCOL);
            assert_int_equal(strncmp(err_reason(), "offset ", 7), 0);
            free(copy);
        }
}

static void bytes_behind_an_apdu_are_refused(void **state)
{
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct dlms_out o;

        dlms_out_init(&o, *state);
        dlms_out_raw(&o, all[i]->at, all[i]->len);
        dlms_out_u8(&o, 0);
        assert_refused(*state, dlms_out_bytes(&o), "1 bytes behind the");
    }
}

static void a_notification_says_who_when_and_what(void **state)
{
    struct dlms_notification n = read_one(*state, push).notification;

    assert_int_equal(n.invoke & DLMS_INVOKE_CONFIRMED, DLMS_INVOKE_CONFIRMED);
    assert_int_equal(n.invoke & 0xFFFFFF, 1);
    assert_true(n.has_datetime);
    assert_int_equal(n.datetime.deviation, -180);
    assert_int_equal(dlms_value_at(&n.body, 0)->u, 1234567);
}

static void a_notification_may_have_no_time(void **state)
{
    const struct bytes timeless = BYTES(0x0F, 0, 0, 0, 1, 0, 0x11, 7);
    const struct bytes bad_length =
        BYTES(0x0F, 0, 0, 0, 1, 3, 1, 2, 3, 0x11, 7);
    const struct bytes bad_month = BYTES(0x0F, 0, 0, 0, 1, 12, 7, 0xEA, 14, 1,
                                         1, 0, 0, 0, 0, 0, 0, 0, 0x11, 7);

    assert_false(read_one(*state, timeless).notification.has_datetime);
    assert_refused(*state, bad_length, "date-time of 3 bytes");
    assert_refused(*state, bad_month, "month out of range");
}

static void kaifas_tag_before_the_time_is_forgiven(void **state)
{
    const struct bytes kaifa =
        BYTES(0x0F, 0x40, 0, 0, 0, 0x09, 0x0C, 0x07, 0xE4, 1, 0x19, 6, 13, 9,
              0x1E, 0xFF, 0x80, 0, 0, 0x11, 7);
    struct dlms_notification n = read_one(*state, kaifa).notification;

    assert_int_equal(n.datetime.year, 2020);
    assert_int_equal(n.datetime.deviation, DLMS_DEVIATION_UNKNOWN);
}

static void an_aarq_brings_mechanism_and_password(void **state)
{
    struct dlms_aarq q = read_one(*state, aarq).aarq;

    assert_int_equal(q.context, DLMS_LN);
    assert_int_equal(q.mechanism, DLMS_LLS);
    assert_int_equal(q.password.len, 8);
    assert_memory_equal(q.password.at, "12345678", 8);
    assert_true(q.has_initiate);
    assert_int_equal(q.initiate.conformance, 0x007E1F);
    assert_int_equal(q.initiate.max_pdu, 1200);
    assert_int_equal(q.initiate.conformance & DLMS_CONFORMANCE_ACTION,
                     DLMS_CONFORMANCE_ACTION);
}

static void an_aarq_without_a_mechanism_is_the_public_client(void **state)
{
    struct dlms_aarq q = read_one(*state, aarq_public).aarq;

    assert_int_equal(q.mechanism, DLMS_LOWEST);
    assert_int_equal(q.password.len, 0);
}

static void a_refusal_says_why(void **state)
{
    struct dlms_aare r = read_one(*state, aare_refused).aare;

    assert_int_equal(r.result, DLMS_REJECTED_PERMANENT);
    assert_int_equal(r.diagnostic, DLMS_DIAGNOSTIC_AUTHENTICATION_FAILURE);
    assert_false(r.by_provider);
    assert_true(r.has_error);
    assert_true(read_one(*state, aare_provider).aare.by_provider);
    assert_string_equal(dlms_diagnostic_name(r.diagnostic),
                        "authentication-failure");
}

static void an_aare_without_a_result_is_not_an_acceptance(void **state)
{
    const struct bytes silent =
        BYTES(0x61, 0x0B, 0xA1, 9, 6, 7, 0x60, 0x85, 0x74, 5, 8, 1, 1);
    const struct bytes empty = BYTES(0x61, 0);

    assert_refused(*state, silent, "without a result");
    assert_refused(*state, empty, "without a result");
}

static void names_of_other_standards_are_refused(void **state)
{
    const struct bytes foreign =
        BYTES(0x60, 0x0B, 0xA1, 9, 6, 7, 0x60, 0x85, 0x74, 5, 9, 1, 1);
    const struct bytes none = BYTES(0x60, 0);

    assert_refused(*state, foreign, "context name is not of DLMS");
    assert_refused(*state, none, "without a context name");
}

static void acse_fields_nobody_needs_are_passed_over(void **state)
{
    const struct bytes extra =
        BYTES(0x60, 0x15, 0x80, 2, 7, 0x80, 0xA1, 9, 6, 7, 0x60, 0x85, 0x74, 5,
              8, 1, 1, 0xA8, 4, 2, 2, 1, 0);

    assert_int_equal(read_one(*state, extra).aarq.context, DLMS_LN);
}

static void a_request_names_class_object_and_index(void **state)
{
    struct dlms_request q = read_one(*state, action).request;
    char name[OBIS_TEXT_MAX];

    assert_int_equal(q.target.class_id, 70);
    assert_string_equal(obis_write(name, q.target.name), "0.0.96.3.10.255");
    assert_int_equal(q.target.index, 1);
    assert_true(q.has_value);
    assert_int_equal(q.value.type, DLMS_INTEGER);
    assert_false(read_one(*state, action_bare).request.has_value);
}

static void a_response_is_data_or_a_named_failure(void **state)
{
    struct dlms_response fine = read_one(*state, got).response;
    struct dlms_response bad = read_one(*state, got_nothing).response;
    const struct bytes both = BYTES(0xC4, 1, 0xC1, 1, 0);
    const struct bytes neither = BYTES(0xC4, 1, 0xC1, 2, 0);

    assert_int_equal(fine.result, DLMS_SUCCESS);
    assert_int_equal(fine.value.u, 1234567);
    assert_int_equal(bad.result, DLMS_OBJECT_UNDEFINED);
    assert_false(bad.has_value);
    assert_string_equal(dlms_result_name(bad.result), "object-undefined");
    assert_refused(*state, both, "success without data");
    assert_refused(*state, neither, "neither data nor a result");
}

static void what_is_not_implemented_is_refused_by_name(void **state)
{
    const struct bytes choice = BYTES(0xC0, 9, 0xC1, 0, 0, 0, 1);
    const struct bytes signing = BYTES(0xDF, 0x80, 0, 1, 0, 0, 0);
    const struct bytes event = BYTES(0xC2, 0x80, 0, 1, 0, 0, 0);
    const struct bytes garbage = BYTES(0x47, 0x45, 0x54);

    assert_refused(*state, choice, "get-request of choice 9");
    assert_refused(*state, signing, "general-signing is not implemented");
    assert_refused(*state, event, "event-notification-request is not");
    assert_refused(*state, garbage, "no APDU begins with 47");
}

static void what_has_no_encoding_is_refused(void **state)
{
    struct dlms_apdu lying = { .tag = DLMS_GET_RESPONSE };
    struct dlms_apdu empty = { .tag = DLMS_SET_REQUEST };
    struct dlms_apdu unknown = { .tag = 0x47 };
    struct dlms_out o;

    dlms_out_init(&o, *state);
    assert_int_equal(dlms_apdu_put(&o, &lying), ERR_INVALID);
    assert_int_equal(dlms_apdu_put(&o, &empty), ERR_INVALID);
    assert_int_equal(dlms_apdu_put(&o, &unknown), ERR_INVALID);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_apdu_is_written_as_it_was_read),
        TEST(every_apdu_cut_short_is_refused_with_its_offset),
        TEST(bytes_behind_an_apdu_are_refused),
        TEST(a_notification_says_who_when_and_what),
        TEST(a_notification_may_have_no_time),
        TEST(kaifas_tag_before_the_time_is_forgiven),
        TEST(an_aarq_brings_mechanism_and_password),
        TEST(an_aarq_without_a_mechanism_is_the_public_client),
        TEST(a_refusal_says_why),
        TEST(an_aare_without_a_result_is_not_an_acceptance),
        TEST(names_of_other_standards_are_refused),
        TEST(acse_fields_nobody_needs_are_passed_over),
        TEST(a_request_names_class_object_and_index),
        TEST(a_response_is_data_or_a_named_failure),
        TEST(what_is_not_implemented_is_refused_by_name),
        TEST(what_has_no_encoding_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
