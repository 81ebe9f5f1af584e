/* A session that hears long answers from a written script: blocks in and out
 * of order, general blocks in windows, lost and doubled, endless ones. */
#include "tests/unit/dlms_ends.h"

struct script {
    struct arena *a;
    struct dlms_session *s;
    struct dlms_heard heard;
    struct dlms_out out;
};

static void open_with(struct script *p, size_t value_max)
{
    const struct dlms_access access = { .value_max = value_max, .window = 3 };
    struct dlms_apdu aare = { .tag = DLMS_AARE };
    const struct dlms_asked q = { .target = { 7, rows_name, 2 } };
    struct dlms_out o;

    p->s = dlms_session_new(&access);
    dlms_out_init(&p->out, p->a);
    assert_int_equal(dlms_session_open(p->s, &p->out), ERR_OK);
    aare.aare.context = DLMS_LN;
    aare.aare.has_initiate = true;
    aare.aare.initiate = (struct dlms_initiate){ .version = 6,
                                                 .conformance = 0xFFFFFF,
                                                 .max_pdu = 200 };
    dlms_out_init(&o, p->a);
    assert_int_equal(dlms_apdu_put(&o, &aare), ERR_OK);
    dlms_out_init(&p->out, p->a);
    assert_int_equal(
        dlms_session_hear(p->s, dlms_out_bytes(&o), &p->heard, &p->out),
        ERR_OK);
    assert_int_equal(p->heard.event, DLMS_SESSION_OPEN);
    dlms_out_init(&p->out, p->a);
    assert_int_equal(dlms_session_ask(p->s, DLMS_SERVICE_GET, &q, 1, &p->out),
                     ERR_OK);
}

static int setup(void **state)
{
    static struct script p;

    p = (struct script){ .a = arena_new() };
    open_with(&p, 3000);
    *state = &p;
    return 0;
}

static int teardown(void **state)
{
    struct script *p = *state;

    dlms_session_free(p->s);
    arena_free(p->a);
    return 0;
}

static enum err hears(struct script *p, const struct dlms_apdu *apdu)
{
    struct dlms_out o;

    dlms_out_init(&o, p->a);
    dlms_out_init(&p->out, p->a);
    assert_int_equal(dlms_apdu_put(&o, apdu), ERR_OK);
    return dlms_session_hear(p->s, dlms_out_bytes(&o), &p->heard, &p->out);
}

/* invoke-id of the first request of a session is 1 */
static enum err block(struct script *p, uint32_t number, bool last,
                      const void *at, size_t len)
{
    struct dlms_apdu r = { .tag = DLMS_GET_RESPONSE };

    r.response.form = DLMS_GOT_BLOCK;
    r.response.invoke = 0xC1;
    r.response.block = (struct dlms_block){ last, number, { at, len } };
    return hears(p, &r);
}

static void assert_asks_next(struct script *p, uint32_t number)
{
    struct dlms_apdu q;

    assert_int_equal(dlms_apdu_read(p->a, dlms_out_bytes(&p->out), &q), ERR_OK);
    assert_int_equal(q.tag, DLMS_GET_REQUEST);
    assert_int_equal(q.request.form, DLMS_GET_NEXT);
    assert_int_equal(q.request.block.number, number);
}

static void blocks_in_order_are_one_value(void **state)
{
    struct script *p = *state;

    assert_int_equal(block(p, 1, false, "\x09\x06he", 4), ERR_OK);
    assert_asks_next(p, 1);
    assert_int_equal(block(p, 2, false, "l", 1), ERR_OK);
    assert_asks_next(p, 2);
    assert_int_equal(block(p, 3, true, "lo!", 3), ERR_OK);
    assert_int_equal(p->heard.event, DLMS_SESSION_ANSWERED);
    assert_memory_equal(p->heard.answers[0].value.octets.at, "hello!", 6);
}

static void a_block_of_another_number_ends_it(void **state)
{
    static const uint32_t wrong[] = { 0, 1, 3, 0xFFFFFFFF };
    struct script *p = *state;

    for (size_t i = 0; i < 4; i++) {
        dlms_session_free(p->s);
        open_with(p, 3000);
        assert_int_equal(block(p, 1, false, "\x09\x06he", 4), ERR_OK);
        assert_int_equal(block(p, wrong[i], false, "l", 1), ERR_PROTOCOL);
        assert_true(dlms_session_is_over(p->s));
    }
}

