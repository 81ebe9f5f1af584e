/* Cells that come in are checked once, whatever the format. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/report/pdf.h"
#include "lib/report/report.h"

static struct arena *arena;
static struct buf written;

static enum err take(void *it, const void *bytes, size_t len)
{
    (void)it;
    buf_add(&written, bytes, len);
    return ERR_OK;
}

static enum err take_nothing(void *it, const void *bytes, size_t len)
{
    (void)it;
    (void)bytes;
    (void)len;
    return err_raise(ERR_IO, "the reader is gone");
}

static const struct sink into_buf = { .write = take };
static const struct sink into_nothing = { .write = take_nothing };

static const struct report_head head = { .title = "Отчёт",
                                         .page_word = "стр.",
                                         .made = { 2026, 11, 20 } };

/* The CSV row of one cell, without the header and the line's end. */
static const char *cell_of(struct report_column c, const char *cell)
{
    struct report *r;
    const char *at;

    c.title = "T";
    buf_clear(&written);
    assert_int_equal(
        report_begin(arena, REPORT_CSV, &head, &c, 1, &into_buf, &r), ERR_OK);
    if (report_row(r, &cell) != ERR_OK) {
        report_drop(r);
        return NULL;
    }
    assert_int_equal(report_end(r), ERR_OK);
    assert_memory_equal(written.at, "\xEF\xBB\xBFT\r\n", 6);
    at = written.at + 6;
    assert_string_equal(at + strlen(at) - 2, "\r\n");
    return arena_strndup(arena, at, strlen(at) - 2);
}

static void numbers_get_exactly_the_decimals_of_their_column(void **state)
{
    static const struct {
        int decimals;
        const char *cell, *want;
    } cases[] = {
        { 3, "12.5", "12,500" }, { 3, "12", "12,000" },
        { 0, "12", "12" },       { 0, "12.000", "12" },
        { 2, "-0.5", "-0,50" },  { 3, "1234567.891", "1234567,891" },
        { 3, "", "" },           { 2, "1.2300", "1,23" },
        { 2, "1.234", NULL },    { 0, "0.5", NULL },
        { 3, "1,5", NULL },      { 3, "1.", NULL },
        { 3, ".5", NULL },       { 3, "-", NULL },
        { 3, "1e3", NULL },      { 3, "NaN", NULL },
        { 3, " 1", NULL },       { 3, "--1", NULL },
        { 3, "1.5.5", NULL },    { 0, "1234567890123456789", NULL },
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *got =
            cell_of((struct report_column){ .type = REPORT_NUMBER,
                                            .decimals = cases[i].decimals },
                    cases[i].cell);

        if (cases[i].want == NULL)
            assert_null(got);
        else
            assert_string_equal(got, cases[i].want);
    }
}

static void dates_that_never_were_are_refused(void **state)
{
    const struct report_column day = { .type = REPORT_DATE };
    const struct report_column moment = { .type = REPORT_MOMENT };

    (void)state;
    assert_string_equal(cell_of(day, "2026-11-20"), "20-11-2026");
    assert_string_equal(cell_of(day, "2024-02-29"), "29-02-2024");
    assert_string_equal(cell_of(day, ""), "");
    assert_string_equal(cell_of(moment, "2026-11-20 03:15:09"),
                        "20-11-2026 03:15:09");
    assert_null(cell_of(day, "2026-02-29"));
    assert_null(cell_of(day, "2026-13-01"));
    assert_null(cell_of(day, "2026-11-00"));
    assert_null(cell_of(day, "20-11-2026"));
    assert_null(cell_of(day, "2026-11-20 03:15:09"));
    assert_null(cell_of(moment, "2026-11-20 24:00:00"));
    assert_null(cell_of(moment, "2026-11-20"));
}

static void a_missing_cell_is_an_empty_one(void **state)
{
    (void)state;
    assert_string_equal(
        cell_of((struct report_column){ .type = REPORT_TEXT }, NULL), "");
    assert_string_equal(
        cell_of((struct report_column){ .type = REPORT_NUMBER }, NULL), "");
}

