/* «Протокол работы» (GC-241): what operators did. */
#ifndef LAZUR_CGI_BIN_ADMIN_AUDIT_H
#define LAZUR_CGI_BIN_ADMIN_AUDIT_H

#include "cgi-bin/web/web.h"
#include "lib/model/audit.h"

/* Words of the actions, which the log keeps in Russian. */
#define AUDIT_DEEDS "Deeds"

/*
 * GET ?q=, from=, to= (days), login=, action=, sort= at, login, action (-at:
 * descending), size=, page=
 */
enum err audit_list_page(struct req *r);

/* The same filter and order, whole. */
enum err audit_csv(struct req *r);
enum err audit_xlsx(struct req *r);

/* What the address asks for, ready to be looked for. */
enum err audit_filter_read(struct req *r, struct audit_filter *f) MUST_CHECK;

#endif