static void blocks_without_end_or_content_are_refused(void **state)
{
    struct script *p = *state;
    uint8_t much[1000] = { 0 };
    uint32_t n = 1;

    assert_int_equal(block(p, n++, false, much, 0), ERR_PROTOCOL);
    dlms_session_free(p->s);
    open_with(p, 3000);
    for (n = 1; n <= 3; n++)
        assert_int_equal(block(p, n, false, much, sizeof(much)), ERR_OK);
    assert_int_equal(block(p, n, false, much, 1), ERR_PROTOCOL);
}

static void a_block_may_say_why_there_are_no_more(void **state)
{
    struct script *p = *state;
    struct dlms_apdu r = { .tag = DLMS_GET_RESPONSE };

    assert_int_equal(block(p, 1, false, "\x09\x06he", 4), ERR_OK);
    r.response.form = DLMS_GOT_BLOCK;
    r.response.invoke = 0xC1;
    r.response.result = DLMS_LONG_GET_ABORTED;
    r.response.block = (struct dlms_block){ true, 2, { NULL, 0 } };
    assert_int_equal(hears(p, &r), ERR_OK);
    assert_int_equal(p->heard.event, DLMS_SESSION_ANSWERED);
    assert_string_equal(p->heard.why, "long-get-aborted");
    assert_true(dlms_session_is_open(p->s));
}

static void bytes_behind_the_value_are_refused(void **state)
{
    struct script *p = *state;

    assert_int_equal(block(p, 1, true, "\x09\x02hex", 5), ERR_PROTOCOL);
}

/* ---- general blocks ---- */

static enum err general(struct script *p, uint16_t number, bool last,
                        bool streaming, const char *at, size_t len)
{
    struct dlms_apdu b = { .tag = DLMS_GENERAL_BLOCK_TRANSFER };

    b.general_block = (struct dlms_general_block){
        last, streaming, 1, number, 0, { (const uint8_t *)at, len }
    };
    return hears(p, &b);
}

static void assert_confirms(struct script *p, uint16_t confirmed)
{
    struct dlms_apdu q;

    assert_int_equal(dlms_apdu_read(p->a, dlms_out_bytes(&p->out), &q), ERR_OK);
    assert_int_equal(q.tag, DLMS_GENERAL_BLOCK_TRANSFER);
    assert_int_equal(q.general_block.confirmed, confirmed);
    assert_int_equal(q.general_block.window, 3);
    assert_true(q.general_block.last);
    assert_int_equal(q.general_block.raw.len, 0);
}

static void assert_hello(struct script *p)
{
    assert_int_equal(p->heard.event, DLMS_SESSION_ANSWERED);
    assert_memory_equal(p->heard.answers[0].value.octets.at, "hello!", 6);
}

static void a_window_of_general_blocks_is_confirmed_once(void **state)
{
    struct script *p = *state;

    assert_int_equal(general(p, 1, false, false, "\xC4\x01\xC1", 3), ERR_OK);
    assert_confirms(p, 1);
    assert_int_equal(general(p, 2, false, true, "\0\x09", 2), ERR_OK);
    assert_int_equal(p->out.len, 0);
    assert_int_equal(general(p, 3, false, true, "\x06h", 2), ERR_OK);
    assert_int_equal(p->out.len, 0);
    assert_int_equal(general(p, 4, false, false, "el", 2), ERR_OK);
    assert_confirms(p, 4);
    assert_int_equal(general(p, 5, true, false, "lo!", 3), ERR_OK);
    assert_hello(p);
    assert_int_equal(p->out.len, 0);
}

static void a_lost_general_block_is_asked_for_again(void **state)
{
    struct script *p = *state;

    assert_int_equal(general(p, 1, false, false, "\xC4\x01\xC1", 3), ERR_OK);
    assert_int_equal(general(p, 3, false, true, "\x06h", 2), ERR_OK);
    assert_int_equal(general(p, 4, false, false, "el", 2), ERR_OK);
    assert_confirms(p, 1);
    assert_int_equal(general(p, 2, false, true, "\0\x09", 2), ERR_OK);
    assert_int_equal(general(p, 3, false, true, "\x06h", 2), ERR_OK);
    assert_int_equal(general(p, 3, false, true, "\x06h", 2), ERR_OK);
    assert_confirms(p, 3); /* the window is over: the doubled one counts */
    assert_int_equal(general(p, 4, true, false, "ello!", 5), ERR_OK);
    assert_hello(p);
}

