/* A ciphered session over an HDLC link: both state machines of both ends, and
 * a line that loses one frame in eight, each time others. */
#include "tests/unit/dlms_ends.h"

#include "lib/dlms/link.h"

struct stack {
    struct ends ends;
    struct dlms_link *client, *server;
    struct dlms_out to_server, to_client;
    uint32_t chance; /* 0: nothing is lost */
};

static const struct dlms_address client_at = { 48, 0, 1 };
static const struct dlms_address server_at = { 1, 1234, 4 };

static int setup(void **state)
{
    static struct stack st;

    st = (struct stack){ .ends = { .a = arena_new() } };
    *state = &st;
    return 0;
}

static int teardown(void **state)
{
    struct stack *st = *state;

    dlms_link_free(st->client);
    dlms_link_free(st->server);
    dlms_session_free(st->ends.client);
    dlms_server_free(st->ends.server);
    arena_free(st->ends.a);
    return 0;
}

static void to_session(struct stack *st, struct bytes apdu)
{
    struct dlms_out out;

    dlms_out_init(&out, st->ends.a);
    assert_int_equal(
        dlms_session_hear(st->ends.client, apdu, &st->ends.heard, &out),
        ERR_OK);
    if (out.len > 0)
        assert_int_equal(
            dlms_link_send(st->client, dlms_out_bytes(&out), &st->to_server),
            ERR_OK);
}

static void to_meter(struct stack *st, struct bytes apdu)
{
    struct dlms_out out;

    dlms_out_init(&out, st->ends.a);
    assert_int_equal(dlms_server_hear(st->ends.server, apdu, &out), ERR_OK);
    assert_true(out.len > 0);
    assert_int_equal(
        dlms_link_send(st->server, dlms_out_bytes(&out), &st->to_client),
        ERR_OK);
}

static bool is_lost(struct stack *st)
{
    if (st->chance == 0)
        return false;
    st->chance = st->chance * 1664525u + 1013904223u;
    return st->chance >> 29 == 0;
}

static void carry(struct stack *st, bool to_server)
{
    struct dlms_out *o = to_server ? &st->to_server : &st->to_client;
    struct bytes all = dlms_out_bytes(o);
    struct dlms_link_heard heard;

    dlms_out_init(o, st->ends.a);
    for (size_t at = 0; at < all.len;) {
        ssize_t n = dlms_frame_len(all.at + at, all.len - at);
        struct bytes f = { all.at + at, (size_t)n };

        assert_true(n > 0);
        at += (size_t)n;
        if (is_lost(st))
            continue;
        assert_int_equal(
            dlms_link_hear(to_server ? st->server : st->client, f, &heard,
                           to_server ? &st->to_client : &st->to_server),
            ERR_OK);
        if (heard.event == DLMS_LINK_APDU && to_server)
            to_meter(st, heard.apdu);
        else if (heard.event == DLMS_LINK_APDU)
            to_session(st, heard.apdu);
    }
}

static void run_until(struct stack *st, enum dlms_session_event awaited)
{
    for (int i = 0; i < 5000 && st->ends.heard.event != awaited; i++) {
        if (st->to_server.len == 0 && st->to_client.len == 0)
            assert_int_equal(dlms_link_again(st->client, &st->to_server),
                             ERR_OK);
        carry(st, true);
        carry(st, false);
    }
    assert_int_equal(st->ends.heard.event, awaited);
}

static void send(struct stack *st)
{
    st->ends.heard.event = DLMS_SESSION_GOES_ON;
    assert_int_equal(dlms_link_send(st->client, dlms_out_bytes(&st->ends.out),
                                    &st->to_server),
                     ERR_OK);
}

static void link_up(struct stack *st)
{
    struct dlms_link_settings how = { .ours = client_at,
                                      .theirs = server_at,
                                      .info_send = 128,
                                      .info_receive = 128,
                                      .window_send = 3,
                                      .window_receive = 3,
                                      .attempts = 9 };

    dlms_out_init(&st->to_server, st->ends.a);
    dlms_out_init(&st->to_client, st->ends.a);
    st->client = dlms_link_new(&how);
    how.is_server = true;
    how.ours = server_at;
    how.theirs = client_at;
    st->server = dlms_link_new(&how);
    assert_int_equal(dlms_link_connect(st->client, &st->to_server), ERR_OK);
    for (int i = 0; i < 9 && !dlms_link_is_connected(st->client); i++) {
        carry(st, true);
        carry(st, false);
        if (!dlms_link_is_connected(st->client))
            assert_int_equal(dlms_link_again(st->client, &st->to_server),
                             ERR_OK);
    }
    assert_true(dlms_link_is_connected(st->client));
}

static void a_conversation(struct stack *st)
{
    struct ends *t = &st->ends;
    struct dlms_access access = { .mechanism = DLMS_HLS_GMAC,
                                  .challenge = { (const uint8_t *)"12345678",
                                                 8 } };
    struct dlms_server_settings settings = {
        .mechanism = DLMS_HLS_GMAC,
        .challenge = { (const uint8_t *)"abcdefgh", 8 },
        .answer_pdu = 400,
    };
    const struct dlms_asked q = { .target = { 7, rows_name, 2 } };

    access.security = ends_security(true, 0x30);
    settings.security = ends_security(false, 0x30);
    t->rows = 700;
    link_up(st);
    ends_connect(t, &access, settings);
    send(st);
    run_until(st, DLMS_SESSION_OPEN);
    dlms_out_init(&t->out, t->a);
    assert_int_equal(
        dlms_session_ask(t->client, DLMS_SERVICE_GET, &q, 1, &t->out), ERR_OK);
    send(st);
    run_until(st, DLMS_SESSION_ANSWERED);
    assert_int_equal(t->heard.answers[0].value.list.n, 700);
    assert_int_equal(t->heard.answers[0].value.list.at[699].u, 699);
}

static void a_ciphered_session_travels_over_hdlc(void **state)
{
    a_conversation(*state);
}

static void lost_frames_change_nothing_for_the_session(void **state)
{
    struct stack *st = *state;

    for (uint32_t seed = 1; seed <= 40; seed++) {
        st->chance = seed;
        a_conversation(st);
        dlms_link_free(st->client);
        dlms_link_free(st->server);
        dlms_session_free(st->ends.client);
        dlms_server_free(st->ends.server);
        st->client = st->server = NULL;
        st->ends.client = NULL;
        st->ends.server = NULL;
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_ciphered_session_travels_over_hdlc),
        TEST(lost_frames_change_nothing_for_the_session),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
