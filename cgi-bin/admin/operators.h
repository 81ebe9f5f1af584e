/* «Операторы»: screens of operators (GC-163 ... GC-170). */
#ifndef LAZUR_CGI_BIN_ADMIN_OPERATORS_H
#define LAZUR_CGI_BIN_ADMIN_OPERATORS_H

#include "cgi-bin/web/web.h"

enum err operators_list(struct req *r);  /* GET /admin/operators?id= */
enum err operators_file(struct req *r);  /* GET /admin/operators.csv */
enum err operator_new(struct req *r);    /* GET /admin/operators/new */
enum err operator_edit(struct req *r);   /* GET /admin/operators/{id}/edit */
enum err operator_save(struct req *r);   /* POST to either */
enum err operator_ask(struct req *r);    /* GET /admin/operators/{id}/delete */
enum err operator_remove(struct req *r); /* POST the same */
enum err sessions_ask(struct req *r); /* GET /admin/operators/{id}/sessions */
enum err sessions_end(struct req *r); /* POST the same */

#endif
