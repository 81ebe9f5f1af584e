/* The language of serial numbers (lib/units/serials.h) and files of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/units/serials.h"
#include "lib/units/serials_csv.h"

static struct serials_fault fault_of(const char *text)
{
    struct arena *a = arena_new();
    struct serials s;
    struct serials_fault fault;

    assert_int_equal(serials_parse(a, text, strlen(text), &s, &fault),
                     ERR_INVALID);
    fault.text = NULL; /* goes with the arena */
    arena_free(a);
    return fault;
}

static bool names(const char *text, const char *serial)
{
    struct arena *a = arena_new();
    struct serials s;
    struct serials_fault fault;
    bool yes;

    if (serials_parse(a, text, strlen(text), &s, &fault) != ERR_OK)
        fail_msg("%s: %s", text, serials_why_name(fault.why));
    yes = serials_include(&s, serial);
    arena_free(a);
    return yes;
}

struct naming {
    const char *text, *serial;
    bool named;
};

static void check_namings(const struct naming *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (names(cases[i].text, cases[i].serial) != cases[i].named)
            fail_msg("'%s' and '%s'", cases[i].text, cases[i].serial);
    }
}

static void a_number_is_that_serial_and_a_range_has_both_its_ends(void **state)
{
    static const char list[] =
        "1500022-1500060,1500070-1500077,1500079,1500081";
    static const struct naming cases[] = {
        { "1500001", "1500001", true },
        { "1500001", "1500002", false },
        { "1500001", "01500001", false },
        { "1500232-1500245", "1500231", false },
        { "1500232-1500245", "1500232", true },
        { "1500232-1500245", "1500240", true },
        { "1500232-1500245", "1500245", true },
        { "1500232-1500245", "1500246", false },
        { list, "1500060", true },
        { list, "1500061", false },
        { list, "1500077", true },
        { list, "1500078", false },
        { list, "1500079", true },
        { list, "1500080", false },
        { list, "1500081", true },
    };

    (void)state;
    check_namings(cases, sizeof(cases) / sizeof(cases[0]));
}

static void leading_zeros_and_the_number_of_digits_count(void **state)
{
    static const struct naming cases[] = {
        { "0001-0010", "0005", true },
        { "0001-0010", "5", false },
        { "0001-0010", "00005", false },
        { "015", "15", false },
        { "1-9", "5", true },
        { "1-9", "50", false },
        { "10-99", "5", false },
        { "00000000000000000000000000000001-"
          "99999999999999999999999999999999",
          "12345678901234567890123456789012", true },
    };

    (void)state;
    check_namings(cases, sizeof(cases) / sizeof(cases[0]));
}

static void a_star_is_one_or_more_digits_and_alone_everything(void **state)
{
    static const struct naming cases[] = {
        { "16000*", "160001", true },
        { "16000*", "1600012", true },
        { "16000*", "16000", false },
        { "16000*", "26000 1", false },
        { "*", "1", true },
        { "*", "AB-17", true },
        { "15,*", "999", true },
        { "1*5", "15", false },
        { "1*5", "105", true },
        { "1*5", "15515", true },
        { "*5", "15", true },
        { "*5", "5", false },
        { "**", "1", false },
        { "**", "12", true },
        { "1*2*3", "10203", true },
        { "1*2*3", "10223", true },
        { "1*2*3", "123", false },
        { "1*2*3", "102222223", true },
        { "*77*", "77", false },
        { "*77*", "9771", true },
        { "*77*", "9777", true },
        { "16000*", "16000A", false },
        { "*1*1*1*1", "111111", false },
        { "*1*1*1*1", "21212121", true },
        { "*1*1*1*1", "11111111", true },
    };

    (void)state;
    check_namings(cases, sizeof(cases) / sizeof(cases[0]));
}

static void a_question_mark_is_exactly_one_digit(void **state)
{
    static const struct naming cases[] = {
        { "17000?", "170001", true },   { "17000?", "17000", false },
        { "17000?", "1700012", false }, { "17000?", "17000x", false },
        { "?1", "21", true },           { "?1", "1", false },
        { "1??4", "1234", true },       { "1??4", "124", false },
        { "?*", "12", true },           { "?*", "1", false },
        { "*?", "123", true },          { "*?", "1", false },
    };

    (void)state;
    check_namings(cases, sizeof(cases) / sizeof(cases[0]));
}

static void a_mixture_means_the_union(void **state)
{
    static const char text[] =
        " 1500001 ,\t1500232 - 1500245,\r\n16000*,17000?\n";
    static const struct naming cases[] = {
        { text, "1500001", true },  { text, "1500233", true },
        { text, "160009", true },   { text, "170003", true },
        { text, "1500002", false }, { text, "180003", false },
    };

    (void)state;
    check_namings(cases, sizeof(cases) / sizeof(cases[0]));
}

