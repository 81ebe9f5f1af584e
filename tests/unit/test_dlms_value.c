/* A-XDR values: every type there and back, and every way to break one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "lib/dlms/value.h"

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

static struct dlms_value read_one(struct arena *a, struct bytes b)
{
    struct dlms_value v;
    size_t at = 0;

    assert_int_equal(dlms_value_read(a, b, &at, &v), ERR_OK);
    assert_int_equal(at, b.len);
    return v;
}

static void assert_refused(struct arena *a, struct bytes b, const char *why)
{
    struct dlms_value v;
    size_t at = 0;

    assert_int_equal(dlms_value_read(a, b, &at, &v), ERR_PROTOCOL);
    assert_non_null(strstr(err_reason(), why));
}

static void every_encodable_type_survives_the_way_there_and_back(void **state)
{
    /* clang-format off */
    const struct bytes cases[] = {
        BYTES(0x00),
        BYTES(0x03, 0x01),
        BYTES(0x04, 0x0B, 0xA5, 0xE0),
        BYTES(0x05, 0x80, 0x00, 0x00, 0x00),
        BYTES(0x06, 0xFF, 0xFF, 0xFF, 0xFF),
        BYTES(0x09, 0x02, 0x00, 0xFF),
        BYTES(0x09, 0x00),
        BYTES(0x0A, 0x03, 'a', 'b', 'c'),
        BYTES(0x0C, 0x02, 0xD0, 0x9B),
        BYTES(0x0D, 0x42),
        BYTES(0x0F, 0x80),
        BYTES(0x10, 0xFF, 0xFE),
        BYTES(0x11, 0xFF),
        BYTES(0x12, 0xFF, 0xFE),
        BYTES(0x14, 0x80, 0, 0, 0, 0, 0, 0, 0),
        BYTES(0x15, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF),
        BYTES(0x16, 0x07),
        BYTES(0x17, 0x3F, 0x9D, 0xF3, 0xB6),
        BYTES(0x18, 0x40, 0x09, 0x21, 0xFB, 0x54, 0x44, 0x2D, 0x18),
        BYTES(0x19, 0x07, 0xEA, 11, 20, 5, 3, 15, 0, 0xFF, 0xFF, 0x4C, 0),
        BYTES(0x1A, 0x07, 0xEA, 11, 20, 5),
        BYTES(0x1B, 3, 15, 0, 0xFF),
        BYTES(0xFF),
        BYTES(0x01, 0x02, 0x11, 1, 0x11, 2),
        BYTES(0x02, 0x03, 0x02, 0x00, 0x00, 0x01, 0x01, 0x16, 0x01),
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct dlms_value v = read_one(*state, cases[i]);
        struct dlms_out o;

        dlms_out_init(&o, *state);
        assert_int_equal(dlms_value_put(&o, &v), ERR_OK);
        assert_int_equal(o.len, cases[i].len);
        assert_memory_equal(o.at, cases[i].at, o.len);
    }
}

static void numbers_keep_their_sign_and_their_size(void **state)
{
    assert_int_equal(read_one(*state, BYTES(0x0F, 0x80)).i, -128);
    assert_int_equal(read_one(*state, BYTES(0x10, 0xFF, 0xFE)).i, -2);
    assert_int_equal(read_one(*state, BYTES(0x12, 0xFF, 0xFE)).u, 65534);
    assert_int_equal(read_one(*state, BYTES(0x05, 0xFF, 0xFF, 0xFF, 0x85)).i,
                     -123);
    assert_int_equal(read_one(*state, BYTES(0x14, 0x80, 0, 0, 0, 0, 0, 0, 0)).i,
                     INT64_MIN);
    assert_true(read_one(*state, BYTES(0x17, 0x3F, 0xC0, 0, 0)).real == 1.5);
}

static void a_number_too_large_for_64_bits_is_no_integer(void **state)
{
    struct dlms_value v = read_one(
        *state, BYTES(0x15, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF));
    int64_t i;

    assert_false(dlms_value_integer(&v, &i));
}

static void a_length_of_several_bytes_is_read_and_written(void **state)
{
    uint8_t long_text[4 + 300] = { 0x09, 0x82, 0x01, 0x2C };
    struct dlms_value v =
        read_one(*state, (struct bytes){ long_text, sizeof(long_text) });
    struct dlms_out o;

    assert_int_equal(v.octets.len, 300);
    dlms_out_init(&o, *state);
    assert_int_equal(dlms_value_put(&o, &v), ERR_OK);
    assert_memory_equal(o.at, long_text, sizeof(long_text));
}

