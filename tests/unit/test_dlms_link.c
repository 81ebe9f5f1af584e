/* Two ends of an HDLC link over a line that loses, breaks and doubles frames;
 * and frames of real equipment. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/dlms/link.h"

static const struct dlms_address client_at = { 16, 0, 1 };
static const struct dlms_address server_at = { 1, 17, 2 };

struct line {
    struct arena *a;
    struct dlms_link *client, *server;
    unsigned frames;  /* that went over the line, both ways */
    unsigned lose;    /* the number of the frame that is lost; 0: none */
    unsigned corrupt; /* ... that is broken */
    unsigned twice;   /* ... that comes twice */
    struct dlms_out to_server, to_client;
    uint8_t got_server[9000], got_client[9000];
    size_t n_server, n_client;
    struct bytes reply; /* what the server answers an APDU with */
    enum dlms_link_event client_event, server_event;
};

static int setup(void **state)
{
    static struct line line;

    line = (struct line){ .a = arena_new() };
    *state = &line;
    return 0;
}

static void unplug(struct line *t)
{
    dlms_link_free(t->client);
    dlms_link_free(t->server);
    t->client = t->server = NULL;
    t->frames = 0;
}

static int teardown(void **state)
{
    struct line *t = *state;

    unplug(t);
    arena_free(t->a);
    return 0;
}

static void plug(struct line *t, struct dlms_link_settings how)
{
    how.ours = how.ours.octets != 0 ? how.ours : client_at;
    how.theirs = how.theirs.octets != 0 ? how.theirs : server_at;
    t->client = dlms_link_new(&how);
    how.is_server = true;
    t->server = dlms_link_new(&(struct dlms_link_settings){
        true, how.theirs, how.ours, how.info_receive, how.info_send,
        how.window_receive, how.window_send, 9 });
    dlms_out_init(&t->to_server, t->a);
    dlms_out_init(&t->to_client, t->a);
    t->n_server = t->n_client = 0;
}

static void one_frame(struct line *t, bool to_server, struct bytes f)
{
    struct dlms_link_heard heard;
    struct dlms_out *back = to_server ? &t->to_client : &t->to_server;

    assert_int_equal(
        dlms_link_hear(to_server ? t->server : t->client, f, &heard, back),
        ERR_OK);
    if (heard.event == DLMS_LINK_GOES_ON)
        return;
    if (to_server)
        t->server_event = heard.event;
    else
        t->client_event = heard.event;
    if (heard.event != DLMS_LINK_APDU)
        return;
    if (to_server) {
        memcpy(t->got_server, heard.apdu.at, heard.apdu.len);
        t->n_server = heard.apdu.len;
        assert_int_equal(dlms_link_send(t->server, t->reply, back), ERR_OK);
    } else {
        memcpy(t->got_client, heard.apdu.at, heard.apdu.len);
        t->n_client = heard.apdu.len;
    }
}

/* All frames of one direction, with what the line does to them. */
static void carry(struct line *t, bool to_server)
{
    struct dlms_out *o = to_server ? &t->to_server : &t->to_client;
    struct bytes all = dlms_out_bytes(o);

    dlms_out_init(o, t->a);
    for (size_t at = 0; at < all.len;) {
        ssize_t n = dlms_frame_len(all.at + at, all.len - at);
        uint8_t *f;

        assert_true(n > 0);
        f = arena_memdup(t->a, all.at + at, (size_t)n);
        at += (size_t)n;
        t->frames++;
        if (t->frames == t->lose)
            continue;
        if (t->frames == t->corrupt)
            f[5] ^= 0x40;
        one_frame(t, to_server, (struct bytes){ f, (size_t)n });
        if (t->frames == t->twice)
            one_frame(t, to_server, (struct bytes){ f, (size_t)n });
    }
}

/* Until the client knows; a silence is answered by its clock. */
static void run(struct line *t, enum dlms_link_event awaited)
{
    t->client_event = DLMS_LINK_GOES_ON;
    for (int i = 0; i < 2000 && t->client_event != awaited; i++) {
        if (t->to_server.len == 0 && t->to_client.len == 0)
            assert_int_equal(dlms_link_again(t->client, &t->to_server), ERR_OK);
        carry(t, true);
        carry(t, false);
    }
    assert_int_equal(t->client_event, awaited);
}

static void connect_ends(struct line *t)
{
    assert_int_equal(dlms_link_connect(t->client, &t->to_server), ERR_OK);
    run(t, DLMS_LINK_CONNECTED);
    assert_true(dlms_link_is_connected(t->client));
    assert_true(dlms_link_is_connected(t->server));
}

