/* Screens of signing in and out, and what every page asks of its session. */
#ifndef LAZUR_CGI_BIN_OPERATOR_SIGN_IN_H
#define LAZUR_CGI_BIN_OPERATOR_SIGN_IN_H

#include "cgi-bin/web/web.h"

enum err home(struct req *r);         /* GET /: where this role works */
enum err sign_in_form(struct req *r); /* GET /sign-in?back=&ended= */
enum err sign_in(struct req *r);      /* POST login password back */
enum err sign_out(struct req *r);     /* POST */
enum err alive(struct req *r);        /* POST: keys were pressed (GC-023) */
enum err look(struct req *r);         /* POST theme or language, back */
enum err help(struct req *r);         /* GET /help */

#endif
