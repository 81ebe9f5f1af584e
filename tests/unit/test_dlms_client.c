/* The client's side of an association, played against written answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/dlms/client.h"

static const struct obis valve = { { 0, 0, 96, 3, 10, 255 } };
static struct dlms_value zero = { .type = DLMS_INTEGER };
static struct dlms_step steps[2];

struct play {
    struct arena *a;
    struct dlms_client client;
    struct dlms_reply reply;
    struct dlms_out out; /* what the client sent last */
};

static int setup(void **state)
{
    static struct play play;

    play = (struct play){ .a = arena_new() };
    steps[0] = (struct dlms_step){ .service = DLMS_SERVICE_ACTION,
                                   .target = { 70, valve, 1 },
                                   .value = &zero };
    steps[1] = (struct dlms_step){ .service = DLMS_SERVICE_GET,
                                   .target = { 70, valve, 3 } };
    *state = &play;
    return 0;
}

static int teardown(void **state)
{
    arena_free(((struct play *)*state)->a);
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
    dlms_out_init(&p->out, p->a);
    assert_int_equal(
        dlms_client_start(
            &p->client, steps, 2,
            (struct bytes){ (const uint8_t *)password, strlen(password) },
            &p->out),
        ERR_OK);
}

static enum err hears(struct play *p, const struct dlms_apdu *apdu)
{
    struct dlms_out o;

    dlms_out_init(&o, p->a);
    dlms_out_init(&p->out, p->a);
    assert_int_equal(dlms_apdu_put(&o, apdu), ERR_OK);
    return dlms_client_eat(&p->client, p->a, dlms_out_bytes(&o), &p->reply,
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

static struct dlms_apdu acted(struct play *p, uint8_t result)
{
    struct dlms_apdu r = { .tag = DLMS_ACTION_RESPONSE };

    r.response.invoke = p->client.invoke;
    r.response.result = result;
    return r;
}

static struct dlms_apdu state_is(struct play *p, uint8_t value)
{
    struct dlms_apdu r = { .tag = DLMS_GET_RESPONSE };

    r.response.invoke = p->client.invoke;
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
    assert_int_equal(p->reply.event, DLMS_EVENT_ASSOCIATED);
    assert_int_equal(p->client.server_max_pdu, 500);
    q = sent(p);
    assert_int_equal(q.tag, DLMS_ACTION_REQUEST);
    assert_int_equal(q.request.target.class_id, 70);
    assert_true(obis_same(q.request.target.name, valve));
    assert_true(q.request.has_value);

    q = acted(p, DLMS_SUCCESS);
    assert_int_equal(hears(p, &q), ERR_OK);
    assert_int_equal(p->reply.event, DLMS_EVENT_ANSWERED);
    assert_int_equal(p->reply.step, 0);
    assert_int_equal(sent(p).tag, DLMS_GET_REQUEST);

    q = state_is(p, 0);
    assert_int_equal(hears(p, &q), ERR_OK);
    assert_int_equal(p->reply.step, 1);
    assert_true(p->reply.has_value);
    assert_int_equal(p->reply.value.u, 0);
    assert_int_equal(sent(p).tag, DLMS_RLRQ);

    q = (struct dlms_apdu){ .tag = DLMS_RLRE };
    assert_int_equal(hears(p, &q), ERR_OK);
    assert_int_equal(p->reply.event, DLMS_EVENT_RELEASED);
    assert_int_equal(p->client.phase, DLMS_DONE);
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
    assert_int_equal(p->reply.event, DLMS_EVENT_REFUSED);
    assert_int_equal(p->reply.diagnostic,
                     DLMS_DIAGNOSTIC_AUTHENTICATION_FAILURE);
    assert_int_equal(p->out.len, 0);
    assert_int_equal(p->client.phase, DLMS_DONE);
}

static void a_failed_step_is_reported_and_the_next_one_goes(void **state)
{
    struct play *p = *state;
    struct dlms_apdu q = accepted();

    start(p, "");
    assert_int_equal(hears(p, &q), ERR_OK);
    q = acted(p, DLMS_READ_WRITE_DENIED);
    assert_int_equal(hears(p, &q), ERR_OK);
    assert_int_equal(p->reply.result, DLMS_READ_WRITE_DENIED);
    assert_int_equal(sent(p).tag, DLMS_GET_REQUEST);
    q = (struct dlms_apdu){ .tag = DLMS_EXCEPTION_RESPONSE };
    q.exception.state_error = 1;
    q.exception.service_error = 2;
    assert_int_equal(hears(p, &q), ERR_OK);
    assert_int_equal(p->reply.result, DLMS_OTHER_REASON);
    assert_int_equal(sent(p).tag, DLMS_RLRQ);
}

static void every_request_has_an_invoke_id_of_its_own(void **state)
{
    struct play *p = *state;
    struct dlms_apdu q = accepted();
    uint8_t first;

    start(p, "");
    assert_int_equal(hears(p, &q), ERR_OK);
    first = sent(p).request.invoke & 0x0F;
    q = acted(p, DLMS_SUCCESS);
    assert_int_equal(hears(p, &q), ERR_OK);
    assert_int_not_equal(sent(p).request.invoke & 0x0F, first);
}

static void an_answer_to_another_request_is_refused(void **state)
{
    struct play *p = *state;
    struct dlms_apdu q = accepted();

    start(p, "");
    assert_int_equal(hears(p, &q), ERR_OK);
    q = acted(p, DLMS_SUCCESS);
    q.response.invoke ^= 0x02;
    assert_int_equal(hears(p, &q), ERR_PROTOCOL);
}

static void an_answer_of_another_kind_is_refused(void **state)
{
    struct play *p = *state;
    struct dlms_apdu q = acted(p, DLMS_SUCCESS);

    start(p, "");
    assert_int_equal(hears(p, &q), ERR_PROTOCOL);
    q = accepted();
    assert_int_equal(hears(p, &q), ERR_OK);
    q = state_is(p, 1);
    assert_int_equal(hears(p, &q), ERR_PROTOCOL);
    q = (struct dlms_apdu){ .tag = DLMS_RLRE };
    assert_int_equal(hears(p, &q), ERR_PROTOCOL);
}

static void a_push_in_between_changes_nothing(void **state)
{
    struct play *p = *state;
    struct dlms_apdu q = { .tag = DLMS_DATA_NOTIFICATION };

    start(p, "");
    assert_int_equal(hears(p, &q), ERR_OK);
    assert_int_equal(p->reply.event, DLMS_EVENT_PUSH);
    assert_int_equal(p->client.phase, DLMS_ASSOCIATING);
    assert_int_equal(p->out.len, 0);
}

static void leaving_early_releases(void **state)
{
    struct play *p = *state;
    struct dlms_apdu q = accepted();

    start(p, "");
    assert_int_equal(hears(p, &q), ERR_OK);
    dlms_out_init(&p->out, p->a);
    assert_int_equal(dlms_client_release(&p->client, &p->out), ERR_OK);
    assert_int_equal(sent(p).tag, DLMS_RLRQ);
    assert_int_equal(p->client.phase, DLMS_RELEASING);
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
        TEST(leaving_early_releases),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