static void a_meter_that_never_sends_the_lost_block_is_left(void **state)
{
    struct script *p = *state;
    enum err e = ERR_OK;
    int n = 0;

    assert_int_equal(general(p, 1, false, false, "\xC4\x01\xC1", 3), ERR_OK);
    for (; n < 10 && e == ERR_OK; n++)
        e = general(p, 3, false, false, "\x06h", 2);
    assert_int_equal(e, ERR_PROTOCOL);
    assert_int_equal(n, 4);
}

static void general_blocks_without_end_are_refused(void **state)
{
    struct script *p = *state;
    char much[1000] = { 0 };

    for (uint16_t n = 1; n <= 3; n++)
        assert_int_equal(general(p, n, false, false, much, 1000), ERR_OK);
    assert_int_equal(general(p, 4, false, false, much, 1), ERR_PROTOCOL);
}

static void general_blocks_inside_general_blocks_are_refused(void **state)
{
    assert_int_equal(general(*state, 1, true, false, "\xE0\x80\0\1\0\0\0", 7),
                     ERR_PROTOCOL);
}

/* A request of 300 bytes to a meter of 200: the meter confirms, then answers
 * without blocks. */
static void a_long_request_waits_for_each_confirmation(void **state)
{
    struct script *p = *state;
    uint8_t data[300] = { 0 };
    struct dlms_asked set = { .target = { 1, blob_name, 2 },
                              .has_value = true };
    struct dlms_apdu b, confirm = { .tag = DLMS_GENERAL_BLOCK_TRANSFER };
    struct dlms_apdu done = { .tag = DLMS_SET_RESPONSE };
    struct dlms_access access = {
        .conformance = DLMS_CONFORMANCE_GENERAL_BLOCKS | DLMS_CONFORMANCE_SET
    };
    struct dlms_apdu aare = { .tag = DLMS_AARE };

    dlms_session_free(p->s);
    p->s = dlms_session_new(&access);
    assert_int_equal(dlms_session_open(p->s, &p->out), ERR_OK);
    aare.aare.context = DLMS_LN;
    aare.aare.has_initiate = true;
    aare.aare.initiate = (struct dlms_initiate){
        .version = 6, .conformance = access.conformance, .max_pdu = 200
    };
    assert_int_equal(hears(p, &aare), ERR_OK);
    set.value.type = DLMS_OCTET_STRING;
    set.value.octets = (struct bytes){ data, sizeof(data) };
    assert_int_equal(dlms_session_ask(p->s, DLMS_SERVICE_SET, &set, 1, &p->out),
                     ERR_OK);
    assert_int_equal(dlms_apdu_read(p->a, dlms_out_bytes(&p->out), &b), ERR_OK);
    assert_true(p->out.len <= 200);
    assert_int_equal(b.general_block.number, 1);
    assert_false(b.general_block.last);
    confirm.general_block =
        (struct dlms_general_block){ .number = 1, .confirmed = 0, .window = 1 };
    assert_int_equal(hears(p, &confirm), ERR_OK); /* asks for it again */
    assert_int_equal(dlms_apdu_read(p->a, dlms_out_bytes(&p->out), &b), ERR_OK);
    assert_int_equal(b.general_block.number, 1);
    confirm.general_block.confirmed = 1;
    assert_int_equal(hears(p, &confirm), ERR_OK);
    assert_int_equal(dlms_apdu_read(p->a, dlms_out_bytes(&p->out), &b), ERR_OK);
    assert_int_equal(b.general_block.number, 2);
    assert_true(b.general_block.last);
    done.response.invoke = 0xC1;
    assert_int_equal(hears(p, &done), ERR_OK);
    assert_int_equal(p->heard.event, DLMS_SESSION_ANSWERED);
}

/* ---- what comes between ---- */

