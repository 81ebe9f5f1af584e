/* Words that travel with a job to the worker, which knows no language. */
#ifndef LAZUR_CGI_BIN_WEB_WORDS_H
#define LAZUR_CGI_BIN_WEB_WORDS_H

#include "cgi-bin/web/web.h"
#include "lib/model/job.h"

/* These words, NULL-ended names, in the language of the reader. */
struct document_words words_named(struct req *r, const char *const *names);

#endif
