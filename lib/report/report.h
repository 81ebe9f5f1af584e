/*
 * A table that leaves the house: written once by whoever knows its rows, it
 * comes out as PDF, CSV, XLSX or DBF.
 *
 *   report_begin(a, REPORT_PDF, &head, columns, n, sink, &r)
 *   report_row(r, cells) …   report_total(r, cells)   report_note(r, text)
 *   report_end(r)            what is buffered goes out; r is gone
 *   report_drop(r)           instead of report_end when the work is given up
 *
 * Memory does not grow with the rows: CSV goes out as it is made, XLSX and
 * DBF lie in files of head->tmpdir, and a PDF is cut into documents of
 * PDF_PAGES_MAX pages (sink.next).
 */
#ifndef LAZUR_LIB_REPORT_REPORT_H
#define LAZUR_LIB_REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/report/sink.h"

enum report_format {
    REPORT_PDF,
    REPORT_CSV,
    REPORT_XLSX,
    REPORT_DBF,
};

/* What a cell holds; NULL and "" are an empty cell of any type. */
enum report_type {
    REPORT_TEXT,   /* as it is: leading zeros stay */
    REPORT_NUMBER, /* "-1234.567", as quantity.h and PostgreSQL write it */
    REPORT_DATE,   /* "2026-11-20" */
    REPORT_MOMENT, /* "2026-11-20 03:15:00", already in the reader's zone */
};

struct report_column {
    const char *title;
    enum report_type type;
    int width;            /* in characters */
    int decimals;         /* of numbers, 0..9 */
    const char *dbf_name; /* A-Z 0-9 _, at most 10; NULL: not in the DBF */
    int dbf_width;        /* 0: width; longer text is cut, up to 254 bytes */
};

struct report_day {
    int year, month, day;
};

enum report_charset {
    REPORT_CP866, /* what DOS and FoxPro importers expect */
    REPORT_CP1251,
};

struct report_head {
    const char *title;           /* one line */
    const char *const *lines;    /* below it: period, group, …; NULL-ended */
    const char *page_word;       /* "стр." */
    struct report_day made;      /* date in the file's own header */
    bool landscape;              /* PDF */
    enum report_charset charset; /* DBF */
    const char *tmpdir;          /* XLSX and DBF; NULL is /tmp */
};

struct report;

/* What head and columns point to must live until report_end. */
enum err report_begin(struct arena *a, enum report_format f,
                      const struct report_head *head,
                      const struct report_column *columns, size_t n,
                      const struct sink *to, struct report **out) MUST_CHECK;

/*
 * One cell for each column. ERR_INVALID when a number or a date is none, or
 * does not fit its DBF field; ERR_IO and what the sink says. After an error of
 * any of these functions only report_drop may follow (report_end has dropped
 * by itself).
 */
enum err report_row(struct report *r, const char *const *cells) MUST_CHECK;

/* The same, set off from the rows; a DBF has none. */
enum err report_total(struct report *r, const char *const *cells) MUST_CHECK;

/* A sentence between rows or below them; a DBF has none. */
enum err report_note(struct report *r, const char *text) MUST_CHECK;

enum err report_end(struct report *r) MUST_CHECK;
void report_drop(struct report *r);

/* "pdf", "csv", "xlsx", "dbf": ending of the file's name. */
const char *report_ending(enum report_format f);

/* Its media type, for the header of an answer. */
const char *report_media_type(enum report_format f);

#endif
