/* Pieces of a session, there and back; and bytes that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/exchange/frames.h"

#define TEST(name) cmocka_unit_test(name)

static size_t put(uint8_t *at, int64_t after_ms, bool to_meter, bool hidden,
                  struct bytes is)
{
    const struct frames_piece p = { after_ms, to_meter, hidden, is };
    size_t head = frames_head(at, &p);

    memcpy(at + head, is.at, is.len);
    return head + is.len;
}

static void pieces_come_back_with_their_times_and_directions(void **state)
{
    static const uint8_t some[200] = { 0x7E, 1, 2 };
    static const struct {
        int64_t after_ms;
        bool to_meter, hidden;
        size_t len;
    } sent[] = { { 0, false, false, 3 },
                 { 127, true, false, 31 },
                 { 128, true, true, 32 },
                 { 86400000, false, false, 200 },
                 { 1, false, false, 0 } };
    uint8_t b[600] = { FRAMES_VERSION };
    struct frames_piece p;
    struct frames f;
    size_t len = 1;

    (void)state;
    for (size_t i = 0; i < 5; i++)
        len += put(b + len, sent[i].after_ms, sent[i].to_meter, sent[i].hidden,
                   (struct bytes){ some, sent[i].len });
    assert_int_equal(frames_open(&f, (struct bytes){ b, len }), ERR_OK);
    for (size_t i = 0; i < 5; i++) {
        assert_true(frames_more(&f));
        assert_int_equal(frames_next(&f, &p), ERR_OK);
        assert_int_equal(p.after_ms, sent[i].after_ms);
        assert_int_equal(p.to_meter, sent[i].to_meter);
        assert_int_equal(p.hidden, sent[i].hidden);
        assert_int_equal(p.is.len, sent[i].len);
        assert_memory_equal(p.is.at, some, sent[i].len);
    }
    assert_false(frames_more(&f));
}

static void a_piece_that_is_cut_anywhere_is_refused(void **state)
{
    uint8_t b[300] = { FRAMES_VERSION };
    size_t whole = 1 + put(b + 1, 300, true, false,
                           (struct bytes){ (const uint8_t *)"0123456789", 10 });
    struct frames_piece p;
    struct frames f;

    (void)state;
    for (size_t n = 2; n < whole; n++) {
        assert_int_equal(frames_open(&f, (struct bytes){ b, n }), ERR_OK);
        assert_int_equal(frames_next(&f, &p), ERR_PROTOCOL);
    }
    assert_int_equal(frames_open(&f, (struct bytes){ b, 0 }), ERR_PROTOCOL);
    b[0] = FRAMES_VERSION + 1;
    assert_int_equal(frames_open(&f, (struct bytes){ b, whole }), ERR_PROTOCOL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(pieces_come_back_with_their_times_and_directions),
        TEST(a_piece_that_is_cut_anywhere_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
