/* «Ошибки связи»: sessions of meters that broke a rule. */
#ifndef LAZUR_CGI_BIN_ADMIN_FAULTS_H
#define LAZUR_CGI_BIN_ADMIN_FAULTS_H

#include "cgi-bin/web/web.h"

/* GET ?q= part of an address or detail, reason=, size=, page= */
enum err faults_list(struct req *r);
enum err faults_csv(struct req *r); /* the same filter */

#endif