static void exchange(struct line *t, size_t there, size_t back)
{
    uint8_t *q = arena_alloc(t->a, there), *r = arena_alloc(t->a, back);

    for (size_t i = 0; i < there; i++)
        q[i] = (uint8_t)(i * 3 + there);
    for (size_t i = 0; i < back; i++)
        r[i] = (uint8_t)(i * 5 + back);
    t->reply = (struct bytes){ r, back };
    assert_int_equal(
        dlms_link_send(t->client, (struct bytes){ q, there }, &t->to_server),
        ERR_OK);
    run(t, DLMS_LINK_APDU);
    assert_int_equal(t->n_server, there);
    assert_memory_equal(t->got_server, q, there);
    assert_int_equal(t->n_client, back);
    assert_memory_equal(t->got_client, r, back);
}

static void disconnect(struct line *t)
{
    assert_int_equal(dlms_link_close(t->client, &t->to_server), ERR_OK);
    run(t, DLMS_LINK_CLOSED);
    assert_false(dlms_link_is_connected(t->client));
    assert_int_equal(t->server_event, DLMS_LINK_CLOSED);
    assert_false(dlms_link_is_connected(t->server));
}

static void every_address_window_and_length_carries_any_apdu(void **state)
{
    static const struct dlms_address at[] = { { 1, 0, 1 },
                                              { 1, 17, 2 },
                                              { 1, 16383, 4 } };
    static const uint16_t lengths[] = { 16, 128, 2030 };
    struct line *t = *state;

    for (size_t i = 0; i < 3; i++)
        for (uint8_t w = 1; w <= 7; w += 2)
            for (size_t l = 0; l < 3; l++) {
                plug(t, (struct dlms_link_settings){ .theirs = at[i],
                                                     .info_send = lengths[l],
                                                     .info_receive = lengths[l],
                                                     .window_send = w,
                                                     .window_receive = w });
                connect_ends(t);
                for (size_t n = 0; n < 20; n++) /* N(S) goes round */
                    exchange(t, n * 37 + 1, n * 53 + 1);
                exchange(t, 5000, 8000);
                disconnect(t);
                unplug(t);
            }
}

enum damage { LOST, BROKEN, DOUBLED };

/* Every single frame of a conversation, one after another. */
static void survives(struct line *t, enum damage d, uint8_t window)
{
    unsigned frames = 1;

    for (unsigned n = 0; n <= frames; n++) {
        t->lose = d == LOST ? n : 0;
        t->corrupt = d == BROKEN ? n : 0;
        t->twice = d == DOUBLED ? n : 0;
        plug(t, (struct dlms_link_settings){ .info_send = 64,
                                             .info_receive = 64,
                                             .window_send = window,
                                             .window_receive = window });
        connect_ends(t);
        exchange(t, 300, 500);
        exchange(t, 10, 10);
        disconnect(t);
        if (n == 0)
            frames = t->frames;
        unplug(t);
    }
    assert_true(frames > 10);
}

static void any_lost_frame_is_made_up_for(void **state)
{
    survives(*state, LOST, 1);
    survives(*state, LOST, 4);
}

static void any_broken_frame_is_made_up_for(void **state)
{
    survives(*state, BROKEN, 1);
    survives(*state, BROKEN, 4);
}

static void any_doubled_frame_changes_nothing(void **state)
{
    survives(*state, DOUBLED, 1);
    survives(*state, DOUBLED, 4);
}

static void the_smaller_of_both_ends_is_agreed_on(void **state)
{
    struct line *t = *state;

    plug(t, (struct dlms_link_settings){ .info_send = 500, .window_send = 5 });
    dlms_link_free(t->server);
    t->server =
        dlms_link_new(&(struct dlms_link_settings){ .is_server = true,
                                                    .ours = server_at,
                                                    .theirs = client_at,
                                                    .info_receive = 200,
                                                    .window_receive = 2 });
    connect_ends(t);
    assert_int_equal(dlms_link_info(t->client), 200);
    assert_int_equal(dlms_link_window(t->client), 2);
    assert_int_equal(dlms_link_info(t->server), 128);
    exchange(t, 1000, 1000);
}

static void hear_bytes(struct dlms_link *l, const uint8_t *at, size_t len,
                       struct dlms_link_heard *heard, struct dlms_out *out)
{
    assert_int_equal(dlms_frame_len(at, len), (ssize_t)len);
    assert_int_equal(dlms_link_hear(l, (struct bytes){ at, len }, heard, out),
                     ERR_OK);
}

