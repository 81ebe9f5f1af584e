/*
 * CSV as spreadsheets of this country open it: UTF-8 with a byte order mark,
 * semicolons, CRLF, quotes where RFC 4180 needs them.
 */
#ifndef LAZUR_LIB_REPORT_CSV_H
#define LAZUR_LIB_REPORT_CSV_H

#include <stdbool.h>

#include "lib/base/buf.h"

#define CSV_BOM "\xEF\xBB\xBF"

/* Separator included when it is not the row's first cell. */
void csv_put_number(struct buf *b, bool first, const char *number);

/*
 * Text that a spreadsheet would take for a formula (it begins with = + - @,
 * a tab or a return) is preceded by an apostrophe. Text of digits alone is
 * quoted: readers get the same, and LibreOffice can be told to keep its zeros.
 */
void csv_put_text(struct buf *b, bool first, const char *text);
void csv_put_end(struct buf *b);

#endif
