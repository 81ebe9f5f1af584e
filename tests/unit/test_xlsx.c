/*
 * Tables of strangers: what the standard allows and programs really write, and
 * what is refused, with the word for it. Files are packed here, part by part.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <zip.h>

#include "lib/base/buf.h"
#include "lib/xlsx/xlsx.h"

#define COLUMNS 8

static char path[64];
static struct buf heard;
static enum xlsx_fault why;

#define REL(id, type, target)                                                  \
    "<Relationship Id=\"" id "\" Type=\"urn:relationships/" type               \
    "\" Target=\"" target "\"/>"
#define ROOT_RELS                                                              \
    "<Relationships>" REL("r1", "officeDocument",                              \
                          "xl/workbook.xml") "</Relationships>"
#define BOOK_RELS                                                              \
    "<Relationships>" REL("r1", "worksheet", "worksheets/sheet1.xml")          \
        REL("r2", "sharedStrings", "sharedStrings.xml")                        \
            REL("r3", "styles", "styles.xml") "</Relationships>"
#define BOOK                                                                   \
    "<workbook xmlns:r=\"urn:r\"><sheets><sheet name=\"A\" sheetId=\"1\" "     \
    "r:id=\"r1\"/></sheets></workbook>"
#define SHEET(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"
#define STYLES                                                                 \
    "<styleSheet><numFmts><numFmt numFmtId=\"164\" "                           \
    "formatCode=\"0000000000\"/>"                                              \
    "<numFmt numFmtId=\"165\" formatCode=\"dd\\.mm\\.yyyy;@\"/>"               \
    "<numFmt numFmtId=\"166\" formatCode=\"#,##0.00&quot;d&quot;[$-419]\"/>"   \
    "</numFmts><cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs><cellXfs>"    \
    "<xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/>"          \
    "<xf numFmtId=\"165\"/><xf numFmtId=\"166\"/><xf numFmtId=\"22\"/>"        \
    "</cellXfs></styleSheet>"

static int set_up(void **state)
{
    (void)state;
    snprintf(path, sizeof(path), "/tmp/lazur-test-xlsx-%ld", (long)getpid());
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    buf_free(&heard);
    memset(&heard, 0, sizeof(heard));
    unlink(path);
    return 0;
}

/* "2:A|~B||n5": cells with a bar between them; ~ text, n number, b, e. */
static enum err row(void *ctx, const struct xlsx_row *r)
{
    static const char marks[] = { '.', '~', 'n', 'b', 'e' };
    char no[32];

    (void)ctx;
    snprintf(no, sizeof(no), "%d/%zu:", (int)r->no, r->used);
    buf_puts(&heard, no);
    for (size_t i = 0; i < COLUMNS && i < r->used; i++) {
        buf_putc(&heard, marks[r->cells[i].kind]);
        buf_puts(&heard, r->cells[i].text);
        buf_putc(&heard, '|');
    }
    buf_putc(&heard, '\n');
    return ERR_OK;
}

static enum err read_file(void)
{
    const struct xlsx_reading reading = { .columns = COLUMNS, .row = row };

    buf_clear(&heard);
    return xlsx_read(path, &reading, &why);
}

/* name, content, name, content ... NULL */
static void pack(const char *name, ...)
{
    int code;
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    va_list ap;

    assert_non_null(zip);
    va_start(ap, name);
    for (; name != NULL; name = va_arg(ap, const char *)) {
        const char *content = va_arg(ap, const char *);

        assert_true(
            zip_file_add(zip, name,
                         zip_source_buffer(zip, content, strlen(content), 0),
                         0) >= 0);
    }
    va_end(ap);
    assert_int_equal(zip_close(zip), 0);
}