/* SNRM without parameters, and the UA of a meter that takes 128 bytes. */
static void frames_of_real_equipment_are_understood(void **state)
{
    static const uint8_t snrm[] = { 0x7E, 0xA0, 0x07, 0x03, 0x21,
                                    0x93, 0x0F, 0x01, 0x7E };
    static const uint8_t ua[] = { 0x7E, 0xA0, 0x1E, 0x21, 0x03, 0x73, 0xC3,
                                  0x7A, 0x81, 0x80, 0x12, 0x05, 0x01, 0x80,
                                  0x06, 0x01, 0x80, 0x07, 0x04, 0x00, 0x00,
                                  0x00, 0x01, 0x08, 0x04, 0x00, 0x00, 0x00,
                                  0x01, 0x53, 0x3B, 0x7E };
    struct line *t = *state;
    struct dlms_link_heard heard;

    plug(t, (struct dlms_link_settings){ .theirs = { 1, 0, 1 },
                                         .info_send = 1000,
                                         .info_receive = 1000 });
    hear_bytes(t->server, snrm, sizeof(snrm), &heard, &t->to_client);
    assert_int_equal(heard.event, DLMS_LINK_CONNECTED);
    assert_int_equal(dlms_link_info(t->server), 128);
    assert_int_equal(dlms_link_connect(t->client, &t->to_server), ERR_OK);
    hear_bytes(t->client, ua, sizeof(ua), &heard, &t->to_server);
    assert_int_equal(heard.event, DLMS_LINK_CONNECTED);
    assert_int_equal(dlms_link_info(t->client), 128);
}

/* A request, and what a server that knows of no link says to it. */
static struct dlms_out disconnected_mode(struct line *t)
{
    const struct bytes x = { (const uint8_t *)"x", 1 };
    struct dlms_link_heard heard;
    struct dlms_out q, dm;

    plug(t, (struct dlms_link_settings){ 0 });
    connect_ends(t);
    dlms_link_free(t->server); /* the meter started anew */
    t->server = dlms_link_new(&(struct dlms_link_settings){
        .is_server = true, .ours = server_at, .theirs = client_at });
    dlms_out_init(&q, t->a);
    dlms_out_init(&dm, t->a);
    assert_int_equal(dlms_link_send(t->client, x, &q), ERR_OK);
    assert_int_equal(dlms_link_hear(t->server, dlms_out_bytes(&q), &heard, &dm),
                     ERR_OK);
    assert_int_equal(heard.event, DLMS_LINK_GOES_ON);
    return dm;
}

static void a_meter_that_started_anew_closes_the_link(void **state)
{
    struct line *t = *state;
    struct dlms_out dm = disconnected_mode(t);
    struct dlms_link_heard heard;

    assert_int_equal(
        dlms_link_hear(t->client, dlms_out_bytes(&dm), &heard, &t->to_server),
        ERR_OK);
    assert_int_equal(heard.event, DLMS_LINK_CLOSED);
    assert_false(dlms_link_is_connected(t->client));
}

static void a_meter_that_refuses_the_link_is_told(void **state)
{
    struct line *t = *state;
    struct dlms_out dm = disconnected_mode(t);
    struct dlms_link_heard heard;

    dlms_link_free(t->client);
    t->client = dlms_link_new(
        &(struct dlms_link_settings){ .ours = client_at, .theirs = server_at });
    assert_int_equal(dlms_link_connect(t->client, &t->to_server), ERR_OK);
    assert_int_equal(
        dlms_link_hear(t->client, dlms_out_bytes(&dm), &heard, &t->to_server),
        ERR_OK);
    assert_int_equal(heard.event, DLMS_LINK_REFUSED);
}

static void silence_is_given_up_after_some_attempts(void **state)
{
    struct line *t = *state;

    plug(t, (struct dlms_link_settings){ .attempts = 2 });
    assert_int_equal(dlms_link_connect(t->client, &t->to_server), ERR_OK);
    assert_int_equal(dlms_link_again(t->client, &t->to_server), ERR_OK);
    assert_int_equal(dlms_link_again(t->client, &t->to_server), ERR_OK);
    assert_int_equal(dlms_link_again(t->client, &t->to_server), ERR_PROTOCOL);
    assert_string_equal(err_reason(), "no answer after 2 attempts");
}

/* All frames of o to l but the first that holds information. */
static enum err all_but_the_first(struct line *t, struct dlms_link *l,
                                  struct dlms_out *o, struct dlms_out *back)
{
    struct bytes all = dlms_out_bytes(o);
    struct dlms_link_heard heard;
    struct dlms_frame f;
    bool lost = false;
    enum err e = ERR_OK;

    dlms_out_init(o, t->a);
    for (size_t at = 0; at < all.len && e == ERR_OK;) {
        ssize_t n = dlms_frame_len(all.at + at, all.len - at);
        struct bytes one = { all.at + at, (size_t)n };

        assert_int_equal(dlms_frame_read(one, &f), ERR_OK);
        at += (size_t)n;
        if (!lost && f.info.len > 0)
            lost = true;
        else
            e = dlms_link_hear(l, one, &heard, back);
    }
    return e;
}

