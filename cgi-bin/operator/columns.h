/* The columns of the main table that a person wants to see. */
#ifndef LAZUR_CGI_BIN_OPERATOR_COLUMNS_H
#define LAZUR_CGI_BIN_OPERATOR_COLUMNS_H

#include "cgi-bin/web/web.h"

/* Fills Columns.N.Code .Shown, and Look.Class: no-working ... of the body. */
void columns_show_choice(struct req *r);

enum err columns_save(struct req *r); /* POST /columns */

#endif
