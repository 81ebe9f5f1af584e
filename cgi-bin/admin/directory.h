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

#endif