static void pack_sheet(const char *sheet, const char *strings)
{
    pack("_rels/.rels", ROOT_RELS, "xl/workbook.xml", BOOK,
         "xl/_rels/workbook.xml.rels", BOOK_RELS, "xl/styles.xml", STYLES,
         "xl/sharedStrings.xml", strings, "xl/worksheets/sheet1.xml", sheet,
         NULL);
}

static void reads(const char *sheet, const char *want)
{
    pack_sheet(sheet, "<sst><si><t>A</t></si><si><r><t>B </t></r><rPh sb=\"0\" "
                      "eb=\"1\"><t>hint</t></rPh><r><rPr/><t "
                      "xml:space=\"preserve\">C</t></r></si><si/></sst>");
    assert_int_equal(read_file(), ERR_OK);
    assert_string_equal(heard.at, want);
}

static void refuses(enum xlsx_fault fault)
{
    assert_int_equal(read_file(), ERR_INVALID);
    assert_string_equal(xlsx_fault_code(why), xlsx_fault_code(fault));
}

static void write_file(const void *bytes, size_t len)
{
    FILE *f = fopen(path, "wb");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, len, f), len);
    assert_int_equal(fclose(f), 0);
}

/* ---- what is read ---- */

static void texts_are_shared_inline_rich_and_computed(void **state)
{
    (void)state;
    reads(SHEET("<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c>"
                "<c r=\"B1\" t=\"s\"><v>1</v></c>"
                "<c r=\"C1\" t=\"inlineStr\"><is><r><t>x</t></r><r><t>y</t></r>"
                "<rPh><t>hint</t></rPh></is></c>"
                "<c r=\"D1\" t=\"str\"><f>A1&amp;\"!\"</f><v>A!</v></c>"
                "<c r=\"E1\" t=\"s\"><v>2</v></c></row>"),
          "1/4:~A|~B C|~xy|~A!|\n");
}

static void rows_and_cells_that_are_not_there_leave_gaps(void **state)
{
    (void)state;
    reads(SHEET("<row r=\"3\"><c r=\"C3\"><v>7</v></c></row>"
                "<row><c><v>1</v></c><c><v>2</v></c></row>"
                "<row r=\"9\"><c r=\"A9\" s=\"1\"/></row>"
                "<row r=\"1000\"><c r=\"AB1000\"><v>5</v></c></row>"),
          "3/3:.|.|n7|\n4/2:n1|n2|\n1000/28:.|.|.|.|.|.|.|.|\n");
}

static void numbers_of_text_columns_come_as_people_typed_them(void **state)
{
    (void)state;
    reads(SHEET("<row r=\"1\"><c r=\"A1\"><v>1715964</v></c>"
                "<c><v>1.02233E+11</v></c><c><v>5784.9300000000003</v></c>"
                "<c><v>12.0</v></c><c s=\"2\"><v>10671668</v></c>"
                "<c s=\"4\"><v>0.1</v></c><c><v>1E-3</v></c>"
                "<c><v>12345678901234567890</v></c></row>"),
          "1/8:n1715964|n102233000000|n5784.93|n12|n0010671668|n0.1|n0.001|"
          "n12345678901234567890|\n");
}

static void dates_booleans_and_errors_are_told(void **state)
{
    (void)state;
    reads(SHEET("<row r=\"1\"><c s=\"1\"><v>46346</v></c>"
                "<c s=\"3\"><v>1</v></c><c s=\"5\"><v>46346.5</v></c>"
                "<c t=\"d\"><v>2026-11-20T00:00:00</v></c>"
                "<c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c>"
                "<c t=\"e\"><v>#N/A</v></c></row>"),
          "1/7:~20.11.2026|~01.01.1900|~20.11.2026 12:00:00|~20.11.2026|"
          "bTRUE|bFALSE|e#N/A|\n");
}

static void escapes_of_the_standard_are_characters(void **state)
{
    (void)state;
    reads(SHEET("<row r=\"1\"><c t=\"inlineStr\"><is><t>a_x0041_b_x005F_x_"
                "_xD800_</t></is></c></row>"),
          "1/1:~aAb_x__xD800_|\n");
}

