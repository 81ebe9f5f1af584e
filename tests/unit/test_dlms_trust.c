/* Whom the two ends of a session believe: secrets, titles, counters, and what
 * must be protected. */
#include "tests/unit/dlms_ends.h"

/* What was kept of the last session is given to the next. */
static void a_session_begins_with_the_counters_of_the_last(void **state)
{
    struct ends *t = *state;
    struct dlms_access access = { .challenge = OCTETS("12345678") };
    struct dlms_server_settings settings = { 0 };
    struct dlms_security ours, theirs;

    access.security = ends_security(true, 0x30);
    access.security.has_dedicated = true;
    settings.security = ends_security(false, 0x30);
    for (int i = 0; i < 3; i++) {
        struct dlms_asked q = ask_blob();

        ends_connect(t, &access, settings);
        assert_int_equal(ends_talk(t), ERR_OK);
        assert_int_equal(ends_ask(t, DLMS_SERVICE_GET, &q, 1), ERR_OK);
        ours = *dlms_session_security(t->client);
        theirs = *dlms_server_security(t->server);
        assert_true(ours.counter > access.security.counter);
        assert_true(ours.heard_counter > access.security.heard_counter);
        close_ends(t);
        access.security = ours;
        settings.security = theirs;
        access.security.dedicated[0]++;
    }
    settings.security.counter = 5000; /* somebody plays the first again */
    ends_connect(t, &access, settings);
    assert_int_equal(ends_talk(t), ERR_PROTOCOL);
    assert_non_null(strstr(err_reason(), "a replay"));
}

static void without_a_mechanism_no_password_is_sent(void **state)
{
    struct ends *t = *state;
    const struct dlms_access access = { .secret = OCTETS("12345678") };
    struct dlms_apdu q;

    t->client = dlms_session_new(&access);
    dlms_out_init(&t->out, t->a);
    assert_int_equal(dlms_session_open(t->client, &t->out), ERR_OK);
    assert_int_equal(dlms_apdu_read(t->a, dlms_out_bytes(&t->out), &q), ERR_OK);
    assert_int_equal(q.aarq.password.len, 0);
}

static void refused_as(struct ends *t, const struct dlms_access *access,
                       const struct dlms_server_settings *settings,
                       const char *why)
{
    ends_connect(t, access, *settings);
    assert_int_equal(ends_talk(t), ERR_OK);
    assert_int_equal(t->heard.event, DLMS_SESSION_REFUSED);
    assert_string_equal(t->heard.why, why);
    assert_true(dlms_session_is_over(t->client));
    dlms_session_free(t->client);
    dlms_server_free(t->server);
    t->client = NULL;
    t->server = NULL;
}

static void a_refusal_to_let_in_has_the_meters_reason(void **state)
{
    struct ends *t = *state;
    struct dlms_access access = { .mechanism = DLMS_LLS,
                                  .secret = OCTETS("wrong") };
    struct dlms_server_settings settings = { .mechanism = DLMS_LLS,
                                             .secret = OCTETS("right") };

    refused_as(t, &access, &settings, "authentication-failure");
    settings.mechanism = DLMS_HLS_MD5;
    refused_as(t, &access, &settings,
               "authentication-mechanism-name-not-recognised");
    access.mechanism = DLMS_LOWEST;
    access.secret = (struct bytes){ 0 };
    refused_as(t, &access, &settings, "authentication-required");
    settings.mechanism = DLMS_LOWEST;
    settings.security = ends_security(false, 0x30);
    refused_as(t, &access, &settings, "application-context-name-not-supported");
    settings.security.control = 0;
    access.conformance = DLMS_CONFORMANCE_GET;
    settings.conformance = DLMS_CONFORMANCE_SET;
    refused_as(t, &access, &settings, "initiate: incompatible-conformance");
}

