/*
 * Strangers' tables. Bytes that begin as a ZIP are a whole file; any others
 * are the parts of one, with a NUL between them: sheet, texts, styles,
 * workbook. Whatever comes, rows stand in order and cells are clean text.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zip.h>

#include "lib/xlsx/xlsx.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RELS "<Relationships>"
#define LINK(id, type, target)                                                 \
    "<Relationship Id='" id "' Type='x/" type "' Target='" target "'/>"

static const char root_rels[] =
    RELS LINK("a", "officeDocument", "xl/workbook.xml") "</Relationships>";
static const char book_rels[] =
    RELS LINK("a", "worksheet", "s.xml") LINK("b", "sharedStrings", "t.xml")
        LINK("c", "styles", "/xl/y.xml") "</Relationships>";
static const char book[] =
    "<workbook><sheets><sheet name='A' id='a'/></sheets></workbook>";

struct heard {
    int64_t last;
};

static enum err row(void *ctx, const struct xlsx_row *r)
{
    struct heard *h = ctx;

    if (r->no <= h->last || r->no > XLSX_ROWS_MAX || r->used == 0)
        abort();
    h->last = r->no;
    for (size_t i = 0; i < 8; i++) {
        size_t n = strlen(r->cells[i].text);

        if (n > XLSX_TEXT_MAX || (n == 0) != (r->cells[i].kind == XLSX_EMPTY))
            abort();
    }
    return ERR_OK;
}

static void part_add(zip_t *zip, const char *name, const void *at, size_t len)
{
    zip_source_t *s = zip_source_buffer(zip, at, len, 0);

    if (s == NULL || zip_file_add(zip, name, s, ZIP_FL_OVERWRITE) < 0)
        abort();
}

/* The next part of data, up to a NUL. */
static const char *next_part(const uint8_t **at, size_t *left, size_t *len)
{
    const char *from = (const char *)*at;
    const uint8_t *nul = *left > 0 ? memchr(*at, 0, *left) : NULL;

    *len = nul != NULL ? (size_t)(nul - *at) : *left;
    *left -= *len + (nul != NULL);
    *at += *len + (nul != NULL);
    return from;
}

static void pack(const char *path, const uint8_t *data, size_t size)
{
    static const char *const names[] = { "xl/s.xml", "xl/t.xml", "xl/y.xml",
                                         "xl/workbook.xml" };
    int code;
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);

    if (zip == NULL)
        abort();
    part_add(zip, "_rels/.rels", root_rels, sizeof(root_rels) - 1);
    part_add(zip, "xl/_rels/workbook.xml.rels", book_rels,
             sizeof(book_rels) - 1);
    part_add(zip, "xl/workbook.xml", book, sizeof(book) - 1);
    for (int i = 0; i < 4 && (i == 0 || size > 0); i++) {
        size_t len;
        const char *at = next_part(&data, &size, &len);

        part_add(zip, names[i], at, len);
    }
    if (zip_close(zip) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char path[64];
    struct heard heard = { 0 };
    const struct xlsx_reading reading = {
        .columns = 8, .tmpdir = "/dev/shm", .row = row, .ctx = &heard
    };
    enum xlsx_fault why;
    enum err e;

    if (path[0] == '\0')
        snprintf(path, sizeof(path), "/dev/shm/lazur-fuzz-%ld.xlsx",
                 (long)getpid());
    if (size >= 2 && memcmp(data, "PK", 2) == 0) {
        FILE *f = fopen(path, "wb");

        if (f == NULL || fwrite(data, 1, size, f) != size || fclose(f) != 0)
            abort();
    } else {
        pack(path, data, size);
    }
    e = xlsx_read(path, &reading, &why);
    (void)unlink(path);
    if ((e == ERR_INVALID) != (why != XLSX_FINE) ||
        (e != ERR_OK && e != ERR_INVALID))
        abort();
    return 0;
}