static void what_is_wrong_is_said_with_its_item_and_place(void **state)
{
    static const struct {
        const char *text;
        enum serials_why why;
        size_t item, at;
    } cases[] = {
        { "", SERIALS_NOTHING, 0, 0 },
        { "  \n", SERIALS_NOTHING, 0, 0 },
        { ",", SERIALS_EMPTY_ITEM, 1, 0 },
        { "1,,2", SERIALS_EMPTY_ITEM, 2, 2 },
        { "1,2, ", SERIALS_EMPTY_ITEM, 3, 5 },
        { "1,a", SERIALS_CHARACTER, 2, 2 },
        { "15;16", SERIALS_CHARACTER, 1, 2 },
        { "1,2,15\xE2\x80\x93"
          "17",
          SERIALS_CHARACTER, 3, 6 },
        { "000000012 \xE2\x97\x80 123456", SERIALS_SPACE, 1, 9 },
        { "000000012\xE2\x97\x80", SERIALS_CHARACTER, 1, 9 },
        { "%", SERIALS_CHARACTER, 1, 0 },
        { "15 16", SERIALS_SPACE, 1, 2 },
        { "1-2 3", SERIALS_SPACE, 1, 3 },
        { "15*-160", SERIALS_MASK_IN_RANGE, 1, 2 },
        { "150-16?", SERIALS_MASK_IN_RANGE, 1, 6 },
        { "*-*", SERIALS_MASK_IN_RANGE, 1, 0 },
        { "15-", SERIALS_BOUND_MISSING, 1, 3 },
        { "-15", SERIALS_BOUND_MISSING, 1, 0 },
        { "-", SERIALS_BOUND_MISSING, 1, 0 },
        { "1-2-3", SERIALS_MANY_BOUNDS, 1, 3 },
        { "1--3", SERIALS_MANY_BOUNDS, 1, 2 },
        { "99-100", SERIALS_BOUNDS_UNEQUAL, 1, 3 },
        { "7,1500245-1500232", SERIALS_BOUNDS_REVERSED, 2, 10 },
        { "123456789012345678901234567890123", SERIALS_MANY_DIGITS, 1, 32 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct serials_fault f = fault_of(cases[i].text);

        if (f.why != cases[i].why || f.item != cases[i].item ||
            f.at != cases[i].at)
            fail_msg("'%s': %s, item %zu, octet %zu", cases[i].text,
                     serials_why_name(f.why), f.item, f.at);
    }
}

static void a_wrong_item_is_said_again_and_cut_between_letters(void **state)
{
    static const char long_one[] =
        "1,"
        "000000000000000000000000000000000000000\xD0\xAF\xD0\xAF\xD0\xAF";
    struct arena *a = arena_new();
    struct serials s;
    struct serials_fault f;

    (void)state;
    assert_int_equal(serials_parse(a, "1, 15x ,2", 9, &s, &f), ERR_INVALID);
    assert_string_equal(f.text, "15x");
    assert_int_equal(serials_parse(a, long_one, sizeof(long_one) - 1, &s, &f),
                     ERR_INVALID);
    assert_string_equal(f.text, "000000000000000000000000000000000000000…");
    arena_free(a);
}

static void an_expression_is_bounded(void **state)
{
    char *text = malloc(SERIALS_TEXT_MAX + 2);

    (void)state;
    assert_non_null(text);
    memset(text, '1', SERIALS_TEXT_MAX + 1);
    text[SERIALS_TEXT_MAX + 1] = '\0';
    assert_int_equal(fault_of(text).why, SERIALS_LONG_TEXT);
    for (size_t i = 0; i <= 2 * (size_t)SERIALS_ITEMS_MAX; i++)
        text[i] = i % 2 ? ',' : '1';
    text[2 * SERIALS_ITEMS_MAX + 1] = '\0';
    assert_int_equal(fault_of(text).why, SERIALS_MANY_ITEMS);
    text[2 * SERIALS_ITEMS_MAX - 1] = '\0';
    assert_true(names(text, "1"));
    for (size_t i = 0; i <= SERIALS_LOOSE_MAX; i++)
        memcpy(text + i * 3, "*1,", 4);
    text[SERIALS_LOOSE_MAX * 3 + 2] = '\0';
    assert_int_equal(fault_of(text).why, SERIALS_MANY_LOOSE);
    assert_int_equal(fault_of(text).item, SERIALS_LOOSE_MAX + 1);
    free(text);
}

static void what_is_named_twice_is_kept_once(void **state)
{
    static const char text[] =
        "7,5-9,5,0007,12,0012,12,8-9,1*,1*,?*,*?,6-6,4-7,30-40,35-50,60-61";
    struct arena *a = arena_new();
    struct serials s;
    struct serials_fault f;

    (void)state;
    assert_int_equal(serials_parse(a, text, sizeof(text) - 1, &s, &f), ERR_OK);
    assert_false(s.all);
    assert_int_equal(s.n_exact, 3);
    assert_string_equal(s.exact[0], "0007");
    assert_string_equal(s.exact[1], "0012");
    assert_string_equal(s.exact[2], "12");
    assert_int_equal(s.n_ranges, 3);
    assert_string_equal(s.ranges[0].from, "4");
    assert_string_equal(s.ranges[0].to, "9");
    assert_string_equal(s.ranges[1].from, "30");
    assert_string_equal(s.ranges[1].to, "50");
    assert_string_equal(s.ranges[2].from, "60");
    assert_int_equal(s.n_masks, 2);
    assert_string_equal(s.masks[0], "1*");
    assert_string_equal(s.masks[1], "?*");
    arena_free(a);
}

static void
a_phrase_is_meant_in_this_language_when_it_has_its_signs(void **state)
{
    (void)state;
    assert_true(serials_meant("15*"));
    assert_true(serials_meant("1?"));
    assert_true(serials_meant("1,2"));
    assert_true(serials_meant("1-2"));
    assert_false(serials_meant("1500001"));
    assert_false(serials_meant(""));
}

/* ---- files ---- */

/* In pieces of so many octets: nothing may depend on where they are cut. */
static struct serials_csv_fault file_fault(const char *text, size_t len,
                                           size_t piece, char *numbers)
{
    struct serials_csv *c = serials_csv_new();
    struct serials_csv_fault fault = { SERIALS_CSV_FINE, 0, 0, "" };
    enum err e = ERR_OK;
    size_t used = 0;

    for (size_t at = 0; at < len && e == ERR_OK; at += piece)
        e = serials_csv_feed(c, text + at, len - at < piece ? len - at : piece,
                             &fault);
    if (e == ERR_OK)
        e = serials_csv_end(c, &fault);
    assert_int_equal(e, fault.why == SERIALS_CSV_FINE ? ERR_OK : ERR_INVALID);
    for (size_t i = 0; numbers != NULL && i < serials_csv_count(c); i++)
        used +=
            (size_t)sprintf(numbers + used, "%s@%d ", serials_csv_number(c, i),
                            (int)serials_csv_line(c, i));
    serials_csv_free(c);
    return fault;
}

static void
files_of_either_separator_are_read_by_their_first_column(void **state)
{
    static const struct {
        const char *file, *numbers;
    } cases[] = {
        { "1500001\n", "1500001@1 " },
        { "1500001", "1500001@1 " },
        { "0015;x,y\r\n0016;,\r\n", "0015@1 0016@2 " },
        { "15,x;y\r16,\"a\"\"b\nc\"\r17\r", "15@1 16@2 17@4 " },
        { "\xEF\xBB\xBF"
          "15;1\n",
          "15@1 " },
        { "\"15\";\"1\"\n\"16\"\n", "15@1 16@2 " },
        { "15\n\n\r\n16\n\n", "15@1 16@4 " },
        { "15;\xCF\xF0\xE8\xE2\xE5\xF2 \"a\" b\n16;it's\n", "15@1 16@2 " },
        { "15;a\n16;\"b;c\"\n", "15@1 16@2 " },
        { "15\t\n", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        for (size_t piece = 1; piece < 40 && cases[i].numbers; piece++) {
            char numbers[200] = "";
            struct serials_csv_fault f = file_fault(
                cases[i].file, strlen(cases[i].file), piece, numbers);

            if (f.why != SERIALS_CSV_FINE)
                fail_msg("case %zu: %s", i, serials_csv_why_name(f.why));
            assert_string_equal(numbers, cases[i].numbers);
        }
    }
}

static void a_wrong_file_is_refused_with_reason_and_line(void **state)
{
    static const struct {
        const char *file;
        enum serials_csv_why why;
        int line, first;
        const char *text;
    } cases[] = {
        { "", SERIALS_CSV_NOTHING, 0, 0, "" },
        { "\n\r\n", SERIALS_CSV_NOTHING, 0, 0, "" },
        { "Serial;Note\n15;x\n", SERIALS_CSV_DIGITS, 1, 0, "Serial" },
        { "15\n16a\n", SERIALS_CSV_DIGITS, 2, 0, "16a" },
        { "15\n 16\n", SERIALS_CSV_DIGITS, 2, 0, " 16" },
        { "15*\n", SERIALS_CSV_DIGITS, 1, 0, "15*" },
        { "15\n;x\n", SERIALS_CSV_DIGITS, 2, 0, "" },
        { "15;x\n16,x\n", SERIALS_CSV_DIGITS, 2, 0, "16,x" },
        { "Номер;x\n15;x\n", SERIALS_CSV_DIGITS, 1, 0, "Номер" },
        { "\xCD\xEE\xD0\n", SERIALS_CSV_DIGITS, 1, 0, "???" },
        { "15\n16\n17\n16;x\n", SERIALS_CSV_DUPLICATE, 4, 2, "16" },
        { "15\n\"15\"", SERIALS_CSV_DUPLICATE, 2, 1, "15" },
        { "15\n016\n16\n", SERIALS_CSV_FINE, 0, 0, "" },
        { "15\n\"16\n17\n", SERIALS_CSV_FORMAT, 2, 0, "" },
        { "15\n\"16\"x\n", SERIALS_CSV_FORMAT, 2, 0, "" },
        { "PK\x03\x04rest", SERIALS_CSV_FORMAT, 1, 0, "" },
        { "\xEF"
          "15\n",
          SERIALS_CSV_FORMAT, 1, 0, "" },
        { "\xEF\xBB", SERIALS_CSV_FORMAT, 1, 0, "" },
        { "123456789012345678901234567890123\n", SERIALS_CSV_MANY_DIGITS, 1, 0,
          "123456789012345678901234567890123" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct serials_csv_fault f =
            file_fault(cases[i].file, strlen(cases[i].file), 3, NULL);

        if (f.why != cases[i].why || f.line != cases[i].line ||
            f.first != cases[i].first || strcmp(f.text, cases[i].text) != 0)
            fail_msg("case %zu: %s, line %d after %d, '%s'", i,
                     serials_csv_why_name(f.why), (int)f.line, (int)f.first,
                     f.text);
    }
}

static void text_of_another_width_and_endless_lines_are_no_csv(void **state)
{
    static const char wide[] = "\xFF\xFE"
                               "1\0005\000\n\0";
    char *line = malloc(SERIALS_CSV_LINE_MAX + 8);
    struct serials_csv_fault f;

    (void)state;
    assert_int_equal(file_fault(wide, sizeof(wide) - 1, 64, NULL).why,
                     SERIALS_CSV_FORMAT);
    assert_non_null(line);
    memset(line, 'x', SERIALS_CSV_LINE_MAX + 8);
    memcpy(line, "15;", 3);
    f = file_fault(line, SERIALS_CSV_LINE_MAX + 8, 4096, NULL);
    assert_int_equal(f.why, SERIALS_CSV_FORMAT);
    assert_int_equal(f.line, 1);
    free(line);
}

static void a_million_numbers_are_taken_and_not_one_more(void **state)
{
    struct serials_csv *c = serials_csv_new();
    struct serials_csv_fault f;
    char line[32];
    enum err e = ERR_OK;

    (void)state;
    for (int i = 0; i < SERIALS_CSV_NUMBERS_MAX && e == ERR_OK; i++) {
        int n = snprintf(line, sizeof(line), "%012d;x\r\n", i);

        e = serials_csv_feed(c, line, (size_t)n, &f);
    }
    assert_int_equal(e, ERR_OK);
    assert_int_equal(serials_csv_count(c), SERIALS_CSV_NUMBERS_MAX);
    assert_string_equal(serials_csv_number(c, 999999), "000000999999");
    assert_int_equal(serials_csv_feed(c, "5\n", 2, &f), ERR_INVALID);
    assert_int_equal(f.why, SERIALS_CSV_MANY_NUMBERS);
    assert_int_equal(f.line, SERIALS_CSV_NUMBERS_MAX + 1);
    assert_int_equal(serials_csv_end(c, &f), ERR_INVALID);
    serials_csv_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_that_serial_and_a_range_has_both_its_ends),
        cmocka_unit_test(leading_zeros_and_the_number_of_digits_count),
        cmocka_unit_test(a_star_is_one_or_more_digits_and_alone_everything),
        cmocka_unit_test(a_question_mark_is_exactly_one_digit),
        cmocka_unit_test(a_mixture_means_the_union),
        cmocka_unit_test(what_is_wrong_is_said_with_its_item_and_place),
        cmocka_unit_test(a_wrong_item_is_said_again_and_cut_between_letters),
        cmocka_unit_test(an_expression_is_bounded),
        cmocka_unit_test(what_is_named_twice_is_kept_once),
        cmocka_unit_test(
            a_phrase_is_meant_in_this_language_when_it_has_its_signs),
        cmocka_unit_test(
            files_of_either_separator_are_read_by_their_first_column),
        cmocka_unit_test(a_wrong_file_is_refused_with_reason_and_line),
        cmocka_unit_test(text_of_another_width_and_endless_lines_are_no_csv),
        cmocka_unit_test(a_million_numbers_are_taken_and_not_one_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
