/* The table of an import: what its header must be, what its rows mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/import/table.h"

static struct arena *arena;

static int set_up(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct xlsx_cell cells[IMPORT_COLUMNS];

static struct xlsx_row row_of(int64_t no, const char *const *texts, size_t n)
{
    for (size_t i = 0; i < IMPORT_COLUMNS; i++) {
        const char *text = i < n ? texts[i] : "";

        cells[i] = (struct xlsx_cell){ text[0] ? XLSX_TEXT : XLSX_EMPTY, text };
    }
    return (struct xlsx_row){ no, cells, n };
}

static void the_header_is_six_seven_or_eight_columns_to_the_letter(void **state)
{
    const char *texts[9];
    struct import_heading_fault fault;
    const char *why;
    size_t columns;

    (void)state;
    for (size_t n = 1; n <= 8; n++) {
        struct xlsx_row row = row_of(1, import_headings, n);
        enum err e = import_heading_read(&row, &columns, &why, &fault);

        assert_int_equal(e, n >= 6 ? ERR_OK : ERR_INVALID);
        assert_string_equal(why, n >= 6 ? "" : "columns");
        assert_int_equal(columns, n);
    }
    for (size_t i = 0; i < 8; i++) {
        struct xlsx_row row;

        memcpy(texts, import_headings, sizeof(import_headings));
        texts[i] = "Лицевой счёт";
        row = row_of(1, texts, 8);
        assert_int_equal(import_heading_read(&row, &columns, &why, &fault),
                         ERR_INVALID);
        assert_string_equal(why, "header");
        assert_int_equal(fault.column, i);
        assert_string_equal(fault.found, "Лицевой счёт");
    }
}

static void
a_header_that_is_not_row_one_or_has_more_columns_is_refused(void **state)
{
    struct xlsx_row row = row_of(2, import_headings, 8);
    struct import_heading_fault fault;
    const char *why;
    size_t columns;

    (void)state;
    assert_int_equal(import_heading_read(&row, &columns, &why, &fault),
                     ERR_INVALID);
    assert_string_equal(why, "header");
    row = row_of(1, import_headings, 8);
    row.used = 9;
    assert_int_equal(import_heading_read(&row, &columns, &why, &fault),
                     ERR_INVALID);
    assert_string_equal(why, "columns");
}

static void a_row_means_what_stands_in_it(void **state)
{
    const char *const texts[] = { "0010671668",
                                  " 01715964 ",
                                  "Москва,  ул.Саляма\nАдила, д.1",
                                  "Запад",
                                  "5784,93",
                                  "",
                                  "Иванов Иван Иванович",
                                  "555-01-99" };
    struct xlsx_row row = row_of(2, texts, 8);
    struct import_line line;
    struct import_bad bad;

    (void)state;
    assert_int_equal(import_row_read(arena, &row, &line, &bad),
                     IMPORT_ROW_GOOD);
    assert_string_equal(line.account, "0010671668");
    assert_string_equal(line.serial, "01715964");
    assert_string_equal(line.address, "Москва, ул.Саляма Адила, д.1");
    assert_string_equal(line.branch, "Запад");
    assert_int_equal(line.price_kopecks_per_1000_m3, 578493);
    assert_string_equal(line.tariff, "5784,93");
    assert_string_equal(line.note, "");
    assert_string_equal(line.last_name, "Иванов");
    assert_string_equal(line.first_name, "Иван Иванович");
    assert_string_equal(line.phone, "555-01-99");
}

static void the_surname_ends_at_the_first_space(void **state)
{
    static const char *const names[][3] = {
        { "Иванов И.И.", "Иванов", "И.И." },
        { "Иванов", "Иванов", "" },
        { "Петров-Водкин  Кузьма", "Петров-Водкин", "Кузьма" },
        { "\xC2\xA0Ли\xC2\xA0Мэй", "Ли", "Мэй" },
    };
    const char *texts[] = { "1", "2", "3", "4", "5", "6", "" };
    struct import_line line;
    struct import_bad bad;

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct xlsx_row row;

        texts[6] = names[i][0];
        row = row_of(2, texts, 7);
        assert_int_equal(import_row_read(arena, &row, &line, &bad),
                         IMPORT_ROW_GOOD);
        assert_string_equal(line.last_name, names[i][1]);
        assert_string_equal(line.first_name, names[i][2]);
        assert_null(line.phone);
    }
}

static void an_absent_name_and_phone_stay_as_they_are(void **state)
{
    const char *const texts[] = { "1", "2", "3", "4", "5", "6", " ", "" };
    struct xlsx_row row = row_of(2, texts, 8);
    struct import_line line;
    struct import_bad bad;

    (void)state;
    assert_int_equal(import_row_read(arena, &row, &line, &bad),
                     IMPORT_ROW_GOOD);
    assert_null(line.last_name);
    assert_null(line.phone);
}

static void a_bad_cell_is_told_by_its_column(void **state)
{
    static const struct {
        size_t column;
        const char *text, *code;
    } cases[] = {
        { 0, "", "empty" },
        { 2, " ", "empty" },
        { 3, "", "empty" },
        { 4, "", "empty" },
        { 4, "дорого", "tariff" },
        { 4, "-1", "tariff" },
        { 4, "5784,935", "tariff" },
        { 4, "1e3", "tariff" },
        { 0,
          "12345678901234567890123456789012345678901234567890123456789012345",
          "long" },
    };
    struct import_line line;
    struct import_bad bad;

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *texts[] = { "1", "2", "3", "4", "5", "6" };
        const char column[] = { (char)('A' + cases[i].column), '\0' };
        struct xlsx_row row;

        texts[cases[i].column] = cases[i].text;
        row = row_of(2, texts, 6);
        assert_int_equal(import_row_read(arena, &row, &line, &bad),
                         IMPORT_ROW_BAD);
        assert_string_equal(bad.code, cases[i].code);
        assert_string_equal(bad.column, column);
    }
}

static void
a_formula_that_failed_is_an_error_and_spaces_are_an_empty_row(void **state)
{
    const char *const texts[] = { "1", "2", "#N/A", "4", "5", "6" };
    const char *const blank[] = { "", " ", "\xC2\xA0", "", "\t\n", "" };
    struct xlsx_row row = row_of(2, texts, 6);
    struct import_line line;
    struct import_bad bad;

    (void)state;
    cells[2].kind = XLSX_ERROR;
    assert_int_equal(import_row_read(arena, &row, &line, &bad), IMPORT_ROW_BAD);
    assert_string_equal(bad.code, "cell");
    assert_string_equal(bad.column, "C");
    row = row_of(3, blank, 6);
    assert_int_equal(import_row_read(arena, &row, &line, &bad),
                     IMPORT_ROW_EMPTY);
}

static void prices_are_read_as_people_write_them(void **state)
{
    static const struct {
        const char *text;
        int64_t kopecks; /* -1: no price */
    } cases[] = {
        { "5784,93", 578493 },
        { "5784.93", 578493 },
        { "5784", 578400 },
        { "5 784,9", 578490 },
        { "5\xC2\xA0"
          "784.90",
          578490 },
        { "0", 0 },
        { "0,00", 0 },
        { "5784,9300", 578493 },
        { "1000000000", 100000000000 },
        { "1000000000,01", -1 },
        { "99999999999999999999", -1 },
        { "", -1 },
        { ",", -1 },
        { "1,2,3", -1 },
        { "1,001", -1 },
        { "+1", -1 },
        { "1 руб", -1 },
        { "1, 5", -1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        int64_t kopecks = -1;

        if (!import_price_read(cases[i].text, &kopecks))
            kopecks = -1;
        assert_int_equal(kopecks, cases[i].kopecks);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(the_header_is_six_seven_or_eight_columns_to_the_letter),
        T(a_header_that_is_not_row_one_or_has_more_columns_is_refused),
        T(a_row_means_what_stands_in_it),
        T(the_surname_ends_at_the_first_space),
        T(an_absent_name_and_phone_stay_as_they_are),
        T(a_bad_cell_is_told_by_its_column),
        T(a_formula_that_failed_is_an_error_and_spaces_are_an_empty_row),
        T(prices_are_read_as_people_write_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
