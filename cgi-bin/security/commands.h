/* The security officer's desk: commands that wait for his decision. */
#ifndef LAZUR_CGI_BIN_SECURITY_COMMANDS_H
#define LAZUR_CGI_BIN_SECURITY_COMMANDS_H

#include "cgi-bin/web/web.h"

enum err commands_list(struct req *r);

#endif
