/* The client's side of an association, played against written answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/dlms/session.h"

static const struct obis valve = { { 0, 0, 96, 3, 10, 255 } };

struct play {
    struct arena *a;
    struct dlms_session *session;
    struct dlms_heard heard;
    struct dlms_out out; /* what the client sent last */
};

static int setup(void **state)
{
    static struct play play;

    play = (struct play){ .a = arena_new() };
    *state = &play;
    return 0;
}

static int teardown(void **state)
{
    struct play *p = *state;

    dlms_session_free(p->session);
    arena_free(p->a);
    return 0;
}

static struct dlms_apdu sent(struct play *p)
{
    struct dlms_apdu apdu;

    assert_int_equal(dlms_apdu_read(p->a, dlms_out_bytes(&p->out), &apdu),
                     ERR_OK);
    return apdu;
}

static void start(struct play *p, const char *password)
{
    const struct dlms_access access = {
        .mechanism = password[0] != '\0' ? DLMS_LLS : DLMS_LOWEST,
        .secret = { (const uint8_t *)password, strlen(password) },
    };

    dlms_session_free(p->session);
    p->session = dlms_session_new(&access);
    dlms_out_init(&p->out, p->a);
    assert_int_equal(dlms_session_open(p->session, &p->out), ERR_OK);
}

static enum err hears(struct play *p, const struct dlms_apdu *apdu)
{
    struct dlms_out o;

    dlms_out_init(&o, p->a);
    dlms_out_init(&p->out, p->a);
    assert_int_equal(dlms_apdu_put(&o, apdu), ERR_OK);
    return dlms_session_hear(p->session, dlms_out_bytes(&o), &p->heard,
                             &p->out);
}

static struct dlms_apdu accepted(void)
{
    struct dlms_apdu r = { .tag = DLMS_AARE };

    r.aare.context = DLMS_LN;
    r.aare.has_initiate = true;
    r.aare.initiate = (struct dlms_initiate){ .version = 6, .max_pdu = 500 };
    return r;
}

static void let_in(struct play *p)
{
    struct dlms_apdu r = accepted();

    start(p, "");
    assert_int_equal(hears(p, &r), ERR_OK);
    assert_int_equal(p->heard.event, DLMS_SESSION_OPEN);
}

static void close_valve(struct play *p)
{
    struct dlms_asked q = { .target = { 70, valve, 1 }, .has_value = true };

    q.value.type = DLMS_INTEGER;
    dlms_out_init(&p->out, p->a);
    assert_int_equal(
        dlms_session_ask(p->session, DLMS_SERVICE_ACTION, &q, 1, &p->out),
        ERR_OK);
}

static void read_valve(struct play *p)
{
    const struct dlms_asked q = { .target = { 70, valve, 3 } };

    dlms_out_init(&p->out, p->a);
    assert_int_equal(
        dlms_session_ask(p->session, DLMS_SERVICE_GET, &q, 1, &p->out), ERR_OK);
}

/* To the request that is out. */
static struct dlms_apdu acted(struct play *p, uint8_t result)
{
    struct dlms_apdu r = { .tag = DLMS_ACTION_RESPONSE };

    r.response.invoke = sent(p).request.invoke;
    r.response.result = result;
    return r;
}

static struct dlms_apdu state_is(struct play *p, uint8_t value)
{
    struct dlms_apdu r = { .tag = DLMS_GET_RESPONSE };

    r.response.invoke = sent(p).request.invoke;
    r.response.has_value = true;
    r.response.value.type = DLMS_ENUM;
    r.response.value.u = value;
    return r;
}

static void a_valve_is_closed_and_its_state_read(void **state)
{
    struct play *p = *state;
    struct dlms_apdu q;

    start(p, "secret");
    q = sent(p);
    assert_int_equal(q.tag, DLMS_AARQ);
    assert_int_equal(q.aarq.mechanism, DLMS_LLS);
    assert_memory_equal(q.aarq.password.at, "secret", 6);

    q = accepted();
    assert_int_equal(hears(p, &q), ERR_OK);
    assert_int_equal(p->heard.event, DLMS_SESSION_OPEN);
    assert_int_equal(dlms_session_agreed(p->session).max_pdu, 500);
    assert_int_equal(p->out.len, 0);

    close_valve(p);
    q = sent(p);
    assert_int_equal(q.tag, DLMS_ACTION_REQUEST);
    assert_int_equal(q.request.target.class_id, 70);
    assert_true(obis_same(q.request.target.name, valve));
    assert_true(q.request.has_value);
    q = acted(p, DLMS_SUCCESS);
    assert_int_equal(hears(p, &q), ERR_OK);
    assert_int_equal(p->heard.event, DLMS_SESSION_ANSWERED);

    read_valve(p);
    assert_int_equal(sent(p).tag, DLMS_GET_REQUEST);
    q = state_is(p, 0);
    assert_int_equal(hears(p, &q), ERR_OK);
    assert_true(p->heard.answers[0].has_value);
    assert_int_equal(p->heard.answers[0].value.u, 0);

    dlms_out_init(&p->out, p->a);
    assert_int_equal(dlms_session_close(p->session, &p->out), ERR_OK);
    assert_int_equal(sent(p).tag, DLMS_RLRQ);
    q = (struct dlms_apdu){ .tag = DLMS_RLRE };
    assert_int_equal(hears(p, &q), ERR_OK);
    assert_int_equal(p->heard.event, DLMS_SESSION_CLOSED);
    assert_true(dlms_session_is_over(p->session));
    assert_int_equal(p->out.len, 0);
}

