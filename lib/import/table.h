/*
 * The table of subscribers that people fill in (GC-142 ... GC-146): what its
 * header must be, and a row as what it means. No database here.
 */
#ifndef LAZUR_LIB_IMPORT_TABLE_H
#define LAZUR_LIB_IMPORT_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/xlsx/xlsx.h"

#define IMPORT_COLUMNS_MIN 6
#define IMPORT_COLUMNS     8 /* G and H may be missing */

enum import_column {
    IMPORT_ACCOUNT,
    IMPORT_SERIAL,
    IMPORT_ADDRESS,
    IMPORT_BRANCH,
    IMPORT_TARIFF,
    IMPORT_NOTE,
    IMPORT_NAME,
    IMPORT_PHONE,
};

/* «Лицевой счет» ... as row 1 must have them, to the letter. */
extern const char *const import_headings[IMPORT_COLUMNS];

/* The first column that is not as it must be. */
struct import_heading_fault {
    size_t column;
    const char *found;
};

/*
 * import_heading_read - row 1; *columns is 6, 7 or 8.
 *
 * ERR_INVALID "columns": another number of them; "header": see fault.
 */
enum err import_heading_read(const struct xlsx_row *row, size_t *columns,
                             const char **why,
                             struct import_heading_fault *fault) MUST_CHECK;

/* A row; texts live in the arena of import_row_read. */
struct import_line {
    const char *account, *serial, *address, *branch, *note;
    int64_t price_kopecks_per_1000_m3;
    const char *tariff; /* the price as people write it: "5784,93" */
    /* NULL: they stay as they are in the system. */
    const char *last_name, *first_name, *phone;
};

enum import_row {
    IMPORT_ROW_GOOD,
    IMPORT_ROW_EMPTY, /* of spaces only */
    IMPORT_ROW_BAD,   /* see code: "empty", "long", "cell", "tariff",
                       "phone" */
};

struct import_bad {
    const char *code;
    char column[2]; /* "A" */
};

/* The first thing wrong with a row is told; the rest of it is not looked at. */
enum import_row import_row_read(struct arena *a, const struct xlsx_row *row,
                                struct import_line *out,
                                struct import_bad *bad);

/*
 * import_price_read - "5784,93", "5 784.9", "5784": roubles with at most two
 * decimals, as kopecks. False: anything else, below zero, or over a billion.
 */
bool import_price_read(const char *text, int64_t *kopecks);

#endif