static void a_compact_array_becomes_a_tree(void **state)
{
    /* two structures {long-unsigned, array of 2 unsigned} */
    struct dlms_value v =
        read_one(*state, BYTES(0x13, 0x02, 0x02, 0x12, 0x01, 0x00, 0x02, 0x11,
                               0x08, 0x00, 0x0A, 1, 2, 0x00, 0x0B, 3, 4));

    assert_int_equal(dlms_value_count(&v), 2);
    assert_int_equal(dlms_value_at(&v, 1)->type, DLMS_STRUCTURE);
    assert_int_equal(dlms_value_at(dlms_value_at(&v, 0), 0)->u, 10);
    assert_int_equal(
        dlms_value_at(dlms_value_at(dlms_value_at(&v, 1), 1), 1)->u, 4);
}

static void a_compact_array_is_never_written(void **state)
{
    struct dlms_value v = { .type = DLMS_COMPACT_ARRAY };
    struct dlms_out o;

    dlms_out_init(&o, *state);
    assert_int_equal(dlms_value_put(&o, &v), ERR_INVALID);
}

static void a_compact_array_that_lies_is_refused(void **state)
{
    assert_refused(*state, BYTES(0x13, 0x12, 0x03, 0, 1, 2), "needs 2 bytes");
    assert_refused(*state, BYTES(0x13, 0x00, 0x01, 0x00), "empty elements");
    assert_refused(*state, BYTES(0x13, 0x13, 0x11, 0x00),
                   "inside a compact-array");
    assert_refused(*state, BYTES(0x13, 0x07, 0x01, 0x00), "not known");
}

static void any_value_cut_short_is_refused_with_its_offset(void **state)
{
    const struct bytes whole =
        BYTES(0x02, 0x06, 0x09, 0x03, 1, 2, 3, 0x06, 0, 0, 0, 1, 0x04, 0x09,
              0xFF, 0x80, 0x19, 7, 0xEA, 1, 1, 1, 1, 1, 1, 1, 0x80, 0, 0, 0x13,
              0x11, 0x02, 8, 9, 0x01, 0x01, 0x16, 0x01);

    (void)read_one(*state, whole);
    for (size_t len = 0; len < whole.len; len++) {
        /* a copy of its own, so that the sanitizer sees one byte too many */
        uint8_t *copy = malloc(len + 1); /* +1: malloc(0) may be NULL */
        struct dlms_value v;
        size_t at = 0;

        memcpy(copy, whole.at, len);
        assert_int_equal(
            dlms_value_read(*state, (struct bytes){ copy, len }, &at, &v),
            ERR_PROTOCOL);
        assert_int_equal(strncmp(err_reason(), "offset ", 7), 0);
        free(copy);
    }
}

static void unknown_and_unimplemented_types_are_refused(void **state)
{
    assert_refused(*state, BYTES(0x07, 0, 0, 0, 0), "type 7 is not known");
    assert_refused(*state, BYTES(0x1C, 0), "type 28 is not known");
    assert_refused(*state, BYTES(0x02, 0x01, 0x63), "offset 2: type 99");
}

static void lengths_that_are_none_are_refused(void **state)
{
    assert_refused(*state, BYTES(0x09, 0x80), "a length of 0 bytes");
    assert_refused(*state, BYTES(0x09, 0x85, 0, 0, 0, 0, 1), "of 5 bytes");
    assert_refused(*state, BYTES(0x09, 0x84, 0xFF, 0xFF, 0xFF, 0xFF),
                   "needs 4294967295 bytes");
    assert_refused(*state, BYTES(0x04, 0x84, 0xFF, 0xFF, 0xFF, 0xFF),
                   "bit-string needs");
}

static void nesting_stops_at_thirty_two(void **state)
{
    uint8_t deep[2 * (DLMS_DEPTH_MAX + 1)];

    for (size_t i = 0; i < sizeof(deep); i += 2) {
        deep[i] = 0x02;
        deep[i + 1] = 0x01;
    }
    deep[2 * DLMS_DEPTH_MAX - 2] = 0x11;
    (void)read_one(*state, (struct bytes){ deep, 2 * DLMS_DEPTH_MAX });
    deep[2 * DLMS_DEPTH_MAX - 2] = 0x02;
    assert_refused(*state, (struct bytes){ deep, sizeof(deep) },
                   "nested deeper than 32");
}

static void counts_that_promise_too_much_take_no_memory(void **state)
{
    uint8_t greedy[16384];
    struct dlms_value v;
    size_t at = 0, before = arena_size(*state);

    /* thirty lists inside each other, each claiming most of what is left */
    memset(greedy, 0, sizeof(greedy));
    for (size_t i = 0; i < 30; i++)
        memcpy(greedy + 4 * i, (const uint8_t[]){ 0x01, 0x82, 0x3E, 0x00 }, 4);
    assert_int_equal(dlms_value_read(*state,
                                     (struct bytes){ greedy, sizeof(greedy) },
                                     &at, &v),
                     ERR_PROTOCOL);
    assert_true(arena_size(*state) - before < (size_t)4 << 20);
    assert_refused(*state, BYTES(0x01, 0x84, 0x7F, 0xFF, 0xFF, 0xFF),
                   "array needs 2147483647 bytes");
    /* a few bytes of a compact-array that mean 65535 * 65535 nulls */
    assert_refused(*state,
                   BYTES(0x13, 0x02, 0x02, 0x11, 0x01, 0xFF, 0xFF, 0x01, 0xFF,
                         0xFF, 0x00, 0x01, 0x05),
                   "more than 32768 values");
}

