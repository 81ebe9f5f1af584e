/* What the SMS service answers, when an attempt is repeated, what is quiet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "daemon/notifier/mime.h"
#include "daemon/notifier/outbox.h"
#include "daemon/notifier/smsc.h"

static int arena_setup(void **state)
{
    *state = arena_new();
    return 0;
}

static int arena_teardown(void **state)
{
    arena_free(*state);
    return 0;
}

static void each_error_code_has_its_fate(void **state)
{
    static const struct {
        int code;
        enum smsc_fate fate;
        const char *error;
    } cases[] = {
        { 1, SMSC_FAILED, "sms_parameters" },
        { 2, SMSC_STOP, "login" },
        { 3, SMSC_STOP, "money" },
        { 4, SMSC_BLOCKED, "blocked" },
        { 5, SMSC_FAILED, "sms_parameters" },
        { 6, SMSC_FAILED, "forbidden" },
        { 7, SMSC_WRONG, "wrong_contact" },
        { 8, SMSC_FAILED, "undeliverable" },
        { 9, SMSC_LATER, "frequent" },
        { 77, SMSC_LATER, "protocol" },
        { 0, SMSC_LATER, "protocol" },
        { -1, SMSC_LATER, "protocol" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct smsc_answer a;
        char body[80];

        snprintf(body, sizeof(body),
                 "{\"error\":\"words\",\"error_code\":%d,\"id\":1}",
                 cases[i].code);
        assert_int_equal(smsc_read_answer(*state, body, &a), ERR_OK);
        assert_int_equal(a.fate, cases[i].fate);
        assert_string_equal(a.error, cases[i].error);
        assert_string_equal(a.words, "words");
    }
}

static void an_sms_that_was_taken_tells_the_balance(void **state)
{
    struct smsc_answer a;

    assert_int_equal(
        smsc_read_answer(
            *state,
            "{\"id\":50017,\"cnt\":1,\"cost\":\"3.8\",\"balance\":\"286.55\"}",
            &a),
        ERR_OK);
    assert_int_equal(a.fate, SMSC_TAKEN);
    assert_true(a.has_balance);
    assert_string_equal(a.balance, "286.55");
    assert_int_equal(
        smsc_read_answer(*state, "{\"id\":1,\"cnt\":1,\"balance\":\"1; x\"}",
                         &a),
        ERR_OK);
    assert_false(a.has_balance);
}

static void what_is_no_answer_is_refused(void **state)
{
    static const char *const bodies[] = { "",    "OK",       "[",
                                          "{}",  "null",     "<html>",
                                          "[1]", "\"text\"", "{\"a\":1}{" };
    struct smsc_answer a;

    for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
        assert_int_equal(smsc_read_answer(*state, bodies[i], &a), ERR_PROTOCOL);
}

static void statuses_come_as_one_or_as_a_list(void **state)
{
    struct smsc_status *list;
    struct smsc_answer a;
    size_t n;

    assert_int_equal(smsc_read_statuses(*state,
                                        "{\"status\":1,\"last_date\":\"x\","
                                        "\"last_timestamp\":1798474822}",
                                        &list, &n, &a),
                     ERR_OK);
    assert_int_equal(n, 1);
    assert_int_equal(list[0].changed_s, 1798474822);
    assert_int_equal(
        smsc_read_statuses(
            *state,
            "[{\"status\":20,\"err\":6,\"id\":50017,\"phone\":\"7916\"},"
            "{\"status\":\"-1\",\"id\":\"2\"}]",
            &list, &n, &a),
        ERR_OK);
    assert_int_equal(n, 2);
    assert_string_equal(smsc_status_means(&list[0]).error, "phone_off");
    assert_string_equal(smsc_status_means(&list[1]).state, "sent");
    assert_int_equal(list[1].id, 2);
    assert_int_equal(smsc_read_statuses(*state,
                                        "{\"error\":\"x\",\"error_code\":9}",
                                        &list, &n, &a),
                     ERR_OK);
    assert_int_equal(n, 0);
    assert_int_equal(a.fate, SMSC_LATER);
}

static void ids_stay_within_what_the_service_takes(void **state)
{
    (void)state;
    assert_int_equal(smsc_id(1), 1);
    assert_int_equal(smsc_id(INT32_MAX), INT32_MAX);
    assert_int_equal(smsc_id((int64_t)INT32_MAX + 1), 1);
}

static void pauses_double_with_a_half_more_or_less(void **state)
{
    int64_t least = INT64_MAX, most = 0;

    (void)state;
    for (int i = 0; i < 1000; i++) {
        int64_t ms = retry_ms(2, 5000, 3600000);

        least = ms < least ? ms : least;
        most = ms > most ? ms : most;
    }
    assert_in_range(least, 10000, 12000);
    assert_in_range(most, 28000, 30000);
    assert_in_range(retry_ms(60, 5000, 3600000), 1800000, 5400000);
}

static void quiet_hours_may_go_over_midnight(void **state)
{
    (void)state;
    assert_true(hour_is_quiet(23, 22, 8));
    assert_true(hour_is_quiet(7, 22, 8));
    assert_false(hour_is_quiet(8, 22, 8));
    assert_false(hour_is_quiet(21, 22, 8));
    assert_true(hour_is_quiet(13, 12, 14));
    assert_false(hour_is_quiet(14, 12, 14));
    assert_false(hour_is_quiet(5, 0, 0));
}

static void a_heading_is_plain_or_encoded_and_one_line(void **state)
{
    static const struct {
        const char *text, *want;
    } cases[] = {
        { "Plain words", "Plain words" },
        { "Тема", "=?UTF-8?B?0KLQtdC80LA=?=" },
        { "a\r\nBcc: x", "=?UTF-8?B?YSAgQmNjOiB4?=" },
        { "=?x?=", "=?UTF-8?B?PT94Pz0=?=" },
        { "", "" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct buf b = { 0 };

        mime_put_words(&b, cases[i].text);
        assert_string_equal(b.at != NULL ? b.at : "", cases[i].want);
        buf_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(each_error_code_has_its_fate,
                                        arena_setup, arena_teardown),
        cmocka_unit_test_setup_teardown(an_sms_that_was_taken_tells_the_balance,
                                        arena_setup, arena_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_answer_is_refused,
                                        arena_setup, arena_teardown),
        cmocka_unit_test_setup_teardown(statuses_come_as_one_or_as_a_list,
                                        arena_setup, arena_teardown),
        cmocka_unit_test(ids_stay_within_what_the_service_takes),
        cmocka_unit_test(pauses_double_with_a_half_more_or_less),
        cmocka_unit_test(quiet_hours_may_go_over_midnight),
        cmocka_unit_test(a_heading_is_plain_or_encoded_and_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
