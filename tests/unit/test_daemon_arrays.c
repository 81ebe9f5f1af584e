/* Arrays as PostgreSQL's array_recv reads them, byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "daemon/arrays.h"

#define EXPECT(p, ...)                                                         \
    do {                                                                       \
        static const uint8_t want[] = { __VA_ARGS__ };                         \
        struct db_param got = (p);                                             \
        assert_int_equal(got.len, sizeof(want));                               \
        assert_memory_equal(got.at, want, sizeof(want));                       \
    } while (0)

static struct array a;

static void an_empty_array_has_no_dimensions(void **state)
{
    (void)state;
    array_begin(&a, ARRAY_INT8);
    EXPECT(array_param(&a), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20);
}

static void numbers_are_big_endian_behind_their_lengths(void **state)
{
    (void)state;
    array_begin(&a, ARRAY_INT2);
    array_int2(&a, -2);
    array_int2(&a, 258);
    EXPECT(array_param(&a), 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 21, 0, 0, 0, 2, 0,
           0, 0, 1, 0, 0, 0, 2, 0xFF, 0xFE, 0, 0, 0, 2, 1, 2);
    array_begin(&a, ARRAY_INT4);
    array_int4(&a, INT32_MIN);
    EXPECT(array_param(&a), 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 23, 0, 0, 0, 1, 0,
           0, 0, 1, 0, 0, 0, 4, 0x80, 0, 0, 0);
}

static void a_null_is_a_length_of_minus_one_and_is_announced(void **state)
{
    (void)state;
    array_begin(&a, ARRAY_TEXT);
    array_text(&a, NULL);
    array_text(&a, "");
    array_text(&a, "ab");
    EXPECT(array_param(&a), 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 25, 0, 0, 0, 3, 0,
           0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 2, 'a', 'b');
}

static void moments_count_from_2000(void **state)
{
    (void)state;
    array_begin(&a, ARRAY_TIMESTAMPTZ);
    array_moment(&a, INT64_C(946684800000001));
    EXPECT(array_param(&a), 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 4, 0xA0, 0, 0, 0, 1,
           0, 0, 0, 1, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 1);
}

static void an_array_begun_again_forgets_what_it_held(void **state)
{
    (void)state;
    array_begin(&a, ARRAY_TEXT);
    for (int i = 0; i < 1000; i++)
        array_text(&a, NULL);
    assert_int_equal(array_param(&a).len, 20 + 4 * 1000);
    array_begin(&a, ARRAY_BYTEA);
    array_octets(&a, (struct bytes){ NULL, 0 });
    EXPECT(array_param(&a), 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0, 1, 0,
           0, 0, 1, 0, 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_array_has_no_dimensions),
        cmocka_unit_test(numbers_are_big_endian_behind_their_lengths),
        cmocka_unit_test(a_null_is_a_length_of_minus_one_and_is_announced),
        cmocka_unit_test(moments_count_from_2000),
        cmocka_unit_test(an_array_begun_again_forgets_what_it_held),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
