/* A document that is made while its reader waits, and goes out as a file. */
#ifndef LAZUR_CGI_BIN_WEB_DOCUMENT_H
#define LAZUR_CGI_BIN_WEB_DOCUMENT_H

#include "cgi-bin/web/web.h"
#include "lib/document/document.h"

/*
 * document_answer - make it in the words of the reader and answer with it.
 *
 * title  names the file; words are those that it was made with
 * Errors are those of document_make; made->fault says what is wrong with bank
 * details, and nothing is answered yet.
 */
enum err document_answer(struct req *r, const struct document_order *order,
                         const struct document_words *words, const char *title,
                         struct document *made) MUST_CHECK;

#endif