static void without_a_password_there_is_no_mechanism(void **state)
{
    struct play *p = *state;

    start(p, "");
    assert_int_equal(sent(p).aarq.mechanism, DLMS_LOWEST);
}

static void a_refused_association_ends_it(void **state)
{
    struct play *p = *state;
    struct dlms_apdu q = accepted();

    start(p, "wrong");
    q.aare.result = DLMS_REJECTED_PERMANENT;
    q.aare.diagnostic = DLMS_DIAGNOSTIC_AUTHENTICATION_FAILURE;
    q.aare.has_initiate = false;
    assert_int_equal(hears(p, &q), ERR_OK);
    assert_int_equal(p->heard.event, DLMS_SESSION_REFUSED);
    assert_string_equal(p->heard.why, "authentication-failure");
    assert_int_equal(p->out.len, 0);
    assert_true(dlms_session_is_over(p->session));
}

static void a_failed_step_is_reported_and_the_next_one_goes(void **state)
{
    struct play *p = *state;
    struct dlms_apdu q;

    let_in(p);
    close_valve(p);
    q = acted(p, DLMS_READ_WRITE_DENIED);
    assert_int_equal(hears(p, &q), ERR_OK);
    assert_int_equal(p->heard.answers[0].result, DLMS_READ_WRITE_DENIED);
    assert_string_equal(p->heard.why, "read-write-denied");
    read_valve(p);
    assert_int_equal(sent(p).tag, DLMS_GET_REQUEST);
}

static void every_request_has_an_invoke_id_of_its_own(void **state)
{
    struct play *p = *state;
    struct dlms_apdu q;
    uint8_t first;

    let_in(p);
    close_valve(p);
    first = sent(p).request.invoke & 0x0F;
    q = acted(p, DLMS_SUCCESS);
    assert_int_equal(hears(p, &q), ERR_OK);
    read_valve(p);
    assert_int_not_equal(sent(p).request.invoke & 0x0F, first);
}

static void an_answer_to_another_request_is_refused(void **state)
{
    struct play *p = *state;
    struct dlms_apdu q;

    let_in(p);
    close_valve(p);
    q = acted(p, DLMS_SUCCESS);
    q.response.invoke ^= 0x02;
    assert_int_equal(hears(p, &q), ERR_PROTOCOL);
}

static void an_answer_of_another_kind_is_refused(void **state)
{
    struct play *p = *state;
    struct dlms_apdu q = { .tag = DLMS_ACTION_RESPONSE };

    start(p, "");
    assert_int_equal(hears(p, &q), ERR_PROTOCOL);
    let_in(p);
    close_valve(p);
    q = state_is(p, 1);
    assert_int_equal(hears(p, &q), ERR_PROTOCOL);
    let_in(p);
    close_valve(p);
    q = (struct dlms_apdu){ .tag = DLMS_RLRE };
    assert_int_equal(hears(p, &q), ERR_PROTOCOL);
}

static void a_push_in_between_changes_nothing(void **state)
{
    struct play *p = *state;
    struct dlms_apdu q = { .tag = DLMS_DATA_NOTIFICATION };

    start(p, "");
    assert_int_equal(hears(p, &q), ERR_OK);
    assert_int_equal(p->heard.event, DLMS_SESSION_PUSH);
    assert_int_equal(p->out.len, 0);
    q = accepted();
    assert_int_equal(hears(p, &q), ERR_OK);
    assert_int_equal(p->heard.event, DLMS_SESSION_OPEN);
}

/* One question is out at a time; nothing is asked, or left, in between. */
static void the_answer_comes_before_the_next_question(void **state)
{
    const struct dlms_asked q = { .target = { 70, valve, 3 } };
    struct play *p = *state;
    struct dlms_out o;

    dlms_out_init(&o, p->a);
    start(p, "");
    assert_int_equal(dlms_session_ask(p->session, DLMS_SERVICE_GET, &q, 1, &o),
                     ERR_INVALID);
    let_in(p);
    read_valve(p);
    assert_int_equal(dlms_session_ask(p->session, DLMS_SERVICE_GET, &q, 1, &o),
                     ERR_INVALID);
    assert_int_equal(dlms_session_close(p->session, &o), ERR_INVALID);
    assert_int_equal(o.len, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_valve_is_closed_and_its_state_read),
        TEST(without_a_password_there_is_no_mechanism),
        TEST(a_refused_association_ends_it),
        TEST(a_failed_step_is_reported_and_the_next_one_goes),
        TEST(every_request_has_an_invoke_id_of_its_own),
        TEST(an_answer_to_another_request_is_refused),
        TEST(an_answer_of_another_kind_is_refused),
        TEST(a_push_in_between_changes_nothing),
        TEST(the_answer_comes_before_the_next_question),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
