/* Framings: recognised, checked, assembled from parts, written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/dlms/frame.h"

#define BYTES(...)                                                             \
    ((struct bytes){ (const uint8_t[]){ __VA_ARGS__ },                         \
                     sizeof((const uint8_t[]){ __VA_ARGS__ }) })

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

static struct dlms_frame read_one(struct bytes b)
{
    struct dlms_frame f;

    assert_int_equal(dlms_frame_len(b.at, b.len), b.len);
    assert_int_equal(dlms_frame_read(b, &f), ERR_OK);
    return f;
}

static void assert_not_ours(struct bytes b, const char *why)
{
    assert_int_equal(dlms_frame_len(b.at, b.len), -1);
    assert_non_null(strstr(err_reason(), why));
}

static const struct bytes confirm = {
    (const uint8_t[]){ 0x10, 0x40, 0, 0, 1, 0 }, 6
};

/* A captured frame (amshan, test_hdlc.py): client 32 hears server 4.65. */
static const uint8_t captured[] = {
    0x7E, 0xA0, 0x2A, 0x41, 0x08, 0x83, 0x13, 0x04, 0x13, 0xE6, 0xE7,
    0x00, 0x0F, 0x40, 0x00, 0x00, 0x00, 0x00, 0x01, 0x01, 0x02, 0x03,
    0x09, 0x06, 0x01, 0x00, 0x01, 0x07, 0x00, 0xFF, 0x06, 0x00, 0x00,
    0x06, 0x7D, 0x02, 0x02, 0x0F, 0x00, 0x16, 0x1B, 0x1C, 0x05, 0x7E
};

static void a_wrapper_is_read_with_both_ports(void **state)
{
    struct dlms_frame f =
        read_one(BYTES(0, 1, 0, 1, 0, 0x66, 0, 2, 0x63, 0x00));

    assert_int_equal(f.framing, DLMS_FRAMING_WRAPPER);
    assert_int_equal(f.source.lower, 1);
    assert_int_equal(f.destination.lower, 102);
    assert_int_equal(f.info.len, 2);
    assert_true(f.last);
    assert_string_equal(dlms_line_address(*state, &f), "wrapper/1");
}

static void half_a_frame_asks_for_more(void **state)
{
    static const uint8_t wrapper[] = { 0, 1, 0, 1, 0, 16, 0, 2, 0x63, 0 };
    static const uint8_t mbus[] = { 0x68, 6, 6,    0x68, 0x53, 0xFF,
                                    0x10, 1, 0x67, 0x63, 0x2D, 0x16 };

    (void)state;
    for (size_t n = 0; n < sizeof(wrapper); n++)
        assert_int_equal(dlms_frame_len(wrapper, n), 0);
    for (size_t n = 0; n < sizeof(captured); n++)
        assert_int_equal(dlms_frame_len(captured, n), 0);
    for (size_t n = 0; n < sizeof(mbus); n++)
        assert_int_equal(dlms_frame_len(mbus, n), 0);
}

static void three_frames_in_one_read_are_three(void **state)
{
    static const uint8_t three[] = { 0, 1, 0, 1, 0, 1, 0,    1,    0x0A, 0,   1,
                                     0, 1, 0, 1, 0, 2, 0x0B, 0x0C, 0x7E, 0x7E };

    (void)state;
    assert_int_equal(dlms_frame_len(three, sizeof(three)), 9);
    assert_int_equal(dlms_frame_len(three + 9, sizeof(three) - 9), 10);
    assert_int_equal(dlms_frame_len(three + 19, sizeof(three) - 19), 0);
}

static void what_is_no_frame_is_refused_at_once(void **state)
{
    (void)state;
    assert_not_ours(BYTES('G'), "no framing starts with 47");
    assert_not_ours(BYTES(0, 2), "wrapper version 2");
    assert_not_ours(BYTES(0, 1, 0, 1, 0, 1, 0xFF, 0xFF), "are the most");
    assert_not_ours(BYTES(0x7E, 0x12, 0x34), "not type 3");
    assert_not_ours(BYTES(0x7E, 0xA0, 0x02), "not type 3");
    assert_not_ours(BYTES(0x68, 5, 6, 0x68), "not an M-Bus long frame");
}