static void text_is_told_from_bytes(void **state)
{
    struct dlms_value ascii = read_one(*state, BYTES(0x09, 2, 'o', 'k'));
    struct dlms_value utf8 =
        read_one(*state, BYTES(0x09, 4, 0xD0, 0x93, 0xD0, 0xB0));
    struct dlms_value control = read_one(*state, BYTES(0x09, 2, 'o', 0x07));
    struct dlms_value overlong = read_one(*state, BYTES(0x0C, 2, 0xC0, 0xAF));
    struct dlms_value surrogate =
        read_one(*state, BYTES(0x0C, 3, 0xED, 0xA0, 0x80));
    struct dlms_value c1 = read_one(*state, BYTES(0x0C, 2, 0xC2, 0x85));
    struct dlms_value cut = read_one(*state, BYTES(0x0C, 1, 0xD0));

    assert_string_equal(dlms_value_text(*state, &ascii), "ok");
    assert_string_equal(dlms_value_text(*state, &utf8), "\xD0\x93\xD0\xB0");
    assert_string_equal(dlms_value_text(*state, &control), "");
    assert_false(dlms_value_is_text(&overlong));
    assert_false(dlms_value_is_text(&surrogate));
    assert_false(dlms_value_is_text(&cut));
    assert_false(dlms_value_is_text(&c1));
}

static void a_datetime_wrapped_twice_is_still_a_datetime(void **state)
{
    struct dlms_value twice =
        read_one(*state, BYTES(0x09, 0x0E, 0x09, 0x0C, 0x07, 0xEA, 11, 20, 5, 3,
                               15, 0, 0, 0xFF, 0x4C, 0));
    struct dlms_value serial =
        read_one(*state, BYTES(0x09, 0x0C, '0', '2', '1', '1', '8', '0', '0',
                               '0', '0', '0', '1', '8'));
    struct dlms_datetime t;

    assert_true(dlms_value_datetime(&twice, &t));
    assert_int_equal(t.deviation, -180);
    assert_false(dlms_value_datetime(&serial, &t));
}

static void six_octets_are_a_name_only_of_a_known_medium_and_f_255(void **state)
{
    (void)state;
    assert_true(obis_looks_like(BYTES(7, 0, 13, 2, 0, 255)));
    assert_false(obis_looks_like(BYTES(7, 0, 13, 2, 0, 254)));
    assert_false(obis_looks_like(BYTES('A', 0, 13, 2, 0, 255)));
    assert_false(obis_looks_like(BYTES(7, 0, 13, 2, 255)));
}

static void obis_codes_read_back_as_written(void **state)
{
    struct obis o, p;
    char buf[OBIS_TEXT_MAX];

    (void)state;
    assert_int_equal(obis_of_text("0-0:96.3.10.255", &o), ERR_OK);
    assert_string_equal(obis_write(buf, o), "0.0.96.3.10.255");
    assert_int_equal(obis_of_text(buf, &p), ERR_OK);
    assert_true(obis_same(o, p));
    assert_string_equal(obis_words_en(o), "disconnect control");
    assert_int_equal(obis_of_text("0.0.96.3.10", &o), ERR_INVALID);
    assert_int_equal(obis_of_text("0.0.96.3.10.256", &o), ERR_INVALID);
    assert_int_equal(obis_of_text("0.0.96.3.10.255 ", &o), ERR_INVALID);
    assert_int_equal(obis_of_text("", &o), ERR_INVALID);
    assert_int_equal(obis_of_bytes(BYTES(1, 2, 3), &o), ERR_PROTOCOL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_encodable_type_survives_the_way_there_and_back),
        TEST(numbers_keep_their_sign_and_their_size),
        TEST(a_number_too_large_for_64_bits_is_no_integer),
        TEST(a_length_of_several_bytes_is_read_and_written),
        TEST(a_compact_array_becomes_a_tree),
        TEST(a_compact_array_is_never_written),
        TEST(a_compact_array_that_lies_is_refused),
        TEST(any_value_cut_short_is_refused_with_its_offset),
        TEST(unknown_and_unimplemented_types_are_refused),
        TEST(lengths_that_are_none_are_refused),
        TEST(nesting_stops_at_thirty_two),
        TEST(counts_that_promise_too_much_take_no_memory),
        TEST(text_is_told_from_bytes),
        TEST(a_datetime_wrapped_twice_is_still_a_datetime),
        TEST(six_octets_are_a_name_only_of_a_known_medium_and_f_255),
        TEST(obis_codes_read_back_as_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
