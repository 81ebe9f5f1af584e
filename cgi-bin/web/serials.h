/*
 * A form's field in the language of serial numbers (lib/units/serials.h), for
 * every screen that has one; templates/admin/sheet_macros.cst draws it.
 */
#ifndef LAZUR_CGI_BIN_WEB_SERIALS_H
#define LAZUR_CGI_BIN_WEB_SERIALS_H

#include "cgi-bin/web/web.h"
#include "lib/units/serials.h"
#include "lib/units/serials_csv.h"

/*
 * serials_read - what a field of the form names.
 *
 * NULL when it is well; else a sentence in the reader's language that says
 * which item is wrong and what to do, to be shown beside the field. Then
 * nothing of *out is to be used. An empty field is wrong too.
 */
const char *serials_read(struct req *r, const char *field, struct serials *out);

/*
 * Why a phrase that was searched for is none of the language though it looks
 * so: it has a mask, or nothing but digits and signs of the language. NULL: it
 * is well, or something else is looked for.
 */
const char *serials_misread(struct req *r, const char *phrase);

/* Why a file with numbers is refused, with its line. */
const char *serials_csv_sentence(struct req *r,
                                 const struct serials_csv_fault *fault);

/* The refusal of a number in the file that no meter has (GC-222). */
const char *serials_csv_unknown(struct req *r, int64_t line,
                                const char *number);

/*
 * How many meters are named, while one types: a part of a page.
 * GET, POST ?field= the name of the field, "text" unless said; that field
 */
enum err serials_preview(struct req *r);

#endif