static void a_frame_just_within_the_cap_is_taken(void **state)
{
    uint8_t b[DLMS_FRAME_MAX] = { 0, 1, 0, 1, 0, 1 };

    (void)state;
    be16_put(b + 6, DLMS_FRAME_MAX - DLMS_WRAPPER_LEN);
    assert_int_equal(dlms_frame_len(b, sizeof(b)), DLMS_FRAME_MAX);
    be16_put(b + 6, DLMS_FRAME_MAX - DLMS_WRAPPER_LEN + 1);
    assert_int_equal(dlms_frame_len(b, sizeof(b)), -1);
}

static void an_hdlc_frame_is_read_with_its_addresses(void **state)
{
    struct dlms_frame f =
        read_one((struct bytes){ captured, sizeof(captured) });

    assert_int_equal(f.destination.upper, 32);
    assert_int_equal(f.destination.octets, 1);
    assert_int_equal(f.source.upper, 4);
    assert_int_equal(f.source.lower, 65);
    assert_int_equal(f.control, 0x13);
    assert_string_equal(dlms_line_address(*state, &f), "hdlc/4.65");
}

static void one_wrong_bit_anywhere_in_hdlc_is_noticed(void **state)
{
    uint8_t b[sizeof(captured)];
    struct dlms_frame f;

    (void)state;
    /* not the flags, and not the length, which would ask for more */
    for (size_t i = 3; i < sizeof(b) - 1; i++) {
        memcpy(b, captured, sizeof(b));
        b[i] ^= 0x10;
        assert_int_equal(dlms_frame_read((struct bytes){ b, sizeof(b) }, &f),
                         ERR_PROTOCOL);
        assert_non_null(strstr(err_reason(), "check"));
    }
}

/* CRC-16 of X.25, written apart from the library's. */
static void seal(uint8_t *b, size_t from, size_t to)
{
    unsigned crc = 0xFFFF;

    for (size_t i = from; i < to; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            unsigned x = (crc ^ (unsigned)b[i] >> bit) & 1;

            crc = x != 0 ? crc >> 1 ^ 0x8408 : crc >> 1;
        }
    b[to] = (uint8_t)~crc;
    b[to + 1] = (uint8_t)(~crc >> 8);
}

static void
a_wrong_header_check_is_noticed_though_the_frame_check_stands(void **state)
{
    uint8_t b[sizeof(captured)];
    struct dlms_frame f;

    (void)state;
    memcpy(b, captured, sizeof(b));
    seal(b, 1, sizeof(b) - 3);
    assert_memory_equal(b, captured, sizeof(b));
    b[7] ^= 1;
    seal(b, 1, sizeof(b) - 3);
    assert_int_equal(dlms_frame_read((struct bytes){ b, sizeof(b) }, &f),
                     ERR_PROTOCOL);
    assert_non_null(strstr(err_reason(), "wrong HDLC header check"));
}

static void hdlc_frames_may_share_a_flag(void **state)
{
    uint8_t two[2 * sizeof(captured) - 1];
    struct dlms_frame f;
    ssize_t n;

    (void)state;
    memcpy(two, captured, sizeof(captured));
    memcpy(two + sizeof(captured), captured + 1, sizeof(captured) - 1);
    n = dlms_frame_len(two, sizeof(two));
    assert_int_equal(n, sizeof(captured) - 1);
    assert_int_equal(dlms_frame_read((struct bytes){ two, (size_t)n }, &f),
                     ERR_OK);
    assert_int_equal(dlms_frame_len(two + n, sizeof(two) - (size_t)n),
                     sizeof(captured));
    /* or the flag came with the first read and is gone */
    assert_int_equal(dlms_frame_len(captured + 1, sizeof(captured) - 1),
                     sizeof(captured) - 1);
}

