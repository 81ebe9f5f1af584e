/* Security suite 0 against the worked example of the DLMS UA Green Book: GET
 * of the clock, system title 4D4D4D0000BC614E. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "lib/dlms/cipher.h"

static const struct dlms_keys keys = {
    .has_encryption = true,
    .has_authentication = true,
    .encryption = { 0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09,
                    0x0A, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F },
    .authentication = { 0xD0, 0xD1, 0xD2, 0xD3, 0xD4, 0xD5, 0xD6, 0xD7, 0xD8,
                        0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF },
};
static const uint8_t title_at[] = { 0x4D, 0x4D, 0x4D, 0x00,
                                    0x00, 0xBC, 0x61, 0x4E };
static const struct bytes title = { title_at, sizeof(title_at) };
static const uint8_t get_clock[] = { 0xC0, 0x01, 0x00, 0x00, 0x08, 0x00, 0x00,
                                     0x01, 0x00, 0x00, 0xFF, 0x02, 0x00 };

/* glo-get-request of the three kinds of protection */
static const uint8_t both[] = {
    0xC8, 0x1E, 0x30, 0x01, 0x23, 0x45, 0x67, 0x41, 0x13, 0x12, 0xFF,
    0x93, 0x5A, 0x47, 0x56, 0x68, 0x27, 0xC4, 0x67, 0xBC, 0x7D, 0x82,
    0x5C, 0x3B, 0xE4, 0xA7, 0x7C, 0x3F, 0xCC, 0x05, 0x6B, 0x6B
};
static const uint8_t encrypted[] = { 0xC8, 0x12, 0x20, 0x01, 0x23, 0x45, 0x67,
                                     0x41, 0x13, 0x12, 0xFF, 0x93, 0x5A, 0x47,
                                     0x56, 0x68, 0x27, 0xC4, 0x67, 0xBC };
static const uint8_t authenticated[] = {
    0xC8, 0x1E, 0x10, 0x01, 0x23, 0x45, 0x67, 0xC0, 0x01, 0x00, 0x00,
    0x08, 0x00, 0x00, 0x01, 0x00, 0x00, 0xFF, 0x02, 0x00, 0x06, 0x72,
    0x5D, 0x91, 0x0F, 0x92, 0x21, 0xD2, 0x63, 0x87, 0x75, 0x16
};

static const struct bytes kinds[] = {
    { both, sizeof(both) },
    { encrypted, sizeof(encrypted) },
    { authenticated, sizeof(authenticated) },
};

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

static struct dlms_ciphered read_one(struct arena *a, struct bytes b)
{
    struct dlms_apdu apdu;

    assert_int_equal(dlms_apdu_read(a, b, &apdu), ERR_OK);
    assert_true(dlms_tag_ciphered(apdu.tag));
    return apdu.ciphered;
}

static void the_standards_example_opens_in_all_three_kinds(void **state)
{
    for (size_t i = 0; i < 3; i++) {
        struct dlms_ciphered c = read_one(*state, kinds[i]);
        struct bytes plain;

        assert_int_equal(c.counter, 0x01234567);
        assert_int_equal(dlms_decipher(*state, &c, title, &keys, &plain),
                         ERR_OK);
        assert_int_equal(plain.len, sizeof(get_clock));
        assert_memory_equal(plain.at, get_clock, plain.len);
    }
}

static void what_is_ciphered_equals_the_example(void **state)
{
    for (size_t i = 0; i < 3; i++) {
        struct dlms_out o;
        struct dlms_ciphered c;

        dlms_out_init(&o, *state);
        assert_int_equal(
            dlms_encipher(&o, title, kinds[i].at[2], 0x01234567, &keys,
                          (struct bytes){ get_clock, sizeof(get_clock) }),
            ERR_OK);
        assert_int_equal(o.at[0], DLMS_GENERAL_GLO_CIPHERING);
        c = read_one(*state, dlms_out_bytes(&o));
        assert_int_equal(c.title.len, 8);
        assert_int_equal(c.content.len, kinds[i].len - 7);
        assert_memory_equal(c.content.at, kinds[i].at + 7, c.content.len);
    }
}

static void any_changed_byte_fails_the_authentication(void **state)
{
    static const size_t kind[] = { 0, 2 };

    for (size_t k = 0; k < 2; k++)
        for (size_t i = 3; i < kinds[kind[k]].len; i++) {
            uint8_t b[64];
            struct dlms_ciphered c;
            struct bytes plain;

            memcpy(b, kinds[kind[k]].at, kinds[kind[k]].len);
            b[i] ^= 1;
            c = read_one(*state, (struct bytes){ b, kinds[kind[k]].len });
            assert_int_equal(dlms_decipher(*state, &c, title, &keys, &plain),
                             ERR_PROTOCOL);
        }
}

static void a_missing_key_or_title_is_said(void **state)
{
    struct dlms_ciphered c = read_one(*state, kinds[0]);
    struct dlms_keys none = { 0 }, half = keys;
    struct bytes plain;

    half.has_authentication = false;
    assert_int_equal(dlms_decipher(*state, &c, title, &none, &plain),
                     ERR_INVALID);
    assert_int_equal(dlms_decipher(*state, &c, title, &half, &plain),
                     ERR_INVALID);
    assert_int_equal(
        dlms_decipher(*state, &c, (struct bytes){ 0 }, &keys, &plain),
        ERR_INVALID);
}

static void other_suites_and_compression_are_refused(void **state)
{
    static const uint8_t controls[] = { 0x00, 0x32, 0x33, 0xB0, 0x70 };
    struct bytes plain;

    for (size_t i = 0; i < sizeof(controls); i++) {
        struct dlms_ciphered c = read_one(*state, kinds[0]);

        c.control = controls[i];
        assert_int_equal(dlms_decipher(*state, &c, title, &keys, &plain),
                         ERR_PROTOCOL);
        assert_non_null(strstr(err_reason(), "is not implemented"));
    }
}

static void a_content_shorter_than_its_tag_is_refused(void **state)
{
    struct dlms_ciphered c = read_one(*state, kinds[0]);
    struct bytes plain;

    c.content.len = 11;
    assert_int_equal(dlms_decipher(*state, &c, title, &keys, &plain),
                     ERR_PROTOCOL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_standards_example_opens_in_all_three_kinds),
        TEST(what_is_ciphered_equals_the_example),
        TEST(any_changed_byte_fails_the_authentication),
        TEST(a_missing_key_or_title_is_said),
        TEST(other_suites_and_compression_are_refused),
        TEST(a_content_shorter_than_its_tag_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
