/* The language of scenarios: what is read, and where what is wrong stands. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tools/meter-sim/scenario.h"

static struct arena *a;

static int setup(void **state)
{
    (void)state;
    a = arena_new();
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_free(a);
    return 0;
}

static struct scenario of(const char *text)
{
    struct scenario s;
    struct scenario_fault fault;

    if (scenario_read(a, text, strlen(text), &s, &fault) != ERR_OK)
        fail_msg("%u:%u: %s in\n%s", fault.line, fault.column, fault.why, text);
    return s;
}

static void an_empty_text_and_comments_are_a_scenario_of_nothing(void **state)
{
    struct scenario s = of("# nothing\r\n\n   \t# at 1s storm all\n");

    (void)state;
    assert_int_equal(s.n, 0);
    assert_int_equal(s.sets, 0);
    assert_int_equal(of("").n, 0);
}

static void seed_speed_and_end_are_said_once_for_all(void **state)
{
    struct scenario s = of("seed 7\nspeed 60 # a minute each second\nend 2d");

    (void)state;
    assert_int_equal(s.seed, 7);
    assert_int_equal(s.speed, 60);
    assert_int_equal(s.end_ms, 2 * 86400000LL);
}

static void times_are_put_together_of_their_units(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } cases[] = {
        { "at 0s storm all", 0 },
        { "at 250ms storm all", 250 },
        { "at 1h30m: storm all", 5400000 },
        { "at 1d2h3m4s5ms storm all", 93784005 },
        { "at 3660d storm all", 3660LL * 86400000 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(of(cases[i].text).at[0].from_ms, cases[i].ms);
}

static void a_moment_comes_once_and_a_step_again_and_again(void **state)
{
    struct scenario s = of("at 5s magnet all\n"
                           "every 10m call all\n"
                           "every 10m from 1h to 2h call all\n");

    (void)state;
    assert_int_equal(s.n, 3);
    assert_int_equal(s.at[0].when, WHEN_AT);
    assert_int_equal(s.at[0].deed, BEFALLS_MAGNET);
    assert_int_equal(s.at[0].line, 1);
    assert_int_equal(s.at[1].when, WHEN_EVERY);
    assert_int_equal(s.at[1].from_ms, 600000);
    assert_true(s.at[1].to_ms == INT64_MAX);
    assert_int_equal(s.at[2].from_ms, 3600000);
    assert_int_equal(s.at[2].to_ms, 7200000);
}

static void a_while_and_an_outage_in_words_are_the_same(void **state)
{
    struct scenario s = of("during 1h..2h outage all\n"
                           "outage from 1h to 2h all\n");

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(s.at[i].when, WHEN_DURING);
        assert_int_equal(s.at[i].deed, BEFALLS_OUTAGE);
        assert_int_equal(s.at[i].from_ms, 3600000);
        assert_int_equal(s.at[i].to_ms, 7200000);
    }
}

static void
groups_are_put_together_of_models_shares_ranges_and_groups(void **state)
{
    struct scenario s = of("group tenth = share 12.5% and not power\n"
                           "group big = model \"СГ-Лазурь G10\" and tenth\n"
                           "group street = range 700000000001..700000000100\n"
                           "at 1s magnet 50% of big and not 700000000007\n");
    const struct scenario_set *set = s.set;

    (void)state;
    assert_int_equal(s.sets, 4);
    assert_string_equal(set[0].name, "tenth");
    assert_int_equal(set[0].term[0].kind, TERM_SHARE);
    assert_int_equal(set[0].term[0].share, 1250);
    assert_int_equal(set[0].term[1].kind, TERM_POWER);
    assert_true(set[0].term[1].no);
    assert_string_equal(set[1].term[0].text, "СГ-Лазурь G10");
    assert_int_equal(set[1].term[1].kind, TERM_GROUP);
    assert_int_equal(set[1].term[1].set, 0);
    assert_string_equal(set[2].term[0].text, "700000000001");
    assert_string_equal(set[2].term[0].to, "700000000100");
    assert_null(set[3].name);
    assert_int_equal(s.at[0].part, 5000);
    assert_int_equal(s.at[0].set, 3);
    assert_int_equal(set[3].term[0].set, 1);
    assert_string_equal(set[3].term[1].text, "700000000007");
    assert_string_equal(set[3].term[1].to, "700000000007");
}

static void arguments_say_how_much(void **state)
{
    struct scenario s = of("at 1s cut all after 40 bytes\n"
                           "during 1s..2s cut valve after 65535 bytes\n"
                           "at 1s clock all -1h30m\n"
                           "at 1s drift gas +20s per 1h\n");

    (void)state;
    assert_int_equal(s.at[0].bytes, 40);
    assert_int_equal(s.at[1].bytes, 65535);
    assert_int_equal(s.at[2].ms, -5400000);
    assert_int_equal(s.at[3].ms, 20000);
    assert_int_equal(s.at[3].per_ms, 3600000);
}

static void every_deed_has_its_verb(void **state)
{
    (void)state;
    for (unsigned i = 0; i < DEEDS; i++) {
        const char *verb = scenario_verb((enum deed_kind)i);
        bool in_a_while = i == BEFALLS_SILENCE || i == BEFALLS_OUTAGE;
        const char *argument = i == BEFALLS_CLOCK     ? " +1s"
                               : i == BEFALLS_DRIFT   ? " +1s per 1h"
                               : i == BEFALLS_CUTTING ? " after 1 bytes"
                                                      : "";
        const char *text = arena_printf(a, "%s %s all%s",
                                        in_a_while ? "during 1s..2s" : "at 1s",
                                        verb, argument);

        assert_int_equal(of(text).at[0].deed, i);
    }
}

static void what_is_wrong_is_told_with_its_line_and_column(void **state)
{
    static const struct {
        const char *text;
        unsigned line, column;
        const char *why;
    } cases[] = {
        { "\n  dance", 2, 3, "a line begins with" },
        { "seed", 1, 5, "a number is missing" },
        { "seed 0", 1, 6, "1 ..." },
        { "seed 99999999999999999999", 1, 6, "1 ..." },
        { "speed 1000001", 1, 7, "1 ... 1000000" },
        { "at 5 storm all", 1, 4, "a time is missing" },
        { "at 5x storm all", 1, 4, "units" },
        { "at 3661d storm all", 1, 4, "ten years" },
        { "at 1s", 1, 6, "what happens is missing" },
        { "at 1s dance all", 1, 7, "what happens is missing" },
        { "at 1s storm", 1, 12, "meters are missing" },
        { "at 1s storm all all", 1, 17, "should end" },
        { "at 1s storm nobody", 1, 13, "meters are missing" },
        { "at 1s storm 101% of all", 1, 13, "more than 100 %" },
        { "at 1s storm 1.5 of all", 1, 13, "percentage" },
        { "at 1s storm 1.555% of all", 1, 13, "two decimals" },
        { "at 1s storm 5% all", 1, 16, "'of'" },
        { "at 1s outage all", 1, 7, "during" },
        { "during 1s..2s storm all", 1, 15, "at, or every" },
        { "during 2s..2s outage all", 1, 12, "before it begins" },
        { "during 2s outage all", 1, 11, "'..'" },
        { "outage from 2h to 1h all", 1, 19, "before it begins" },
        { "every 0s call all", 1, 7, "without end" },
        { "every 1s from 5s to 4s call all", 1, 21, "before it begins" },
        { "at 1s cut all", 1, 14, "'after'" },
        { "at 1s cut all after 0 bytes", 1, 21, "65535" },
        { "at 1s cut all after 5", 1, 22, "'bytes'" },
        { "at 1s clock all 5s", 1, 17, "how far" },
        { "at 1s drift all +5s", 1, 20, "'per'" },
        { "at 1s drift all +5s per 0s", 1, 27, "per some time" },
        { "group = all", 1, 7, "name of the group" },
        { "group all = all", 1, 7, "another name" },
        { "group a = all\ngroup a = all", 2, 7, "of that name" },
        { "group a all", 1, 9, "'='" },
        { "group a = model G4", 1, 17, "in quotes" },
        { "group a = model \"G4", 1, 17, "closing quote" },
        { "group a = range 5..4", 1, 20, "goes up" },
        { "group a = range 5..10", 1, 20, "one length" },
        { "group a = share 5", 1, 17, "a percentage" },
        { "at 1s storm model \"Лазурь\" !", 1, 28, "means nothing" },
        { "at 1s storm model \"Лазурь\" und", 1, 28, "should end" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text = cases[i].text;
        struct scenario_fault f;
        struct scenario s;

        assert_int_equal(scenario_read(a, text, strlen(text), &s, &f),
                         ERR_INVALID);
        if (f.line != cases[i].line || f.column != cases[i].column ||
            strstr(f.why, cases[i].why) == NULL)
            fail_msg("%s\n  %u:%u: %s", text, f.line, f.column, f.why);
        assert_non_null(strstr(err_reason(), f.why));
    }
}

static void what_is_too_much_is_refused(void **state)
{
    char *lines = arena_alloc(a, 5000 * 20), *large;
    struct scenario_fault f;
    struct scenario s;
    size_t len = 0;

    (void)state;
    for (unsigned i = 0; i < 4097; i++)
        len += (size_t)sprintf(lines + len, "at 1s storm all\n");
    assert_int_equal(scenario_read(a, lines, len, &s, &f), ERR_INVALID);
    assert_int_equal(f.line, 4097);
    large = arena_alloc(a, SCENARIO_MAX + 1);
    memset(large, '\n', SCENARIO_MAX + 1);
    assert_int_equal(scenario_read(a, large, SCENARIO_MAX + 1, &s, &f),
                     ERR_INVALID);
    assert_int_equal(scenario_read(a, large, SCENARIO_MAX, &s, &f), ERR_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_text_and_comments_are_a_scenario_of_nothing),
        cmocka_unit_test(seed_speed_and_end_are_said_once_for_all),
        cmocka_unit_test(times_are_put_together_of_their_units),
        cmocka_unit_test(a_moment_comes_once_and_a_step_again_and_again),
        cmocka_unit_test(a_while_and_an_outage_in_words_are_the_same),
        cmocka_unit_test(
            groups_are_put_together_of_models_shares_ranges_and_groups),
        cmocka_unit_test(arguments_say_how_much),
        cmocka_unit_test(every_deed_has_its_verb),
        cmocka_unit_test(what_is_wrong_is_told_with_its_line_and_column),
        cmocka_unit_test(what_is_too_much_is_refused),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
