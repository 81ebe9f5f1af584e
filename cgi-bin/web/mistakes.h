/*
 * What is wrong with a form: listed on top of it and said beside each field,
 * as templates/components.cst draws it.
 */
#ifndef LAZUR_CGI_BIN_WEB_MISTAKES_H
#define LAZUR_CGI_BIN_WEB_MISTAKES_H

#include "cgi-bin/web/web.h"

struct mistakes {
    struct req *r;
    const char *group; /* of Words, "Account" */
    size_t n;
};

/* Words.<group>.<word_name> beside the field; the first of a field counts. */
void mistake(struct mistakes *m, const char *field, const char *word_name);

/*
 * mistake_tell - Errors.N .Field .Text (on_top) and Wrong.<field> (text).
 * False: something else is wrong with that field, and was told.
 */
bool mistake_tell(struct req *r, const char *field, const char *text,
                  const char *on_top);

#endif