static void who_does_not_know_the_secret_is_refused_by_both(void **state)
{
    struct ends *t = *state;

    for (uint8_t m = DLMS_HLS; m <= DLMS_HLS_SHA256; m++) {
        struct dlms_access access = { .mechanism = m,
                                      .secret = OCTETS("secret"),
                                      .challenge = OCTETS("12345678") };
        struct dlms_server_settings settings = {
            .mechanism = m,
            .secret = OCTETS("another"),
            .challenge = OCTETS("abcdefgh"),
        };

        access.security = ends_security(true, 0);
        settings.security = ends_security(false, 0);
        settings.security.keys.authentication[0] ^= 1;
        refused_as(t, &access, &settings, "authentication-failure");
    }
}

/* A meter that lets anybody in must still prove itself. */
static void a_meter_without_the_secret_is_not_believed(void **state)
{
    static const struct dlms_proof wrong = { .len = 16 };
    struct ends *t = *state;
    struct dlms_access access = { .mechanism = DLMS_HLS_MD5,
                                  .secret = OCTETS("secret"),
                                  .challenge = OCTETS("12345678") };
    struct dlms_apdu aare = { .tag = DLMS_AARE };
    struct dlms_apdu answer = { .tag = DLMS_ACTION_RESPONSE };
    struct dlms_out o;

    aare.aare.context = DLMS_LN;
    aare.aare.mechanism = DLMS_HLS_MD5;
    aare.aare.challenge = (struct bytes)OCTETS("abcdefgh");
    aare.aare.has_initiate = true;
    aare.aare.initiate.version = 6;
    t->client = dlms_session_new(&access);
    dlms_out_init(&o, t->a);
    assert_int_equal(dlms_session_open(t->client, &o), ERR_OK);
    dlms_out_init(&o, t->a);
    assert_int_equal(dlms_apdu_put(&o, &aare), ERR_OK);
    dlms_out_init(&t->out, t->a);
    assert_int_equal(
        dlms_session_hear(t->client, dlms_out_bytes(&o), &t->heard, &t->out),
        ERR_OK);
    answer.response.invoke = t->out.at[2];
    answer.response.has_value = true;
    answer.response.value.type = DLMS_OCTET_STRING;
    answer.response.value.octets = (struct bytes){ wrong.at, wrong.len };
    dlms_out_init(&o, t->a);
    assert_int_equal(dlms_apdu_put(&o, &answer), ERR_OK);
    assert_int_equal(
        dlms_session_hear(t->client, dlms_out_bytes(&o), &t->heard, &t->out),
        ERR_OK);
    assert_int_equal(t->heard.event, DLMS_SESSION_REFUSED);
    assert_string_equal(t->heard.why, "the meter does not know the secret");
}

static void our_own_challenge_sent_back_is_refused(void **state)
{
    struct ends *t = *state;
    struct dlms_access access = { .mechanism = DLMS_HLS_SHA1,
                                  .secret = OCTETS("secret"),
                                  .challenge = OCTETS("12345678") };
    struct dlms_server_settings settings = { .mechanism = DLMS_HLS_SHA1,
                                             .secret = OCTETS("secret"),
                                             .challenge = OCTETS("12345678") };

    ends_connect(t, &access, settings);
    assert_int_equal(ends_talk(t), ERR_PROTOCOL);
    assert_non_null(strstr(err_reason(), "our own challenge"));
}

static void what_cannot_work_is_not_tried(void **state)
{
    struct ends *t = *state;
    struct dlms_access access = { .mechanism = DLMS_HLS_ECDSA,
                                  .challenge = OCTETS("12345678") };
    struct dlms_out o;

    dlms_out_init(&o, t->a);
    t->client = dlms_session_new(&access);
    assert_int_equal(dlms_session_open(t->client, &o), ERR_INVALID);
    assert_non_null(strstr(err_reason(), "is not possible"));
    dlms_session_free(t->client);
    access.mechanism = DLMS_HLS_MD5;
    access.challenge.len = 7;
    t->client = dlms_session_new(&access);
    assert_int_equal(dlms_session_open(t->client, &o), ERR_INVALID);
    dlms_session_free(t->client);
    access.mechanism = DLMS_HLS_GMAC; /* without a title of ours */
    access.challenge.len = 8;
    t->client = dlms_session_new(&access);
    assert_int_equal(dlms_session_open(t->client, &o), ERR_INVALID);
}

