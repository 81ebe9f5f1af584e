/*
 * «Журнал обмена» (AT-221 ... AT-237): sessions with meters and what was said
 * in them, byte by byte. With meter= those of one meter; without it those that
 * failed, of meters known or unknown.
 */
#ifndef LAZUR_CGI_BIN_ADMIN_EXCHANGE_H
#define LAZUR_CGI_BIN_ADMIN_EXCHANGE_H

#include "cgi-bin/web/web.h"
#include "lib/model/exchange.h"

#define EXCHANGE_ADDRESS "/admin/exchange"

/*
 * GET ?meter= &from= &to= (minutes) &result= (a word, fine, fault) &address=
 * &q= (bytes in hex, text, part of a name or an address) &id= of the session
 * that is opened, &side= (in, out: what of it is shown)
 */
enum err exchange_page(struct req *r);
enum err exchange_file(struct req *r); /* the same filter; format=xlsx */
enum err exchange_text(struct req *r); /* GET /admin/exchange/{id}/text */

/* ---- what the files share ---- */

/* The session id, below the list. ERR_OK, with nothing shown, if it is gone. */
enum err exchange_one_show(struct req *r, int64_t id) MUST_CHECK;

/* "20-11-2026 03:15:00.123" */
const char *exchange_moment(struct arena *a, struct moment m);

/* The word for a result. */
const char *exchange_word(struct req *r, const char *result);

#endif
