/* Forms with files, however they are cut into pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/buf.h"
#include "lib/base/multipart.h"

#define TYPE "multipart/form-data; boundary=XyZ"

/* What was heard, as one text: "[name]value;" and "[name<file>]bytes;". */
static struct buf heard;

static enum err begin(void *ctx, const struct multipart_part *part)
{
    (void)ctx;
    buf_puts(&heard, "[");
    buf_puts(&heard, part->name);
    if (part->is_file) {
        buf_puts(&heard, "<");
        buf_puts(&heard, part->file_name);
        buf_puts(&heard, ">");
    }
    buf_puts(&heard, "]");
    return ERR_OK;
}

static enum err bytes(void *ctx, const void *at, size_t len)
{
    (void)ctx;
    buf_add(&heard, at, len);
    return ERR_OK;
}

static enum err end(void *ctx)
{
    (void)ctx;
    buf_puts(&heard, ";");
    return ERR_OK;
}

static int tear_down(void **state)
{
    (void)state;
    buf_free(&heard);
    memset(&heard, 0, sizeof(heard));
    return 0;
}

static enum err read_by(const char *text, size_t len, size_t step)
{
    const struct multipart_listener to = { begin, bytes, end, NULL };
    struct multipart m;
    enum err e = multipart_begin(&m, TYPE, &to);

    buf_clear(&heard);
    for (size_t at = 0; at < len && e == ERR_OK; at += step)
        e = multipart_feed(&m, text + at, len - at < step ? len - at : step);
    return e == ERR_OK ? multipart_end(&m) : e;
}

static void reads(const char *text, const char *want)
{
    for (size_t step = 1; step <= strlen(text); step++) {
        assert_int_equal(read_by(text, strlen(text), step), ERR_OK);
        assert_string_equal(heard.at, want);
    }
}

static void refuses(const char *text)
{
    for (size_t step = 1; step <= strlen(text); step++)
        assert_int_equal(read_by(text, strlen(text), step), ERR_INVALID);
}

#define FIELD(name, value)                                                     \
    "--XyZ\r\nContent-Disposition: form-data; name=\"" name "\"\r\n\r\n" value \
    "\r\n"

static void fields_and_files_come_out_whole_however_they_are_cut(void **state)
{
    (void)state;
    reads(FIELD("csrf",
                "abc") "--XyZ\r\ncontent-disposition:form-data; name=file; "
                       "filename=\"a b.xlsx\"\r\nContent-Type: "
                       "x/y\r\n\r\nPK\r\n\r\n--Xy\r\n"
                       "-\r\r\n\r\n--XyZ--\r\n",
          "[csrf]abc;[file<a b.xlsx>]PK\r\n\r\n--Xy\r\n-\r\r\n;");
}

static void an_empty_field_and_an_empty_file_are_there(void **state)
{
    (void)state;
    reads(FIELD("a", "") "--XyZ\r\nContent-Disposition: form-data; "
                         "name=\"f\"; filename=\"\"\r\n\r\n\r\n--XyZ--",
          "[a];[f<>];");
    reads("--XyZ\r\nContent-Disposition: form-data; name=a\r\n\r\n--XyZ--",
          "[a];");
}

static void what_stands_around_the_parts_is_nobodys(void **state)
{
    (void)state;
    reads("preamble\r\n--XyZ \t\r\nContent-Disposition: form-data; "
          "name=\"a\"\r\n\r\n1\r\n--XyZ--\r\nepilogue --XyZ\r\n",
          "[a]1;");
    assert_int_equal(read_by("--XyZ--", 7, 7), ERR_OK);
    assert_int_equal(heard.len, 0);
}

static void a_body_may_begin_like_a_boundary(void **state)
{
    (void)state;
    reads(FIELD("a", "--XyQ") "--XyZ--", "[a]--XyQ;");
}

static void names_are_unescaped_and_lose_their_folder(void **state)
{
    (void)state;
    reads("--XyZ\r\nContent-Disposition: form-data; name=\"a%22b\"; "
          "filename=\"C:\\docs\\\xd0\x96\\\".xlsx\"\r\n\r\n1\r\n--XyZ--",
          "[a\"b<\xd0\x96\".xlsx>]1;");
}

static void a_body_that_breaks_off_is_refused(void **state)
{
    static const char whole[] = FIELD("a", "1") "--XyZ--";

    (void)state;
    for (size_t n = 0; n < sizeof(whole) - 1; n++)
        assert_int_equal(read_by(whole, n, 3), ERR_INVALID);
}

static void broken_headers_are_refused(void **state)
{
    (void)state;
    refuses("--XyZ\r\n\r\n1\r\n--XyZ--");
    refuses("--XyZ\r\nContent-Type: a/b\r\n\r\n1\r\n--XyZ--");
    refuses("--XyZ\r\nContent-Disposition: attachment; name=a\r\n\r\n--XyZ--");
    refuses("--XyZ\r\nContent-Disposition: form-data; name=\"a\r\n\r\n--XyZ--");
    refuses("--XyZ\r\nContent-Disposition: form-data; "
            "name=\"\xff\"\r\n\r\n--XyZ--");
    refuses("--XyZx\r\nContent-Disposition: form-data; name=a\r\n\r\n--XyZ--");
}

static void endless_headers_names_and_parts_are_refused(void **state)
{
    struct buf b = { 0 };

    (void)state;
    buf_puts(&b, "--XyZ\r\nContent-Disposition: form-data; name=\"");
    for (int i = 0; i < 3000; i++)
        buf_putc(&b, 'a');
    assert_int_equal(read_by(b.at, b.len, 500), ERR_INVALID);
    buf_clear(&b);
    buf_puts(&b, "--XyZ\r\n");
    for (int i = 0; i < 20; i++)
        buf_puts(&b, "X: y\r\n");
    assert_int_equal(read_by(b.at, b.len, 500), ERR_INVALID);
    buf_clear(&b);
    for (int i = 0; i < 100; i++)
        buf_puts(&b, FIELD("a", "1"));
    buf_puts(&b, "--XyZ--");
    assert_int_equal(read_by(b.at, b.len, 500), ERR_INVALID);
    buf_free(&b);
}

static void only_a_form_with_a_good_boundary_is_taken(void **state)
{
    static const char *const good[] = {
        "multipart/form-data;boundary=a",
        "Multipart/Form-Data ; Boundary=\"a b\"",
        "multipart/form-data; boundary=----WebKitFormBoundaryAb12; x=y"
    };
    static const char *const bad[] = { "",
                                       "text/plain",
                                       "multipart/form-data",
                                       "multipart/form-data; x=y",
                                       "multipart/form-data; boundary=",
                                       "multipart/form-data; boundary=a\r\nb",
                                       "multipart/form-data; boundary=\"a \"",
                                       "multipart/form-data; boundary="
                                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
                                       "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };
    const struct multipart_listener to = { begin, bytes, end, NULL };
    struct multipart m;

    (void)state;
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_int_equal(multipart_begin(&m, good[i], &to), ERR_OK);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_int_equal(multipart_begin(&m, bad[i], &to), ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_teardown(name, tear_down)
        T(fields_and_files_come_out_whole_however_they_are_cut),
        T(an_empty_field_and_an_empty_file_are_there),
        T(what_stands_around_the_parts_is_nobodys),
        T(a_body_may_begin_like_a_boundary),
        T(names_are_unescaped_and_lose_their_folder),
        T(a_body_that_breaks_off_is_refused),
        T(broken_headers_are_refused),
        T(endless_headers_names_and_parts_are_refused),
        T(only_a_form_with_a_good_boundary_is_taken),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