static void counters_grow_and_are_given_back(void **state)
{
    struct ends *t = *state;
    struct dlms_asked q = ask_blob();
    uint32_t before;

    open_by(t, (struct way){ DLMS_HLS_GMAC, 0x30, false, false }, 0, false);
    before = dlms_session_security(t->client)->counter;
    assert_true(before > 100);
    assert_int_equal(ends_ask(t, DLMS_SERVICE_GET, &q, 1), ERR_OK);
    assert_int_equal(dlms_session_security(t->client)->counter, before + 1);
    assert_true(dlms_session_security(t->client)->heard);
    assert_true(dlms_session_security(t->client)->heard_counter >= 5000);
    assert_memory_equal(dlms_session_security(t->client)->peer, server_title,
                        8);
}

static void no_counter_beyond_the_bound_is_used(void **state)
{
    struct ends *t = *state;
    struct dlms_access access = { 0 };
    struct dlms_server_settings settings = { 0 };
    struct dlms_asked q = ask_blob();

    access.security = ends_security(true, 0x30);
    access.security.counter_end = 102;
    settings.security = ends_security(false, 0x30);
    ends_connect(t, &access, settings);
    assert_int_equal(ends_talk(t), ERR_OK);
    assert_int_equal(ends_ask(t, DLMS_SERVICE_GET, &q, 1), ERR_OK);
    assert_int_equal(ends_ask(t, DLMS_SERVICE_GET, &q, 1), ERR_INVALID);
    assert_string_equal(err_reason(), "the invocation counters are used up");
}

/* The answer of the server to what the client sent last. */
static struct bytes server_says(struct ends *t)
{
    struct dlms_out *answer = arena_alloc(t->a, sizeof(*answer));

    dlms_out_init(answer, t->a);
    assert_int_equal(
        dlms_server_hear(t->server, dlms_out_bytes(&t->out), answer), ERR_OK);
    return dlms_out_bytes(answer);
}

static void an_answer_heard_before_is_refused(void **state)
{
    struct ends *t = *state;
    struct dlms_asked q = ask_blob();
    struct bytes old;

    open_by(t, (struct way){ DLMS_LLS, 0x30, false, false }, 0, false);
    dlms_out_init(&t->out, t->a);
    assert_int_equal(
        dlms_session_ask(t->client, DLMS_SERVICE_GET, &q, 1, &t->out), ERR_OK);
    old = server_says(t);
    dlms_out_init(&t->out, t->a);
    assert_int_equal(dlms_session_hear(t->client, old, &t->heard, &t->out),
                     ERR_OK);
    assert_int_equal(
        dlms_session_ask(t->client, DLMS_SERVICE_GET, &q, 1, &t->out), ERR_OK);
    assert_int_equal(dlms_session_hear(t->client, old, &t->heard, &t->out),
                     ERR_PROTOCOL);
    assert_non_null(strstr(err_reason(), "a replay"));
}

static void a_request_heard_before_is_refused_with_the_counter(void **state)
{
    struct ends *t = *state;
    struct dlms_asked q = { .target = { 70, valve_name, 1 } };
    struct dlms_out again;

    open_by(t, (struct way){ DLMS_LLS, 0x30, false, false }, 0, false);
    dlms_out_init(&t->out, t->a);
    assert_int_equal(
        dlms_session_ask(t->client, DLMS_SERVICE_ACTION, &q, 1, &t->out),
        ERR_OK);
    (void)server_says(t);
    dlms_out_init(&again, t->a);
    assert_int_equal(
        dlms_server_hear(t->server, dlms_out_bytes(&t->out), &again), ERR_OK);
    assert_int_equal(again.at[0], DLMS_EXCEPTION_RESPONSE);
    assert_int_equal(again.at[2], 6);
    assert_int_equal(t->acts, 1);
}

