/* The client's session against this library's server: every way in, every
 * form of a question and of a long value. */
#include "tests/unit/dlms_ends.h"

static void every_way_in_leads_to_an_answer(void **state)
{
    static const uint8_t controls[] = { 0, 0x10, 0x20, 0x30, 0x31 };
    struct ends *t = *state;

    for (uint8_t m = DLMS_LOWEST; m <= DLMS_HLS_SHA256; m++)
        for (size_t c = 0; c < sizeof(controls); c++)
            for (int k = 0; k < 4; k++) {
                struct way w = { m, controls[c], (k & 1) != 0, (k & 2) != 0 };
                struct dlms_asked q = ask_blob();

                t->blob_len = 5;
                memcpy(t->blob, "hello", 5);
                open_by(t, w, 0, false);
                assert_int_equal(ends_ask(t, DLMS_SERVICE_GET, &q, 1), ERR_OK);
                assert_int_equal(t->heard.event, DLMS_SESSION_ANSWERED);
                assert_int_equal(t->heard.answers[0].result, DLMS_SUCCESS);
                assert_memory_equal(t->heard.answers[0].value.octets.at,
                                    "hello", 5);
                close_ends(t);
            }
}

/* Both ends of a long value, in whatever blocks the way brings. */
static void long_values(struct ends *t, struct way w, uint16_t pdu, bool gbt)
{
    uint8_t data[7000];
    struct dlms_asked set = set_blob(data, sizeof(data)), get = ask_blob();
    struct dlms_asked act = { .target = { 70, valve_name, 1 } };

    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)(i * 7);
    open_by(t, w, pdu, gbt);
    assert_int_equal(ends_ask(t, DLMS_SERVICE_SET, &set, 1), ERR_OK);
    assert_int_equal(t->heard.answers[0].result, DLMS_SUCCESS);
    assert_int_equal(t->blob_len, sizeof(data));
    assert_memory_equal(t->blob, data, sizeof(data));
    assert_int_equal(ends_ask(t, DLMS_SERVICE_GET, &get, 1), ERR_OK);
    assert_int_equal(t->heard.answers[0].value.octets.len, sizeof(data));
    assert_memory_equal(t->heard.answers[0].value.octets.at, data,
                        sizeof(data));
    assert_true(t->turns >= 7000u / pdu);
    act.has_value = true;
    act.value = set.value;
    assert_int_equal(ends_ask(t, DLMS_SERVICE_ACTION, &act, 1), ERR_OK);
    assert_int_equal(t->heard.answers[0].result, DLMS_SUCCESS);
    assert_memory_equal(t->heard.answers[0].value.octets.at, data,
                        sizeof(data));
    close_ends(t);
}

static void long_values_go_in_blocks_both_ways(void **state)
{
    long_values(*state, way_plain, 500, false);
    long_values(*state, way_plain, 130, false);
    long_values(*state, way_ciphered, 200, false);
}

static void long_values_go_in_general_blocks_both_ways(void **state)
{
    long_values(*state, way_plain, 500, true);
    long_values(*state, way_ciphered, 300, true);
}

static void an_archive_of_forty_thousand_values_arrives(struct ends *t,
                                                        bool gbt)
{
    const struct dlms_asked q = { .target = { 7, rows_name, 2 } };

    t->rows = 40000;
    open_by(t, way_plain, 1000, gbt);
    assert_int_equal(ends_ask(t, DLMS_SERVICE_GET, &q, 1), ERR_OK);
    assert_int_equal(t->heard.answers[0].value.list.n, 40000);
    assert_int_equal(t->heard.answers[0].value.list.at[39999].u, 39999);
    close_ends(t);
}

static void a_large_archive_arrives_in_either_kind_of_blocks(void **state)
{
    an_archive_of_forty_thousand_values_arrives(*state, false);
    an_archive_of_forty_thousand_values_arrives(*state, true);
}