static void flags_between_frames_are_passed_over(void **state)
{
    uint8_t b[sizeof(captured) + 3];
    struct dlms_frame f;

    (void)state;
    memset(b, 0x7E, 3);
    memcpy(b + 3, captured, sizeof(captured));
    assert_int_equal(dlms_frame_len(b, sizeof(b)), sizeof(b));
    assert_int_equal(dlms_frame_read((struct bytes){ b, sizeof(b) }, &f),
                     ERR_OK);
    assert_int_equal(f.info.at[0], 0xE6);
}

static void an_hdlc_apdu_arrives_without_llc(void **state)
{
    struct dlms_frame f =
        read_one((struct bytes){ captured, sizeof(captured) });
    struct dlms_assembler as = { 0 };
    struct bytes apdu;
    bool whole;

    assert_int_equal(dlms_assemble(&as, *state, &f, &apdu, &whole), ERR_OK);
    assert_true(whole);
    assert_int_equal(apdu.at[0], 0x0F);
    assert_true(apdu.at == captured + 12);
}

/* All the frames in o, assembled. */
static struct bytes assemble_all(struct arena *a, const struct dlms_out *o,
                                 size_t *frames)
{
    struct dlms_assembler as = { 0 };
    struct bytes apdu = { 0 };
    bool whole = false;

    for (size_t at = 0; at < o->len; ++*frames) {
        ssize_t n = dlms_frame_len(o->at + at, o->len - at);
        struct dlms_frame f;

        assert_true(n > 0 && !whole);
        assert_int_equal(
            dlms_frame_read((struct bytes){ o->at + at, (size_t)n }, &f),
            ERR_OK);
        assert_int_equal(dlms_assemble(&as, a, &f, &apdu, &whole), ERR_OK);
        at += (size_t)n;
    }
    assert_true(whole);
    return apdu;
}

static void a_long_apdu_goes_in_hdlc_segments_and_comes_back(void **state)
{
    const struct dlms_address meter = { 1, 4660, 4 }, client = { 32, 0, 1 };
    uint8_t sent[5000];
    struct bytes got;
    struct dlms_out o;
    size_t frames = 0;

    /* LLC-like bytes everywhere: only the first may be taken off */
    for (size_t i = 0; i < sizeof(sent); i++)
        sent[i] = (const uint8_t[]){ 0xE6, 0xE7, 0x00, 0x7E }[i % 4];
    dlms_out_init(&o, *state);
    assert_int_equal(dlms_hdlc_put(&o, meter, client, DLMS_LLC_RESPONSE,
                                   (struct bytes){ sent, sizeof(sent) }),
                     ERR_OK);
    got = assemble_all(*state, &o, &frames);
    assert_int_equal(frames, 3);
    assert_int_equal(got.len, sizeof(sent));
    assert_memory_equal(got.at, sent, sizeof(sent));
}

static void the_longest_apdu_fits_with_its_llc(void **state)
{
    static const uint8_t longest[DLMS_APDU_MAX + 1];
    const struct dlms_address meter = { 1, 17, 2 }, client = { 16, 0, 1 };
    struct dlms_out o;
    size_t frames = 0;

    dlms_out_init(&o, *state);
    assert_int_equal(dlms_hdlc_put(&o, meter, client, DLMS_LLC_RESPONSE,
                                   (struct bytes){ longest, DLMS_APDU_MAX }),
                     ERR_OK);
    assert_int_equal(assemble_all(*state, &o, &frames).len, DLMS_APDU_MAX);
    assert_int_equal(dlms_hdlc_put(&o, meter, client, DLMS_LLC_RESPONSE,
                                   (struct bytes){ longest, sizeof(longest) }),
                     ERR_INVALID);
}

static void addresses_that_do_not_fit_are_refused(void **state)
{
    const struct dlms_address fine = { 32, 0, 1 };
    const struct dlms_address bad[] = {
        { 128, 0, 1 }, { 1, 1, 1 }, { 1, 128, 2 }, { 1, 16384, 4 }, { 1, 1, 3 }
    };
    struct dlms_out o;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        dlms_out_init(&o, *state);
        assert_int_equal(
            dlms_hdlc_put(&o, bad[i], fine, DLMS_LLC_COMMAND, confirm),
            ERR_INVALID);
    }
}