static void less_protection_than_agreed_is_refused(void **state)
{
    static const uint8_t bare[] = { 0xC4, 1, 0xC1, 0, 0x11, 5 };
    struct ends *t = *state;
    struct dlms_asked q = ask_blob();
    struct dlms_security weak;
    struct dlms_out o;

    open_by(t, (struct way){ DLMS_LLS, 0x30, false, false }, 0, false);
    assert_int_equal(
        dlms_session_ask(t->client, DLMS_SERVICE_GET, &q, 1, &t->out), ERR_OK);
    assert_int_equal(dlms_session_hear(t->client,
                                       (struct bytes){ bare, sizeof(bare) },
                                       &t->heard, &t->out),
                     ERR_PROTOCOL);
    assert_string_equal(err_reason(), "C4 came unprotected");
    dlms_session_free(t->client);
    dlms_server_free(t->server);
    open_by(t, (struct way){ DLMS_LLS, 0x30, false, false }, 0, false);
    assert_int_equal(
        dlms_session_ask(t->client, DLMS_SERVICE_GET, &q, 1, &t->out), ERR_OK);
    weak = *dlms_server_security(t->server);
    weak.control = 0x20;
    dlms_out_init(&o, t->a);
    assert_int_equal(
        dlms_security_wrap(&weak, (struct bytes){ bare, sizeof(bare) }, &o),
        ERR_OK);
    assert_int_equal(
        dlms_session_hear(t->client, dlms_out_bytes(&o), &t->heard, &t->out),
        ERR_PROTOCOL);
    assert_string_equal(err_reason(), "protected by 20, 30 was agreed on");
}

static void a_meter_of_another_title_is_refused(void **state)
{
    struct ends *t = *state;
    struct dlms_access access = { 0 };
    struct dlms_server_settings settings = { 0 };

    access.security = ends_security(true, 0x30);
    access.security.has_peer = true;
    memcpy(access.security.peer, "ANOTHER!", 8);
    settings.security = ends_security(false, 0x30);
    ends_connect(t, &access, settings);
    assert_int_equal(ends_talk(t), ERR_PROTOCOL);
    assert_string_equal(err_reason(), "another system title than known");
}

/* A meter whose counter is ahead says so instead of an AARE. */
static void an_exception_instead_of_an_aare_has_the_counter(void **state)
{
    static const uint8_t ahead[] = { 0xD8, 1, 6, 0, 0, 0x10, 0 };
    struct ends *t = *state;
    const struct dlms_access access = { 0 };

    t->client = dlms_session_new(&access);
    dlms_out_init(&t->out, t->a);
    assert_int_equal(dlms_session_open(t->client, &t->out), ERR_OK);
    assert_int_equal(dlms_session_hear(t->client,
                                       (struct bytes){ ahead, sizeof(ahead) },
                                       &t->heard, &t->out),
                     ERR_OK);
    assert_int_equal(t->heard.event, DLMS_SESSION_REFUSED);
    assert_string_equal(t->heard.why,
                        "service-not-allowed, invocation-counter-error");
    assert_true(t->heard.has_exception);
    assert_int_equal(t->heard.exception.counter, 0x1000);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, ends_setup, ends_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_session_begins_with_the_counters_of_the_last),
        TEST(without_a_mechanism_no_password_is_sent),
        TEST(a_refusal_to_let_in_has_the_meters_reason),
        TEST(who_does_not_know_the_secret_is_refused_by_both),
        TEST(a_meter_without_the_secret_is_not_believed),
        TEST(our_own_challenge_sent_back_is_refused),
        TEST(what_cannot_work_is_not_tried),
        TEST(counters_grow_and_are_given_back),
        TEST(no_counter_beyond_the_bound_is_used),
        TEST(an_answer_heard_before_is_refused),
        TEST(a_request_heard_before_is_refused_with_the_counter),
        TEST(less_protection_than_agreed_is_refused),
        TEST(a_meter_of_another_title_is_refused),
        TEST(an_exception_instead_of_an_aare_has_the_counter),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