static void a_number_too_wide_for_its_dbf_field_is_refused(void **state)
{
    const struct report_column c = { .title = "V",
                                     .type = REPORT_NUMBER,
                                     .width = 6,
                                     .decimals = 2,
                                     .dbf_name = "V" };
    const char *fits = "999.99", *wide = "1000.00";
    struct report *r;

    (void)state;
    assert_int_equal(
        report_begin(arena, REPORT_DBF, &head, &c, 1, &into_buf, &r), ERR_OK);
    assert_int_equal(report_row(r, &fits), ERR_OK);
    assert_int_equal(report_row(r, &wide), ERR_INVALID);
    report_drop(r);
}

static void a_reader_that_is_gone_ends_every_format(void **state)
{
    const struct report_column c = { .title = "T",
                                     .width = 10,
                                     .dbf_name = "T" };

    (void)state;
    for (int f = REPORT_PDF; f <= REPORT_DBF; f++) {
        const char *cell = "x";
        struct report *r;

        assert_int_equal(report_begin(arena, (enum report_format)f, &head, &c,
                                      1, &into_nothing, &r),
                         ERR_OK);
        assert_int_equal(report_row(r, &cell), ERR_OK);
        assert_int_equal(report_end(r), ERR_IO);
    }
}

static void a_report_that_is_given_up_sends_nothing(void **state)
{
    const struct report_column c = { .title = "T",
                                     .width = 10,
                                     .dbf_name = "T" };

    (void)state;
    for (int f = REPORT_PDF; f <= REPORT_DBF; f++) {
        const char *cell = "x";
        struct report *r;

        buf_clear(&written);
        assert_int_equal(report_begin(arena, (enum report_format)f, &head, &c,
                                      1, &into_buf, &r),
                         ERR_OK);
        assert_int_equal(report_row(r, &cell), ERR_OK);
        report_drop(r);
        assert_int_equal(written.len, 0);
    }
}

static void a_folder_that_is_not_there_is_said(void **state)
{
    struct report_head elsewhere = head;
    const struct report_column c = { .title = "T",
                                     .width = 10,
                                     .dbf_name = "T" };
    struct report *r;

    (void)state;
    elsewhere.tmpdir = "/nonexistent";
    assert_int_equal(
        report_begin(arena, REPORT_XLSX, &elsewhere, &c, 1, &into_buf, &r),
        ERR_IO);
    assert_non_null(strstr(err_reason(), "/nonexistent"));
    assert_int_equal(
        report_begin(arena, REPORT_DBF, &elsewhere, &c, 1, &into_buf, &r),
        ERR_IO);
}

static void fonts_that_are_not_there_are_said(void **state)
{
    struct pdf *p;

    (void)state;
    assert_int_equal(
        pdf_begin(&(struct pdf_options){ .font_dir = "/nonexistent" }, &p),
        ERR_IO);
    assert_non_null(strstr(err_reason(), "fonts-liberation"));
}

static void a_document_has_no_more_pages_than_it_may(void **state)
{
    struct pdf *p;

    (void)state;
    assert_int_equal(pdf_begin(&(struct pdf_options){ 0 }, &p), ERR_OK);
    for (int i = 0; i < PDF_PAGES_MAX; i++)
        pdf_page(p);
    assert_int_equal(pdf_pages(p), PDF_PAGES_MAX);
    pdf_page(p);
    assert_int_equal(pdf_finish(p, &into_buf), ERR_INVALID);
}

static int begin(void **state)
{
    (void)state;
    arena = arena_new();
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    buf_free(&written);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_get_exactly_the_decimals_of_their_column),
        cmocka_unit_test(dates_that_never_were_are_refused),
        cmocka_unit_test(a_missing_cell_is_an_empty_one),
        cmocka_unit_test(a_number_too_wide_for_its_dbf_field_is_refused),
        cmocka_unit_test(a_reader_that_is_gone_ends_every_format),
        cmocka_unit_test(a_report_that_is_given_up_sends_nothing),
        cmocka_unit_test(a_folder_that_is_not_there_is_said),
        cmocka_unit_test(fonts_that_are_not_there_are_said),
        cmocka_unit_test(a_document_has_no_more_pages_than_it_may),
    };

    return cmocka_run_group_tests_name("report cells", tests, begin, end);
}