static void a_push_between_blocks_is_handed_out(void **state)
{
    struct script *p = *state;
    struct dlms_apdu push = { .tag = DLMS_DATA_NOTIFICATION };

    assert_int_equal(block(p, 1, false, "\x09\x02h", 3), ERR_OK);
    assert_int_equal(hears(p, &push), ERR_OK);
    assert_int_equal(p->heard.event, DLMS_SESSION_PUSH);
    assert_int_equal(p->heard.push.at[0], DLMS_DATA_NOTIFICATION);
    assert_int_equal(p->out.len, 0);
    assert_int_equal(block(p, 2, true, "i", 1), ERR_OK);
    assert_int_equal(p->heard.event, DLMS_SESSION_ANSWERED);
}

static void an_exception_is_a_refusal_with_its_words(void **state)
{
    struct script *p = *state;
    struct dlms_apdu x = { .tag = DLMS_EXCEPTION_RESPONSE };

    x.exception = (struct dlms_exception){ 1, 2, false, 0 };
    assert_int_equal(hears(p, &x), ERR_OK);
    assert_int_equal(p->heard.event, DLMS_SESSION_ANSWERED);
    assert_true(p->heard.has_exception);
    assert_int_equal(p->heard.answers[0].result, DLMS_OTHER_REASON);
    assert_string_equal(p->heard.why,
                        "service-not-allowed, service-not-supported");
}

static void a_confirmed_service_error_is_a_refusal_too(void **state)
{
    struct script *p = *state;
    struct dlms_apdu x = { .tag = DLMS_CONFIRMED_SERVICE_ERROR };

    x.service_error = (struct dlms_service_error){ 5, 5, 4 };
    assert_int_equal(hears(p, &x), ERR_OK);
    assert_string_equal(p->heard.why, "access: object-unavailable");
}

static void answers_of_another_kind_or_number_end_it(void **state)
{
    struct script *p = *state;
    struct dlms_apdu r = { .tag = DLMS_SET_RESPONSE };

    r.response.invoke = 0xC1;
    assert_int_equal(hears(p, &r), ERR_PROTOCOL);
    dlms_session_free(p->s);
    open_with(p, 3000);
    r.tag = DLMS_GET_RESPONSE;
    r.response.result = DLMS_HARDWARE_FAULT;
    r.response.invoke = 0xC2;
    assert_int_equal(hears(p, &r), ERR_PROTOCOL);
    assert_int_equal(hears(p, &r), ERR_PROTOCOL); /* over is over */
}

static void memory_of_a_session_does_not_grow_with_its_pushes(void **state)
{
    struct script *p = *state;
    struct dlms_apdu push = { .tag = DLMS_DATA_NOTIFICATION };
    size_t before;

    assert_int_equal(block(p, 1, true, "\x09\x01h", 3), ERR_OK);
    push.notification.body.type = DLMS_OCTET_STRING;
    push.notification.body.octets =
        (struct bytes){ arena_alloc(p->a, 2000), 2000 };
    assert_int_equal(hears(p, &push), ERR_OK);
    before = dlms_session_size(p->s);
    for (int i = 0; i < 300; i++)
        assert_int_equal(hears(p, &push), ERR_OK);
    assert_int_equal(dlms_session_size(p->s), before);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(blocks_in_order_are_one_value),
        TEST(a_block_of_another_number_ends_it),
        TEST(blocks_without_end_or_content_are_refused),
        TEST(a_block_may_say_why_there_are_no_more),
        TEST(bytes_behind_the_value_are_refused),
        TEST(a_window_of_general_blocks_is_confirmed_once),
        TEST(a_lost_general_block_is_asked_for_again),
        TEST(a_meter_that_never_sends_the_lost_block_is_left),
        TEST(general_blocks_without_end_are_refused),
        TEST(general_blocks_inside_general_blocks_are_refused),
        TEST(a_long_request_waits_for_each_confirmation),
        TEST(a_push_between_blocks_is_handed_out),
        TEST(an_exception_is_a_refusal_with_its_words),
        TEST(a_confirmed_service_error_is_a_refusal_too),
        TEST(answers_of_another_kind_or_number_end_it),
        TEST(memory_of_a_session_does_not_grow_with_its_pushes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