static void a_frame_that_is_lost_for_ever_ends_it(void **state)
{
    const uint8_t much[200] = { 0 };
    struct line *t = *state;
    enum err e = ERR_OK;
    int turns = 0;

    plug(t, (struct dlms_link_settings){ .info_receive = 64,
                                         .window_receive = 4 });
    connect_ends(t);
    t->reply = (struct bytes){ much, sizeof(much) };
    assert_int_equal(dlms_link_send(t->client,
                                    (struct bytes){ (const uint8_t *)"x", 1 },
                                    &t->to_server),
                     ERR_OK);
    carry(t, true);
    while (e == ERR_OK && turns++ < 100) {
        e = all_but_the_first(t, t->client, &t->to_client, &t->to_server);
        if (e == ERR_OK)
            e = all_but_the_first(t, t->server, &t->to_server, &t->to_client);
    }
    assert_int_equal(e, ERR_PROTOCOL);
    assert_true(turns < 10);
}

static void frames_for_others_are_not_heard(void **state)
{
    struct line *t = *state;
    struct dlms_link_heard heard;
    struct dlms_link *other;
    struct dlms_out o;

    plug(t, (struct dlms_link_settings){ 0 });
    other = dlms_link_new(&(struct dlms_link_settings){ .ours = { 17, 0, 1 },
                                                        .theirs = server_at });
    dlms_out_init(&o, t->a);
    assert_int_equal(dlms_link_connect(other, &o), ERR_OK);
    assert_int_equal(
        dlms_link_hear(t->server, dlms_out_bytes(&o), &heard, &t->to_client),
        ERR_OK);
    assert_int_equal(t->to_client.len, 0);
    assert_false(dlms_link_is_connected(t->server));
    dlms_link_free(other);
}

static void a_push_in_ui_frames_comes_between(void **state)
{
    struct line *t = *state;
    struct dlms_link_heard heard;
    struct dlms_out o;

    plug(t, (struct dlms_link_settings){ 0 });
    connect_ends(t);
    dlms_out_init(&o, t->a);
    assert_int_equal(
        dlms_hdlc_put(&o, server_at, client_at, DLMS_LLC_RESPONSE,
                      (struct bytes){ (const uint8_t *)"push", 4 }),
        ERR_OK);
    assert_int_equal(
        dlms_link_hear(t->client, dlms_out_bytes(&o), &heard, &t->to_server),
        ERR_OK);
    assert_int_equal(heard.event, DLMS_LINK_PUSH);
    assert_memory_equal(heard.apdu.at, "push", 4);
    assert_int_equal(t->to_server.len, 0);
    exchange(t, 20, 20);
}

/* A server that goes on from before, to a client that began anew. */
static void what_was_never_sent_cannot_be_confirmed(void **state)
{
    const struct bytes x = { (const uint8_t *)"x", 1 };
    struct line *t = *state, fresh = { .a = t->a };
    struct dlms_link_heard heard;
    struct dlms_out q, r;

    plug(t, (struct dlms_link_settings){ 0 });
    connect_ends(t);
    for (int i = 0; i < 3; i++)
        exchange(t, 5, 5);
    dlms_out_init(&q, t->a);
    dlms_out_init(&r, t->a);
    assert_int_equal(dlms_link_send(t->client, x, &q), ERR_OK);
    assert_int_equal(dlms_link_hear(t->server, dlms_out_bytes(&q), &heard, &r),
                     ERR_OK);
    assert_int_equal(dlms_link_send(t->server, x, &r), ERR_OK);
    plug(&fresh, (struct dlms_link_settings){ 0 });
    connect_ends(&fresh);
    assert_int_equal(
        dlms_link_hear(fresh.client, dlms_out_bytes(&r), &heard, &q),
        ERR_PROTOCOL);
    unplug(&fresh);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_address_window_and_length_carries_any_apdu),
        TEST(any_lost_frame_is_made_up_for),
        TEST(any_broken_frame_is_made_up_for),
        TEST(any_doubled_frame_changes_nothing),
        TEST(the_smaller_of_both_ends_is_agreed_on),
        TEST(frames_of_real_equipment_are_understood),
        TEST(a_meter_that_started_anew_closes_the_link),
        TEST(a_meter_that_refuses_the_link_is_told),
        TEST(silence_is_given_up_after_some_attempts),
        TEST(a_frame_that_is_lost_for_ever_ends_it),
        TEST(frames_for_others_are_not_heard),
        TEST(a_push_in_ui_frames_comes_between),
        TEST(what_was_never_sent_cannot_be_confirmed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
