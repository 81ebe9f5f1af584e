/* Who is let in while the database is busy, and while connections are silent.
 * The door is one for the process: each test begins with a quiet minute. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/listener/admission.h"

static uint64_t committed;

static void second(uint64_t more, size_t waiting)
{
    committed += more;
    admission_second(committed, waiting);
}

/* So many come in, and so many of them speak at once. */
static void come(size_t n, size_t speak)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t stamp = admission_enter();

        if (i < speak)
            admission_spoke(stamp);
    }
}

/* A database of 100 a second, and a fleet that speaks. */
static int setup(void **state)
{
    (void)state;
    admission_init(15000, 50000);
    for (int i = 0; i < 60; i++) {
        come(20, 20);
        second(100, 1000);
    }
    second(100, 1000);
    second(100, 1000);
    (void)admission_room(0);
    return 0;
}

static void as_many_wait_as_are_committed_in_their_patience(void **state)
{
    (void)state;
    assert_true(admission_room(1400));
    assert_false(admission_room(1600));
    assert_false(admission_room(1300)); /* until a quarter of them is through */
    assert_true(admission_room(1000));
}

static void who_has_just_come_in_counts_as_one_who_will_speak(void **state)
{
    (void)state;
    come(1600, 0);
    assert_false(admission_room(1));
    second(100, 1);
    assert_false(admission_room(1));
    second(100, 1); /* silent for longer: may never speak */
    assert_true(admission_room(1));
}

static void those_who_never_speak_soon_hold_no_places(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        come(1000, 10);
        second(100, 1);
    }
    come(1000, 10);
    assert_true(admission_room(900)); /* of 1500, beside 2000 silent ones */
    for (int i = 0; i < 12; i++) {
        come(200, 200);
        second(100, 1);
    }
    come(1600, 0);
    assert_false(admission_room(1)); /* a fleet that speaks is counted again */
}

static void who_is_gone_without_a_word_has_not_spoken(void **state)
{
    (void)state;
    for (int i = 0; i < 12; i++) {
        for (int k = 0; k < 1000; k++)
            admission_gone(admission_enter());
        second(100, 1);
    }
    come(1000, 0);
    assert_true(admission_room(900));
}

static void a_stamp_of_long_ago_takes_nobodys_place(void **state)
{
    uint32_t old = admission_enter();

    (void)state;
    second(100, 1);
    second(100, 1);
    admission_spoke(old);
    admission_gone(old);
    come(1600, 0);
    assert_false(admission_room(1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(as_many_wait_as_are_committed_in_their_patience,
                               setup),
        cmocka_unit_test_setup(
            who_has_just_come_in_counts_as_one_who_will_speak, setup),
        cmocka_unit_test_setup(those_who_never_speak_soon_hold_no_places,
                               setup),
        cmocka_unit_test_setup(who_is_gone_without_a_word_has_not_spoken,
                               setup),
        cmocka_unit_test_setup(a_stamp_of_long_ago_takes_nobodys_place, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
