/*
 * The first sheet of an XLSX file (ECMA-376), row by row, in flat memory: of
 * Excel, LibreOffice, «МойОфис» and whoever else keeps to the standard. Bytes
 * of strangers: what is read and unpacked has limits, and a file may name no
 * entities and no other files.
 */
#ifndef LAZUR_LIB_XLSX_XLSX_H
#define LAZUR_LIB_XLSX_XLSX_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

#define XLSX_ROWS_MAX    1048576
#define XLSX_COLUMNS_MAX 64     /* that a reader may ask for */
#define XLSX_TEXT_MAX    131072 /* bytes; a longer text is cut there */

enum xlsx_kind {
    XLSX_EMPTY,
    XLSX_TEXT,   /* dates too: 20.11.2026, 20.11.2026 10:15:00 */
    XLSX_NUMBER, /* no exponent, no zeros behind the point: 1715964, 5784.93 */
    XLSX_BOOL,   /* TRUE, FALSE */
    XLSX_ERROR,  /* #N/A, #REF! ... */
};

struct xlsx_cell {
    enum xlsx_kind kind;
    const char *text; /* "" when empty */
};

struct xlsx_row {
    int64_t no;                    /* of the sheet, 1 is the first */
    const struct xlsx_cell *cells; /* as many as were asked for */
    size_t used; /* columns up to the last that is not empty, asked or not */
};

/* Why a file is refused. */
enum xlsx_fault {
    XLSX_FINE,
    XLSX_NOT_ZIP,   /* no XLSX at all */
    XLSX_OLD_XLS,   /* Excel 97-2003 */
    XLSX_PROTECTED, /* by a password */
    XLSX_PARTS,     /* a ZIP without a workbook or a sheet */
    XLSX_BOMB,      /* unpacks to more than any table needs */
    XLSX_DOCTYPE,   /* declares a document type or entities */
    XLSX_BROKEN,    /* damaged: XML, checksums, an early end */
};

/* "not_zip", "old_xls", "protected", "parts", "bomb", "doctype", "damaged". */
const char *xlsx_fault_code(enum xlsx_fault fault);

struct xlsx_reading {
    size_t columns;     /* that are handed out */
    const char *tmpdir; /* for texts that many cells share; NULL is /tmp */
    /* Rows that have cells, in their order. An error ends the reading. */
    enum err (*row)(void *ctx, const struct xlsx_row *row);
    /* Often: bytes of XML read, of all there are. NULL: nobody asks. */
    enum err (*progress)(void *ctx, int64_t done, int64_t total);
    void *ctx;
};

/*
 * xlsx_read - all rows of the first sheet of the file at path.
 *
 * ERR_INVALID with *why when the file is refused; XLSX_FINE with any other
 * error, which is the system's or the reader's own.
 */
enum err xlsx_read(const char *path, const struct xlsx_reading *reading,
                   enum xlsx_fault *why) MUST_CHECK;

/* The same of an open file, which stays the caller's: one without a path. */
enum err xlsx_read_fd(int fd, const struct xlsx_reading *reading,
                      enum xlsx_fault *why) MUST_CHECK;

#endif
