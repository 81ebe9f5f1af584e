/* The form of an operator, and what its screens share. */
#ifndef LAZUR_CGI_BIN_ADMIN_OPERATOR_SHEET_H
#define LAZUR_CGI_BIN_ADMIN_OPERATOR_SHEET_H

#include "cgi-bin/web/sheet.h"

#define OPERATORS_ADDRESS "/admin/operators"

/* What the model would not do, in words; other errors are passed up. */
enum err operator_refused(struct sheet *s, enum err e) MUST_CHECK;

#endif
