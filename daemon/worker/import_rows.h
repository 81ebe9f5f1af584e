/* Rows of a file on their way into the database: gathered and sent in batches.
 */
#ifndef LAZUR_DAEMON_WORKER_IMPORT_ROWS_H
#define LAZUR_DAEMON_WORKER_IMPORT_ROWS_H

#include <stdint.h>

#include "lib/base/db.h"
#include "lib/import/table.h"
#include "lib/xlsx/xlsx.h"

struct import_rows {
    struct db *db;
    struct arena *row, *statement; /* of one of each */
    size_t columns;                /* 0: the header is still to come */
    int64_t n;                     /* rows that are not empty */
    /* Why the table is refused, when it is: a machine word, and details. */
    const char *why;
    struct import_heading_fault fault;
    int64_t at; /* "wide": the row with more columns than the header */
};

void import_rows_begin(struct import_rows *r, struct db *db);
/* A struct xlsx_reading's row; ctx is a struct import_rows. */
enum err import_rows_take(struct import_rows *r,
                          const struct xlsx_row *row) MUST_CHECK;
/* The last of them are sent; ERR_INVALID: there was not even a header. */
enum err import_rows_end(struct import_rows *r) MUST_CHECK;
/* In any case. */
void import_rows_leave(struct import_rows *r);

#endif
