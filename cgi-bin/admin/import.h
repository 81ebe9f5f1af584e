/* «Импорт данных» (GC-141 ... GC-156): the dialog, and what becomes of it. */
#ifndef LAZUR_CGI_BIN_ADMIN_IMPORT_H
#define LAZUR_CGI_BIN_ADMIN_IMPORT_H

#include "cgi-bin/web/web.h"

enum err import_form(struct req *r);  /* GET /admin/import */
enum err import_start(struct req *r); /* POST: file, drops, trial */
enum err import_page(struct req *r);  /* GET /admin/imports/{id} */
enum err import_live(struct req *r);  /* .../live?v=, 204: nothing new */
enum err import_stop(struct req *r);  /* POST .../cancel */
enum err import_csv(struct req *r);   /* .../problems.csv */

#endif
