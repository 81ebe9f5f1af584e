/* Cells that spreadsheets split, or would take for formulas. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/report/csv.h"

static void a_cell_of_text_is_written_as(const char *text, const char *want)
{
    struct buf b = { 0 };

    csv_put_text(&b, true, text);
    assert_string_equal(b.at, want);
    buf_free(&b);
}

static void text_is_quoted_only_where_it_must_be(void **state)
{
    (void)state;
    a_cell_of_text_is_written_as("ул. Ленина, 5", "ул. Ленина, 5");
    a_cell_of_text_is_written_as("a;b", "\"a;b\"");
    a_cell_of_text_is_written_as("ООО \"Газ\"", "\"ООО \"\"Газ\"\"\"");
    a_cell_of_text_is_written_as("a\nb", "\"a\nb\"");
    a_cell_of_text_is_written_as("a\rb", "\"a\rb\"");
    a_cell_of_text_is_written_as("", "");
}

static void digits_that_are_a_name_are_quoted_and_nothing_is_added(void **state)
{
    (void)state;
    a_cell_of_text_is_written_as("0100000012", "\"0100000012\"");
    a_cell_of_text_is_written_as("7", "\"7\"");
    a_cell_of_text_is_written_as("12-01-2026", "12-01-2026");
    a_cell_of_text_is_written_as("7a", "7a");
}

static void text_that_looks_like_a_formula_is_disarmed(void **state)
{
    (void)state;
    a_cell_of_text_is_written_as("=1+1", "'=1+1");
    a_cell_of_text_is_written_as("+7 495 1", "'+7 495 1");
    a_cell_of_text_is_written_as("-5", "'-5");
    a_cell_of_text_is_written_as("@SUM(A1)", "'@SUM(A1)");
    a_cell_of_text_is_written_as("\t=1", "'\t=1");
    a_cell_of_text_is_written_as("\r=1", "\"'\r=1\"");
    a_cell_of_text_is_written_as("=\"a;b\"", "\"'=\"\"a;b\"\"\"");
    a_cell_of_text_is_written_as("a=1", "a=1");
}

static void a_row_is_cells_and_semicolons_and_crlf(void **state)
{
    struct buf b = { 0 };

    (void)state;
    csv_put_text(&b, true, "021");
    csv_put_number(&b, false, "-12.500");
    csv_put_text(&b, false, "");
    csv_put_end(&b);
    csv_put_text(&b, true, "");
    csv_put_text(&b, false, "x");
    csv_put_end(&b);
    assert_string_equal(b.at, "\"021\";-12.500;\r\n;x\r\n");
    buf_free(&b);
}

static void a_buffer_grows_to_any_length_and_keeps_its_bytes(void **state)
{
    struct buf b = { 0 };

    (void)state;
    for (int i = 0; i < 100000; i++)
        buf_putc(&b, (char)('a' + i % 26));
    assert_int_equal(b.len, 100000);
    for (size_t i = 0; i < b.len; i++)
        assert_int_equal(b.at[i], 'a' + (int)(i % 26));
    assert_int_equal(b.at[b.len], '\0');
    buf_clear(&b);
    assert_int_equal(b.len, 0);
    assert_string_equal(b.at, "");
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_quoted_only_where_it_must_be),
        cmocka_unit_test(
            digits_that_are_a_name_are_quoted_and_nothing_is_added),
        cmocka_unit_test(text_that_looks_like_a_formula_is_disarmed),
        cmocka_unit_test(a_row_is_cells_and_semicolons_and_crlf),
        cmocka_unit_test(a_buffer_grows_to_any_length_and_keeps_its_bytes),
    };

    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
