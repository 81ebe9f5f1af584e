/* Within how long so many sessions were committed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "daemon/watcher/watcher.h"

static void without_sessions_there_is_no_share(void **state)
{
    const int64_t none[COUNTERS_BUCKETS] = { 0 };

    (void)state;
    assert_int_equal(commit_share_us(none, 500), -1);
}

static void sessions_of_a_bucket_are_spread_evenly(void **state)
{
    /* 100 of 2 to 5 ms. */
    const int64_t n[COUNTERS_BUCKETS] = { 0, 0, 100 };

    (void)state;
    assert_int_equal(commit_share_us(n, 500), 3500);
    assert_int_equal(commit_share_us(n, 990), 4970);
    assert_int_equal(commit_share_us(n, 1000), 5000);
}

static void the_slow_few_are_seen_by_the_last_hundredth_only(void **state)
{
    /* 98 up to a millisecond, 2 of 500 ms to 1 s. */
    const int64_t n[COUNTERS_BUCKETS] = { 98, 0, 0, 0, 0, 0, 0, 0, 0, 2 };

    (void)state;
    assert_in_range(commit_share_us(n, 500), 500, 520);
    assert_int_equal(commit_share_us(n, 990), 750000);
}

static void beyond_the_last_bound_it_is_that_bound(void **state)
{
    int64_t n[COUNTERS_BUCKETS] = { 0 };

    (void)state;
    n[COUNTERS_BUCKETS - 1] = 3;
    assert_int_equal(commit_share_us(n, 500), 10000000);
}

static void one_session_alone_is_every_share(void **state)
{
    const int64_t n[COUNTERS_BUCKETS] = { 1 };

    (void)state;
    assert_int_equal(commit_share_us(n, 1), 1000);
    assert_int_equal(commit_share_us(n, 990), 1000);
}

static void a_session_is_counted_in_the_bucket_of_its_time(void **state)
{
    const struct counters *c = counters_now();

    (void)state;
    counters_session(1000);
    counters_session(1001);
    counters_session(-5); /* the clock was set back */
    counters_session(INT64_C(60000000));
    assert_int_equal(c->sessions, 4);
    assert_int_equal(c->commits[0], 2);
    assert_int_equal(c->commits[1], 1);
    assert_int_equal(c->commits[COUNTERS_BUCKETS - 1], 1);
    assert_int_equal(c->commit_us, 1000 + 1001 + INT64_C(60000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_sessions_there_is_no_share),
        cmocka_unit_test(sessions_of_a_bucket_are_spread_evenly),
        cmocka_unit_test(the_slow_few_are_seen_by_the_last_hundredth_only),
        cmocka_unit_test(beyond_the_last_bound_it_is_that_bound),
        cmocka_unit_test(one_session_alone_is_every_share),
        cmocka_unit_test(a_session_is_counted_in_the_bucket_of_its_time),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
