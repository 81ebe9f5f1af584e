/* «Протокол работы» (GC-241): what operators did. */
#ifndef LAZUR_CGI_BIN_ADMIN_AUDIT_H
#define LAZUR_CGI_BIN_ADMIN_AUDIT_H

#include "cgi-bin/web/web.h"

/* GET ?q=, sort= at, login, action (-at: descending), size=, page= */
enum err audit_list_page(struct req *r);
enum err audit_csv(struct req *r); /* the same filter and order */

#endif