static void parts_may_have_prefixes_and_absolute_paths(void **state)
{
    (void)state;
    pack("_rels/.rels",
         "<Relationships>" REL("rId9", "officeDocument",
                               "/xl/book.xml") "</Relationships>",
         "xl/book.xml",
         "<x:workbook xmlns:x=\"urn:x\" xmlns:q=\"urn:r\"><x:workbookPr "
         "date1904=\"1\"/><x:sheets><x:sheet name=\"chart\" q:id=\"c\"/>"
         "<x:sheet name=\"A\" q:id=\"s\"/><x:sheet name=\"B\" q:id=\"t\"/>"
         "</x:sheets></x:workbook>",
         "xl/_rels/book.xml.rels",
         "<Relationships>" REL("t", "worksheet", "two.xml")
             REL("c", "chartsheet", "chart.xml")
                 REL("s", "worksheet", "/xl/../Data/One.XML")
                     REL("y", "styles", "../xl/missing.xml") "</Relationships>",
         "data/one.xml",
         "<x:worksheet xmlns:x=\"urn:x\"><x:sheetData><x:row r=\"1\"><x:c "
         "r=\"A1\" t=\"inlineStr\"><x:is><x:t>one</x:t></x:is></x:c></x:row>"
         "</x:sheetData></x:worksheet>",
         "xl/two.xml", SHEET("<row><c><v>2</v></c></row>"), NULL);
    assert_int_equal(read_file(), ERR_OK);
    assert_string_equal(heard.at, "1/1:~one|\n");
}

static void a_hundred_thousand_texts_are_all_found_again(void **state)
{
    struct buf strings = { 0 }, sheet = { 0 };
    char text[160];

    (void)state;
    buf_puts(&strings, "<sst>");
    buf_puts(&sheet, "<worksheet><sheetData>");
    for (int i = 0; i < 100000; i++) {
        snprintf(text, sizeof(text), "<si><t>text of a cell no %d</t></si>", i);
        buf_puts(&strings, text);
        snprintf(text, sizeof(text),
                 "<row><c t=\"s\"><v>%d</v></c><c t=\"s\"><v>%d</v></c></row>",
                 i, (int)((long)i * 7919 % 100000));
        buf_puts(&sheet, text);
    }
    buf_puts(&strings, "</sst>");
    buf_puts(&sheet, "</sheetData></worksheet>");
    pack_sheet(sheet.at, strings.at);
    buf_free(&strings);
    buf_free(&sheet);
    assert_int_equal(read_file(), ERR_OK);
    assert_non_null(strstr(heard.at, "\n99999/2:~text of a cell no 99998|~text "
                                     "of a cell no 84162|\n"));
}

/* ---- what is refused ---- */

static void what_is_no_zip_is_refused(void **state)
{
    (void)state;
    write_file("a;b\n1;2\n", 8);
    refuses(XLSX_NOT_ZIP);
    write_file("", 0);
    refuses(XLSX_NOT_ZIP);
}

static void old_and_protected_files_are_told_apart(void **state)
{
    static const char ole[] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    char file[4096] = { 0 };

    (void)state;
    memcpy(file, ole, 8);
    write_file(file, sizeof(file));
    refuses(XLSX_OLD_XLS);
    memcpy(file + 1024, name, sizeof(name));
    write_file(file, sizeof(file));
    refuses(XLSX_PROTECTED);
}

static void a_zip_without_a_sheet_is_refused(void **state)
{
    (void)state;
    pack("a.txt", "b", NULL);
    refuses(XLSX_PARTS);
    pack("_rels/.rels", ROOT_RELS, NULL);
    refuses(XLSX_PARTS);
    pack("_rels/.rels", ROOT_RELS, "xl/workbook.xml", BOOK,
         "xl/_rels/workbook.xml.rels", BOOK_RELS, NULL);
    refuses(XLSX_PARTS);
    pack("_rels/.rels",
         "<Relationships><Relationship Id=\"a\" Type=\"x/officeDocument\" "
         "Target=\"urn:x\" TargetMode=\"External\"/></Relationships>",
         NULL);
    refuses(XLSX_PARTS);
}

