/* Sealing of secrets, and the lines that are sealed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/seal.h"
#include "lib/base/secret.h"

static struct bytes text(const char *s)
{
    return (struct bytes){ (const uint8_t *)s, strlen(s) };
}

/* A key file with these contents; the caller unlinks. */
static void key_file(char path[32], const char *contents)
{
    int fd;

    snprintf(path, 32, "/tmp/test_seal.XXXXXX");
    fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, contents, strlen(contents)), strlen(contents));
    close(fd);
}

static enum err load(const char *contents, struct seal_key *out)
{
    char path[32];
    enum err e;

    key_file(path, contents);
    e = seal_key_load(path, out);
    unlink(path);
    return e;
}

#define DIGITS                                                                 \
    "00112233445566778899aabbccddeeff00112233445566778899AABBCCDDEEFF"

static void a_key_file_is_64_digits(void **state)
{
    struct seal_key key;

    (void)state;
    assert_int_equal(load(DIGITS "\n", &key), ERR_OK);
    assert_int_equal(key.at[0], 0x00);
    assert_int_equal(key.at[31], 0xFF);
    assert_int_equal(load(DIGITS, &key), ERR_OK);
    assert_int_equal(load("", &key), ERR_INVALID);
    assert_int_equal(load("0011\n", &key), ERR_INVALID);
    assert_int_equal(load(DIGITS "00\n", &key), ERR_INVALID);
    assert_int_equal(load("g0" DIGITS, &key), ERR_INVALID);
    assert_int_equal(seal_key_load("/nowhere", &key), ERR_IO);
}

static void what_is_sealed_opens_again(void **state)
{
    static const char *const secrets[] = { "", "x", "ek=00\nlls=Пароль\n" };
    struct arena *a = arena_new();
    struct seal_key key = { { 7 } };
    struct bytes sealed, plain;

    (void)state;
    for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++) {
        assert_int_equal(seal(a, &key, "4711", text(secrets[i]), &sealed),
                         ERR_OK);
        assert_int_equal(sealed.len, strlen(secrets[i]) + 1 + 12 + 16);
        assert_int_equal(unseal(a, &key, "4711", sealed, &plain), ERR_OK);
        assert_int_equal(plain.len, strlen(secrets[i]));
        assert_memory_equal(plain.at, secrets[i], plain.len);
    }
    arena_free(a);
}

static void sealing_twice_looks_different(void **state)
{
    struct arena *a = arena_new();
    struct seal_key key = { { 7 } };
    struct bytes one, two;

    (void)state;
    assert_int_equal(seal(a, &key, "4711", text("same"), &one), ERR_OK);
    assert_int_equal(seal(a, &key, "4711", text("same"), &two), ERR_OK);
    assert_memory_not_equal(one.at, two.at, one.len);
    arena_free(a);
}

static void another_key_meter_or_byte_does_not_open(void **state)
{
    struct arena *a = arena_new();
    struct seal_key key = { { 7 } }, other = { { 8 } };
    struct bytes sealed, plain;

    (void)state;
    assert_int_equal(seal(a, &key, "4711", text("secret"), &sealed), ERR_OK);
    assert_int_equal(unseal(a, &other, "4711", sealed, &plain), ERR_INVALID);
    assert_int_equal(unseal(a, &key, "4712", sealed, &plain), ERR_INVALID);
    for (size_t i = 0; i < sealed.len; i++) {
        uint8_t *copy = arena_memdup(a, sealed.at, sealed.len);
        struct bytes changed = { copy, sealed.len };
        struct bytes cut = { sealed.at, i };

        copy[i] ^= 1;
        assert_int_equal(unseal(a, &key, "4711", changed, &plain), ERR_INVALID);
        assert_int_equal(unseal(a, &key, "4711", cut, &plain), ERR_INVALID);
    }
    arena_free(a);
}

static void a_secret_is_lines_of_keys_and_a_password(void **state)
{
    struct secret s;

    (void)state;
    assert_int_equal(secret_read(text("ek=000102030405060708090A0B0c0d0e0f\n"
                                      "lls=Sesame 77=\nradio=1234-5678\n"),
                                 &s),
                     ERR_OK);
    assert_true(s.has_ek);
    assert_false(s.has_ak);
    assert_int_equal(s.ek[15], 0x0F);
    assert_int_equal(s.lls_len, 10);
    assert_memory_equal(s.lls, "Sesame 77=", 10);
    assert_string_equal(s.radio, "1234-5678");
    assert_int_equal(secret_read(text(""), &s), ERR_OK);
    assert_false(s.has_ek);
    assert_int_equal(s.lls_len, 0);
}

static void a_broken_secret_is_named_by_its_line_only(void **state)
{
    static const char *const broken[] = {
        "\nek=00\n",
        "\nek=000102030405060708090A0B0c0d0e0g\n",
        "\npin=0000\n",
        "\nlls="
        "01234567890123456789012345678901234567890123456789012345678901234"
        "\n",
    };
    struct secret s;

    (void)state;
    for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
        assert_int_equal(secret_read(text(broken[i]), &s), ERR_INVALID);
        assert_non_null(strstr(err_reason(), "line 2"));
        assert_null(strstr(err_reason(), "00"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_file_is_64_digits),
        cmocka_unit_test(what_is_sealed_opens_again),
        cmocka_unit_test(sealing_twice_looks_different),
        cmocka_unit_test(another_key_meter_or_byte_does_not_open),
        cmocka_unit_test(a_secret_is_lines_of_keys_and_a_password),
        cmocka_unit_test(a_broken_secret_is_named_by_its_line_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