static void an_mbus_frame(uint8_t b[12], uint8_t ci, uint8_t address,
                          uint8_t data)
{
    const uint8_t frame[] = { 0x68, 6,    6,    0x68, 0x53, address,
                              ci,   0x01, 0x67, data, 0,    0x16 };

    memcpy(b, frame, sizeof(frame));
    for (int i = 4; i < 10; i++)
        b[10] = (uint8_t)(b[10] + b[i]);
}

static void mbus_parts_become_one_apdu(void **state)
{
    uint8_t parts[3][12];
    struct dlms_out o;
    struct bytes apdu;
    size_t frames = 0;

    an_mbus_frame(parts[0], 0x00, 0xFF, 0xAA);
    an_mbus_frame(parts[1], 0x01, 0xFF, 0xBB);
    an_mbus_frame(parts[2], 0x12, 0xFF, 0xCC);
    dlms_out_init(&o, *state);
    dlms_out_raw(&o, parts, sizeof(parts));
    apdu = assemble_all(*state, &o, &frames);
    assert_int_equal(frames, 3);
    assert_int_equal(apdu.len, 3);
    assert_memory_equal(apdu.at, ((const uint8_t[]){ 0xAA, 0xBB, 0xCC }), 3);
}

static void mbus_parts_out_of_order_are_refused(void **state)
{
    static const struct {
        uint8_t ci[2], address[2];
        const char *why;
    } cases[] = {
        { { 0x00, 0x12 }, { 1, 1 }, "part 2 came, part 1" },
        { { 0x00, 0x00 }, { 1, 1 }, "part 0 came, part 1" },
        { { 0x00, 0x11 }, { 1, 2 }, "part of another APDU" },
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dlms_assembler as = { 0 };
        uint8_t b[2][12];
        struct dlms_frame f;
        struct bytes apdu;
        bool whole;

        an_mbus_frame(b[0], cases[i].ci[0], cases[i].address[0], 1);
        an_mbus_frame(b[1], cases[i].ci[1], cases[i].address[1], 2);
        f = read_one((struct bytes){ b[0], 12 });
        assert_int_equal(dlms_assemble(&as, *state, &f, &apdu, &whole), ERR_OK);
        assert_false(whole);
        f = read_one((struct bytes){ b[1], 12 });
        assert_int_equal(dlms_assemble(&as, *state, &f, &apdu, &whole),
                         ERR_PROTOCOL);
        assert_non_null(strstr(err_reason(), cases[i].why));
        assert_false(as.busy);
    }
}

static void an_mbus_frame_with_a_wrong_sum_or_ci_is_refused(void **state)
{
    uint8_t b[12];
    struct dlms_frame f;

    (void)state;
    an_mbus_frame(b, 0x10, 1, 0x63);
    b[9] ^= 1;
    assert_int_equal(dlms_frame_read((struct bytes){ b, 12 }, &f),
                     ERR_PROTOCOL);
    assert_non_null(strstr(err_reason(), "wrong M-Bus checksum"));
    an_mbus_frame(b, 0x72, 1, 0x63);
    assert_int_equal(dlms_frame_read((struct bytes){ b, 12 }, &f),
                     ERR_PROTOCOL);
    assert_non_null(strstr(err_reason(), "CI 72 carries no DLMS"));
}

static void parts_without_end_are_stopped_at_the_cap(void **state)
{
    static uint8_t filling[2000];
    const struct dlms_frame f = { .framing = DLMS_FRAMING_HDLC,
                                  .info = { filling, sizeof(filling) } };
    struct dlms_assembler as = { 0 };
    struct bytes apdu;
    enum err e = ERR_OK;
    bool whole;
    int n = 0;

    while (e == ERR_OK && n++ < 100)
        e = dlms_assemble(&as, *state, &f, &apdu, &whole);
    assert_int_equal(e, ERR_PROTOCOL);
    assert_int_equal(n, DLMS_APDU_MAX / sizeof(filling) + 1);
    assert_false(as.busy);
}

