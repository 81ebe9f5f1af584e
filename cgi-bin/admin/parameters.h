/* «Системные параметры», and messages to try them with. */
#ifndef LAZUR_CGI_BIN_ADMIN_PARAMETERS_H
#define LAZUR_CGI_BIN_ADMIN_PARAMETERS_H

#include "cgi-bin/web/web.h"

enum err parameters_page(struct req *r); /* GET /admin/parameters?saved= */
enum err parameters_save(struct req *r); /* POST the same */

/* ---- test_message.c ---- */

enum err test_page(struct req *r); /* GET /admin/parameters/test?mail=|sms= */
enum err test_send(struct req *r); /* POST the same: kind, to */
enum err
test_live(struct req *r); /* GET /admin/parameters/test/live?the same */

#endif
