/*
 * A file with serial numbers (GC-219 ... GC-223): CSV of ';' or ',', numbers
 * in the first column, the rest ignored. It is read as it comes, piece by
 * piece; memory is bounded by the number of lines.
 */
#ifndef LAZUR_LIB_UNITS_SERIALS_CSV_H
#define LAZUR_LIB_UNITS_SERIALS_CSV_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

#define SERIALS_CSV_NUMBERS_MAX 1000000
#define SERIALS_CSV_LINE_MAX    65536 /* octets */

enum serials_csv_why {
    SERIALS_CSV_FINE,
    SERIALS_CSV_FORMAT,      /* no text, or quotes that do not close */
    SERIALS_CSV_DIGITS,      /* anything but digits */
    SERIALS_CSV_MANY_DIGITS, /* more than SERIAL_DIGITS_MAX */
    SERIALS_CSV_DUPLICATE,
    SERIALS_CSV_MANY_NUMBERS, /* more than SERIALS_CSV_NUMBERS_MAX */
    SERIALS_CSV_NOTHING,      /* not a single number */
    SERIALS_CSV_WHYS
};

struct serials_csv_fault {
    enum serials_csv_why why;
    int64_t line;  /* 1 is the first; 0: the file as a whole */
    int64_t first; /* of a duplicate: the line it repeats */
    char text[64]; /* what stands there, cut when it is long; clean UTF-8 */
};

struct serials_csv;

struct serials_csv *serials_csv_new(void); /* never NULL */
void serials_csv_free(struct serials_csv *c);

/*
 * serials_csv_feed - the next octets of the file.
 * serials_csv_end  - there are no more.
 *
 * ERR_INVALID: *fault says why, and the file is refused for good.
 */
enum err serials_csv_feed(struct serials_csv *c, const void *octets, size_t len,
                          struct serials_csv_fault *fault) MUST_CHECK;
enum err serials_csv_end(struct serials_csv *c,
                         struct serials_csv_fault *fault) MUST_CHECK;

/* What was read, in the order of the file; lives as long as the reader. */
size_t serials_csv_count(const struct serials_csv *c);
const char *serials_csv_number(const struct serials_csv *c, size_t i);
int64_t serials_csv_line(const struct serials_csv *c, size_t i);

/* "digits", "duplicate" ...: the name of its words. */
const char *serials_csv_why_name(enum serials_csv_why why);

#endif
