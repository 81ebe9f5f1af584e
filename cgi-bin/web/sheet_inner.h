/* What the two halves of a form share: reading it and showing it. */
#ifndef LAZUR_CGI_BIN_WEB_SHEET_INNER_H
#define LAZUR_CGI_BIN_WEB_SHEET_INNER_H

#include "cgi-bin/web/sheet.h"

/* Which of its fields that is; s->n: none of them. */
size_t sheet_find(const struct sheet *s, const char *name);

/* Words.<words>.<name>, or what holds for all forms, Words.Sheet.<name>. */
const char *sheet_word(struct sheet *s, const char *name);

#endif
