/* What the screens of small directories share. */
#ifndef LAZUR_CGI_BIN_ADMIN_DIRECTORY_H
#define LAZUR_CGI_BIN_ADMIN_DIRECTORY_H

#include "cgi-bin/web/listing.h"
#include "cgi-bin/web/sheet.h"

/*
 * directory_list - the page of a directory: admin/directory.cst.
 *
 * tab of admin_nav. Buttons.New, and of a selected row .Edit and .Delete.
 */
enum err directory_list(struct req *r, const struct listing *l,
                        const char *tab) MUST_CHECK;

/* Buttons.New, and of the selected row (0: none) .Edit and .Delete. */
void directory_buttons(struct req *r, const struct listing *l, int64_t picked);

/* The same list as a file. */
enum err directory_file(struct req *r, const struct listing *l) MUST_CHECK;

/* "/admin/branches/7/edit?back=…", for buttons. */
const char *row_address(struct req *r, const struct listing *l, int64_t id,
                        const char *what);

/* ---- forms ---- */

/* "/admin/branches/7/delete", of the request's row. */
const char *row_path(struct req *r, const char *address, const char *what);

/*
 * row_sheet - a form or a question about the request's row, without fields.
 *
 * words    "Branch"
 * address  of the list it comes from and goes back to, "/admin/branches"
 * what     "delete": it is posted there
 */
struct sheet row_sheet(struct req *r, const char *words, const char *address,
                       const char *what);

/* The form of the request's row, or of a new one (without an id), whose title
 * is New when there is such a word. */
struct sheet directory_form(struct req *r, const char *words,
                            const char *address,
                            const struct sheet_field *fields, size_t n);

#endif
