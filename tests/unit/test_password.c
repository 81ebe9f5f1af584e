/* Passwords at rest: salted, irreversible, exact. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

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

/* A child that takes a turn, tells so, and keeps it until it is killed. */
static pid_t turn_keeper(void)
{
    int told[2];
    char byte;
    pid_t pid;

    assert_int_equal(pipe(told), 0);
    pid = fork();
    if (pid == 0) {
        int turn;

        if (password_turn_take(&turn) != ERR_OK || write(told[1], "t", 1) != 1)
            _exit(1);
        pause();
    }
    assert_int_equal(read(told[0], &byte, 1), 1);
    close(told[0]);
    close(told[1]);
    return pid;
}

static void only_so_many_hash_at_once_and_a_dead_one_frees_its_turn(void **s)
{
    pid_t keeper[PASSWORD_AT_ONCE];
    int turn;

    (void)s;
    assert_int_equal(password_gate_make(), ERR_OK);
    for (int i = 0; i < PASSWORD_AT_ONCE; i++)
        keeper[i] = turn_keeper();
    assert_int_equal(password_turn_take(&turn), ERR_BUSY);
    kill(keeper[0], SIGKILL);
    waitpid(keeper[0], NULL, 0);
    assert_int_equal(password_turn_take(&turn), ERR_OK);
    password_turn_give(turn);
    for (int i = 1; i < PASSWORD_AT_ONCE; i++) {
        kill(keeper[i], SIGKILL);
        waitpid(keeper[i], NULL, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_password_fits_its_hash_exactly),
        cmocka_unit_test(a_hash_is_salted_and_tells_nothing),
        cmocka_unit_test(nothing_fits_a_login_that_does_not_exist),
        cmocka_unit_test(nothing_fits_a_broken_hash),
        cmocka_unit_test(
            only_so_many_hash_at_once_and_a_dead_one_frees_its_turn),
    };

    return cmocka_run_group_tests_name("passwords", tests, NULL, NULL);
}