static void document_types_and_entities_are_refused(void **state)
{
    (void)state;
    pack_sheet("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/hostname\">]>"
               "<worksheet><sheetData><row><c t=\"str\"><v>&a;</v></c></row>"
               "</sheetData></worksheet>",
               "<sst/>");
    refuses(XLSX_DOCTYPE);
    pack_sheet(SHEET("<row><c t=\"str\"><v>&a;</v></c></row>"), "<sst/>");
    refuses(XLSX_BROKEN);
}

static void broken_xml_and_impossible_places_are_refused(void **state)
{
    static const char *const sheets[] = {
        "",
        "<worksheet><sheetData><row>",
        SHEET("<row></c>"),
        SHEET("<row r=\"0\"><c><v>1</v></c></row>"),
        SHEET("<row r=\"2\"/><row r=\"2\"/>"),
        SHEET("<row r=\"1048577\"/>"),
        SHEET("<row><c r=\"1A\"><v>1</v></c></row>"),
        SHEET("<row><c r=\"AAAA1\"><v>1</v></c></row>"),
        SHEET("<row><c t=\"s\"><v>1</v></c></row>"),
        SHEET("<row><c t=\"s\"><v>-1</v></c></row>"),
    };

    (void)state;
    for (size_t i = 0; i < sizeof(sheets) / sizeof(sheets[0]); i++) {
        pack_sheet(sheets[i], "<sst><si><t>a</t></si></sst>");
        refuses(XLSX_BROKEN);
    }
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    char file[8192];
    size_t len;
    FILE *f;

    (void)state;
    pack_sheet(SHEET("<row><c><v>1</v></c></row>"), "<sst/>");
    f = fopen(path, "rb");
    len = fread(file, 1, sizeof(file), f);
    fclose(f);
    assert_true(len > 1000 && len < sizeof(file));
    for (size_t n = 0; n < len; n += 7) {
        write_file(file, n);
        assert_int_equal(read_file(), ERR_INVALID);
    }
    /* A byte changed inside of what is packed: the checksum says so. */
    for (size_t at = 50; at < 120; at += 10) {
        file[at] ^= 0x55;
        write_file(file, len);
        file[at] ^= 0x55;
        assert_int_equal(read_file(), ERR_INVALID);
    }
}

static void a_bomb_is_refused_before_it_goes_off(void **state)
{
    size_t size = 64 << 20;
    char *sheet = malloc(size + 1);
    size_t head;

    (void)state;
    assert_non_null(sheet);
    head = (size_t)snprintf(sheet, 64, "<worksheet><sheetData>");
    memset(sheet + head, ' ', size - head);
    sheet[size] = '\0';
    pack_sheet(sheet, "<sst/>");
    free(sheet);
    refuses(XLSX_BOMB);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(texts_are_shared_inline_rich_and_computed),
        T(rows_and_cells_that_are_not_there_leave_gaps),
        T(numbers_of_text_columns_come_as_people_typed_them),
        T(dates_booleans_and_errors_are_told),
        T(escapes_of_the_standard_are_characters),
        T(parts_may_have_prefixes_and_absolute_paths),
        T(a_hundred_thousand_texts_are_all_found_again),
        T(what_is_no_zip_is_refused),
        T(old_and_protected_files_are_told_apart),
        T(a_zip_without_a_sheet_is_refused),
        T(document_types_and_entities_are_refused),
        T(broken_xml_and_impossible_places_are_refused),
        T(a_file_cut_anywhere_is_refused),
        T(a_bomb_is_refused_before_it_goes_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
