/* The client's session against this library's server: every way in, every
 * protection, every form of a long value. */
#include "tests/unit/dlms_ends.h"

#define OCTETS(s)                                                              \
    {                                                                          \
        (const uint8_t *)(s), sizeof(s) - 1                                    \
    }

static struct dlms_asked ask_blob(void)
{
    return (struct dlms_asked){ .target = { 1, blob_name, 2 } };
}

static struct dlms_asked set_blob(const uint8_t *at, size_t len)
{
    struct dlms_asked q = ask_blob();

    q.has_value = true;
    q.value.type = DLMS_OCTET_STRING;
    q.value.octets = (struct bytes){ at, len };
    return q;
}

static bool by_maker(void *ctx, bool by_client, struct bytes secret,
                     struct bytes challenge, struct dlms_proof *out)
{
    (void)ctx;
    out->len = 1 + secret.len;
    out->at[0] = (uint8_t)(challenge.at[0] ^ (by_client ? 0x55 : 0xAA));
    memcpy(out->at + 1, secret.at, secret.len);
    return true;
}

struct way {
    uint8_t mechanism, control;
    bool general, dedicated;
};

static void open_by(struct ends *t, struct way w, uint16_t pdu, bool gbt)
{
    struct dlms_access access = { .mechanism = w.mechanism,
                                  .secret = OCTETS("12345678"),
                                  .challenge = OCTETS("client-challenge"),
                                  .hls = by_maker };
    struct dlms_server_settings settings = { .mechanism = w.mechanism,
                                             .secret = OCTETS("12345678"),
                                             .challenge =
                                                 OCTETS("server-challenge!"),
                                             .general_blocks = gbt,
                                             .max_pdu = pdu,
                                             .answer_pdu = pdu,
                                             .hls = by_maker };

    if (w.mechanism == DLMS_LOWEST)
        access.secret = settings.secret = (struct bytes){ 0 };
    access.security = ends_security(true, w.control);
    access.security.general = w.general;
    access.security.has_dedicated = w.dedicated;
    memcpy(access.security.dedicated, "dedicated-key-16", 16);
    settings.security = ends_security(false, w.control);
    settings.security.general = w.general;
    ends_connect(t, &access, settings);
    assert_int_equal(ends_talk(t), ERR_OK);
    assert_int_equal(t->heard.event, DLMS_SESSION_OPEN);
    assert_true(dlms_server_associated(t->server));
}

static void close_ends(struct ends *t)
{
    dlms_out_init(&t->out, t->a);
    assert_int_equal(dlms_session_close(t->client, &t->out), ERR_OK);
    assert_int_equal(ends_talk(t), ERR_OK);
    assert_int_equal(t->heard.event, DLMS_SESSION_CLOSED);
    assert_true(dlms_session_is_over(t->client));
    assert_true(dlms_server_released(t->server));
    dlms_session_free(t->client);
    dlms_server_free(t->server);
    t->client = NULL;
    t->server = NULL;
}

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

static const struct way plain = { 0, 0, false, false };
static const struct way ciphered = { DLMS_HLS_GMAC, 0x30, true, true };

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
    long_values(*state, plain, 500, false);
    long_values(*state, plain, 130, false);
    long_values(*state, ciphered, 200, false);
}

static void long_values_go_in_general_blocks_both_ways(void **state)
{
    long_values(*state, plain, 500, true);
    long_values(*state, ciphered, 300, true);
}

static void an_archive_of_forty_thousand_values_arrives(struct ends *t,
                                                        bool gbt)
{
    const struct dlms_asked q = { .target = { 7, rows_name, 2 } };

    t->rows = 40000;
    open_by(t, plain, 1000, gbt);
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
    open_by(t, plain, 0, false);
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
    open_by(t, plain, 150, false);
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
    open_by(t, plain, 0, false);
    assert_int_equal(ends_ask(t, DLMS_SERVICE_GET, &q, 1), ERR_OK);
    assert_int_equal(t->selector, 2);
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

    for (uint8_t m = DLMS_HLS_MD5; m <= DLMS_HLS_SHA256; m++) {
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
    struct dlms_access access = { .mechanism = DLMS_HLS,
                                  .challenge = OCTETS("12345678") };
    struct dlms_out o;

    dlms_out_init(&o, t->a);
    t->client = dlms_session_new(&access);
    assert_int_equal(dlms_session_open(t->client, &o), ERR_INVALID);
    assert_string_equal(err_reason(),
                        "HLS of the manufacturer is not possible");
    dlms_session_free(t->client);
    access.mechanism = DLMS_HLS_ECDSA;
    t->client = dlms_session_new(&access);
    assert_int_equal(dlms_session_open(t->client, &o), ERR_INVALID);
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
        TEST(a_service_that_was_not_agreed_on_is_refused),
        TEST(a_selection_arrives),
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
        TEST(a_protected_release_is_understood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
