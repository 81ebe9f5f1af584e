/* Texts that people type: UTF-8, their length, the spaces around them. */
#ifndef LAZUR_LIB_BASE_TEXT_H
#define LAZUR_LIB_BASE_TEXT_H

#include <stddef.h>

#include "lib/base/arena.h"

/* Characters, not bytes. */
size_t text_length(const char *utf8);

/* Without the spaces, tabs and line ends around it. */
char *text_trimmed(struct arena *a, const char *text);

/* The same of a text of several lines; they end as \n. */
char *text_lines(struct arena *a, const char *text);

#endif
