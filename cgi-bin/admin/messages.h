/* «Сообщения»: letters and SMS, what became of them, and how the channels do.
 */
#ifndef LAZUR_CGI_BIN_ADMIN_MESSAGES_H
#define LAZUR_CGI_BIN_ADMIN_MESSAGES_H

#include "cgi-bin/web/web.h"

/* GET ?channel= mail, sms; state= queued, sent, delivered, failed, expired;
 * q= part of an address or number; id=, sort=, size=, page= */
enum err messages_list(struct req *r);
enum err messages_file(struct req *r); /* the same filter */

/* A copy of a message that is over. */
enum err message_ask(struct req *r);
enum err message_repeat(struct req *r);

#endif