static void lists_are_answered_in_their_order(void **state)
{
    struct ends *t = *state;
    struct dlms_asked list[3] = { ask_blob(),
                                  { .target = { 7, rows_name, 2 } },
                                  { .target = { 3, rows_name, 2 } } };

    memcpy(t->blob, "abc", 3);
    t->blob_len = 3;
    t->rows = 4;
    open_by(t, way_plain, 0, false);
    assert_int_equal(ends_ask(t, DLMS_SERVICE_GET, list, 3), ERR_OK);
    assert_int_equal(t->turns, 0);
    assert_int_equal(t->heard.n, 3);
    assert_int_equal(t->heard.answers[0].value.octets.len, 3);
    assert_int_equal(t->heard.answers[1].value.list.n, 4);
    assert_int_equal(t->heard.answers[2].result, DLMS_OBJECT_UNDEFINED);
    assert_string_equal(t->heard.why, "object-undefined");
    close_ends(t);
}

static void long_lists_go_in_blocks_both_ways(void **state)
{
    struct ends *t = *state;
    uint8_t data[600];
    struct dlms_asked sets[3], gets[3];

    memset(data, 0x5A, sizeof(data));
    open_by(t, way_plain, 150, false);
    for (size_t i = 0; i < 3; i++) {
        sets[i] = set_blob(data, 200 * (i + 1));
        gets[i] = ask_blob();
    }
    assert_int_equal(ends_ask(t, DLMS_SERVICE_SET, sets, 3), ERR_OK);
    assert_int_equal(t->heard.n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(t->heard.answers[i].result, DLMS_SUCCESS);
    assert_int_equal(t->blob_len, 600);
    assert_int_equal(ends_ask(t, DLMS_SERVICE_GET, gets, 3), ERR_OK);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(t->heard.answers[i].value.octets.len, 600);
    sets[0].target = sets[1].target = sets[2].target =
        (struct dlms_target){ 70, valve_name, 1 };
    assert_int_equal(ends_ask(t, DLMS_SERVICE_ACTION, sets, 3), ERR_OK);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(t->heard.answers[i].value.octets.len, 200 * (i + 1));
    close_ends(t);
}

static void without_lists_agreed_the_things_are_asked_one_by_one(void **state)
{
    struct ends *t = *state;
    const struct dlms_access access = { 0 };
    const struct dlms_server_settings settings = { .conformance =
                                                       DLMS_CONFORMANCE_GET };
    struct dlms_asked list[3] = { ask_blob(), ask_blob(), ask_blob() };

    list[1].target.class_id = 3;
    ends_connect(t, &access, settings);
    assert_int_equal(ends_talk(t), ERR_OK);
    assert_int_equal(ends_ask(t, DLMS_SERVICE_GET, list, 3), ERR_OK);
    assert_int_equal(t->turns, 2);
    assert_int_equal(t->heard.n, 3);
    assert_int_equal(t->heard.answers[1].result, DLMS_OBJECT_UNDEFINED);
    assert_int_equal(t->heard.answers[2].result, DLMS_SUCCESS);
}

static void what_the_meter_cannot_take_is_not_sent(void **state)
{
    struct ends *t = *state;
    const struct dlms_access access = { 0 };
    const struct dlms_server_settings settings = {
        .conformance = DLMS_CONFORMANCE_GET | DLMS_CONFORMANCE_SET,
        .max_pdu = 100
    };
    uint8_t data[200] = { 0 };
    struct dlms_asked set = set_blob(data, sizeof(data));

    ends_connect(t, &access, settings);
    assert_int_equal(ends_talk(t), ERR_OK);
    assert_int_equal(ends_ask(t, DLMS_SERVICE_SET, &set, 1), ERR_INVALID);
    set.value.octets.len = 20; /* and the session lives on */
    assert_int_equal(ends_ask(t, DLMS_SERVICE_SET, &set, 1), ERR_OK);
}

/* The second of three is too long for the meter: the first stays done. */
static void what_cannot_be_asked_leaves_what_was_answered(void **state)
{
    struct ends *t = *state;
    const struct dlms_access access = { 0 };
    const struct dlms_server_settings settings = { .conformance =
                                                       DLMS_CONFORMANCE_SET,
                                                   .max_pdu = 100 };
    uint8_t data[200] = { 0 };
    struct dlms_asked sets[3] = { set_blob(data, 20), set_blob(data, 200),
                                  set_blob(data, 10) };

    ends_connect(t, &access, settings);
    assert_int_equal(ends_talk(t), ERR_OK);
    assert_int_equal(ends_ask(t, DLMS_SERVICE_SET, sets, 3), ERR_OK);
    assert_int_equal(t->heard.answers[0].result, DLMS_SUCCESS);
    assert_int_equal(t->heard.answers[1].result, DLMS_OTHER_REASON);
    assert_non_null(strstr(t->heard.why, "are more than the 100 of a PDU"));
    assert_int_equal(t->blob_len, 20);
    assert_true(dlms_session_is_open(t->client));
}

static void a_service_that_was_not_agreed_on_is_refused(void **state)
{
    struct ends *t = *state;
    const struct dlms_access access = { 0 };
    const struct dlms_server_settings settings = { .conformance =
                                                       DLMS_CONFORMANCE_GET };
    struct dlms_asked act = { .target = { 70, valve_name, 1 } };

    ends_connect(t, &access, settings);
    assert_int_equal(ends_talk(t), ERR_OK);
    assert_int_equal(ends_ask(t, DLMS_SERVICE_ACTION, &act, 1), ERR_OK);
    assert_string_equal(t->heard.why,
                        "service-not-allowed, service-not-supported");
    assert_int_equal(t->acts, 0);
}

static void a_selection_arrives(void **state)
{
    struct ends *t = *state;
    struct dlms_asked q = { .target = { 7, rows_name, 2 },
                            .has_selection = true,
                            .selector = 2 };

    q.selection.type = DLMS_NULL;
    open_by(t, way_plain, 0, false);
    assert_int_equal(ends_ask(t, DLMS_SERVICE_GET, &q, 1), ERR_OK);
    assert_int_equal(t->selector, 2);
}

static void a_protected_release_is_understood(void **state)
{
    struct ends *t = *state;
    struct dlms_access access = { .protected_release = true };
    struct dlms_server_settings settings = { 0 };
    struct dlms_apdu rlrq;

    access.security = ends_security(true, 0x30);
    settings.security = ends_security(false, 0x30);
    ends_connect(t, &access, settings);
    assert_int_equal(ends_talk(t), ERR_OK);
    dlms_out_init(&t->out, t->a);
    assert_int_equal(dlms_session_close(t->client, &t->out), ERR_OK);
    assert_int_equal(dlms_apdu_read(t->a, dlms_out_bytes(&t->out), &rlrq),
                     ERR_OK);
    assert_int_equal(rlrq.release.information.at[0], 0x21);
    assert_int_equal(ends_talk(t), ERR_OK);
    assert_int_equal(t->heard.event, DLMS_SESSION_CLOSED);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ends_setup, ends_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_way_in_leads_to_an_answer),
        TEST(long_values_go_in_blocks_both_ways),
        TEST(long_values_go_in_general_blocks_both_ways),
        TEST(a_large_archive_arrives_in_either_kind_of_blocks),
        TEST(lists_are_answered_in_their_order),
        TEST(long_lists_go_in_blocks_both_ways),
        TEST(without_lists_agreed_the_things_are_asked_one_by_one),
        TEST(what_the_meter_cannot_take_is_not_sent),
        TEST(what_cannot_be_asked_leaves_what_was_answered),
        TEST(a_service_that_was_not_agreed_on_is_refused),
        TEST(a_selection_arrives),
        TEST(a_protected_release_is_understood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
