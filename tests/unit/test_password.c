/* Passwords at rest: salted, irreversible, exact. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/arena.h"
#include "lib/base/password.h"

static void a_password_fits_its_hash_exactly(void **state)
{
    struct arena *a = arena_new();
    const char *hash;

    (void)state;
    assert_int_equal(password_hash(a, "Пароль 1", &hash), ERR_OK);
    assert_true(password_fits("Пароль 1", hash));
    assert_false(password_fits("пароль 1", hash));
    assert_false(password_fits("Пароль 1 ", hash));
    assert_false(password_fits("", hash));
    arena_free(a);
}

static void a_hash_is_salted_and_tells_nothing(void **state)
{
    struct arena *a = arena_new();
    const char *one, *two;

    (void)state;
    assert_int_equal(password_hash(a, "secret", &one), ERR_OK);
    assert_int_equal(password_hash(a, "secret", &two), ERR_OK);
    assert_string_not_equal(one, two);
    assert_memory_equal(one, "$y$", 3);
    assert_null(strstr(one, "secret"));
    arena_free(a);
}

static void nothing_fits_a_login_that_does_not_exist(void **state)
{
    (void)state;
    assert_false(password_fits("", NULL));
    assert_false(password_fits("secret", NULL));
}

static void nothing_fits_a_broken_hash(void **state)
{
    (void)state;
    assert_false(password_fits("secret", ""));
    assert_false(password_fits("secret", "*"));
    assert_false(password_fits("*0", "*0"));
    assert_false(password_fits("secret", "$y$jBT$0123456789abcdefghijk."));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_fits_its_hash_exactly),
        cmocka_unit_test(a_hash_is_salted_and_tells_nothing),
        cmocka_unit_test(nothing_fits_a_login_that_does_not_exist),
        cmocka_unit_test(nothing_fits_a_broken_hash),
    };

    return cmocka_run_group_tests_name("passwords", tests, NULL, NULL);
}
