/* «Ошибки связи»: sessions of meters that broke a rule. */
#ifndef LAZUR_CGI_BIN_ADMIN_FAULTS_H
#define LAZUR_CGI_BIN_ADMIN_FAULTS_H

#include "cgi-bin/web/web.h"

/* GET ?q= part of an address or detail, reason=, id= of the selected line */
enum err faults_list(struct req *r);
enum err faults_file(struct req *r); /* the same filter; format=xlsx */

/* The word for a reason; one that has none yet shows its code. */
const char *fault_word(struct req *r, const char *reason);

/* <list>.N .Code .Word .Current: the reasons there are. */
enum err fault_choices(struct req *r, const char *list, size_t n,
                       const char *chosen) MUST_CHECK;

#endif