static void a_reply_goes_back_the_way_the_frame_came(void **state)
{
    struct dlms_frame wrapper =
        read_one(BYTES(0, 1, 0, 1, 0, 0x66, 0, 2, 0x63, 0x00));
    struct dlms_frame hdlc =
        read_one((struct bytes){ captured, sizeof(captured) });
    struct dlms_frame mbus = { .framing = DLMS_FRAMING_MBUS };
    struct dlms_frame back;
    struct dlms_out o;

    dlms_out_init(&o, *state);
    assert_int_equal(dlms_reply_put(&o, &wrapper, confirm), ERR_OK);
    back = read_one(dlms_out_bytes(&o));
    assert_int_equal(back.source.lower, 102);
    assert_int_equal(back.destination.lower, 1);

    dlms_out_init(&o, *state);
    assert_int_equal(dlms_reply_put(&o, &hdlc, confirm), ERR_OK);
    back = read_one(dlms_out_bytes(&o));
    assert_int_equal(back.source.upper, 32);
    assert_int_equal(back.destination.lower, 65);
    assert_memory_equal(back.info.at, "\xE6\xE6\x00\x10", 4);

    assert_int_equal(dlms_reply_put(&o, &mbus, confirm), ERR_INVALID);
}

static void a_request_goes_to_the_logical_device_as_the_client(void **state)
{
    struct dlms_frame wrapper =
        read_one(BYTES(0, 1, 0, 1, 0, 0x40, 0, 2, 0x63, 0x00));
    struct dlms_frame hdlc =
        read_one((struct bytes){ captured, sizeof(captured) });
    struct dlms_frame sent;
    struct dlms_out o;

    dlms_out_init(&o, *state);
    assert_int_equal(dlms_request_put(&o, &wrapper, 32, 1, confirm), ERR_OK);
    sent = read_one(dlms_out_bytes(&o));
    assert_int_equal(sent.source.lower, 32);
    assert_int_equal(sent.destination.lower, 1);

    dlms_out_init(&o, *state);
    assert_int_equal(dlms_request_put(&o, &hdlc, 16, 1, confirm), ERR_OK);
    sent = read_one(dlms_out_bytes(&o));
    assert_int_equal(sent.source.upper, 16);
    assert_int_equal(sent.destination.upper, 1);
    assert_int_equal(sent.destination.lower, 65);
}

static void an_apdu_too_long_for_a_wrapper_is_refused(void **state)
{
    static uint8_t big[DLMS_FRAME_MAX];
    struct dlms_out o;

    dlms_out_init(&o, *state);
    assert_int_equal(
        dlms_wrapper_put(&o, 1, 2, (struct bytes){ big, sizeof(big) }),
        ERR_INVALID);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_wrapper_is_read_with_both_ports),
        TEST(half_a_frame_asks_for_more),
        TEST(three_frames_in_one_read_are_three),
        TEST(what_is_no_frame_is_refused_at_once),
        TEST(a_frame_just_within_the_cap_is_taken),
        TEST(an_hdlc_frame_is_read_with_its_addresses),
        TEST(one_wrong_bit_anywhere_in_hdlc_is_noticed),
        TEST(a_wrong_header_check_is_noticed_though_the_frame_check_stands),
        TEST(hdlc_frames_may_share_a_flag),
        TEST(flags_between_frames_are_passed_over),
        TEST(an_hdlc_apdu_arrives_without_llc),
        TEST(a_long_apdu_goes_in_hdlc_segments_and_comes_back),
        TEST(the_longest_apdu_fits_with_its_llc),
        TEST(addresses_that_do_not_fit_are_refused),
        TEST(mbus_parts_become_one_apdu),
        TEST(mbus_parts_out_of_order_are_refused),
        TEST(an_mbus_frame_with_a_wrong_sum_or_ci_is_refused),
        TEST(parts_without_end_are_stopped_at_the_cap),
        TEST(a_reply_goes_back_the_way_the_frame_came),
        TEST(a_request_goes_to_the_logical_device_as_the_client),
        TEST(an_apdu_too_long_for_a_wrapper_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
