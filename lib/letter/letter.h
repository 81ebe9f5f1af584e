/*
 * Letters out of templates/letters: one file is both the plain text and the
 * HTML. The README there tells the marks.
 */
#ifndef LAZUR_LIB_LETTER_LETTER_H
#define LAZUR_LIB_LETTER_LETTER_H

#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

struct letter_template {
    const char *channel, *kind, *language, *text;
};

/* Made of the files at build time; the last has no channel. */
extern const struct letter_template letter_templates[];

/* What stands for {name} in a template. */
struct letter_value {
    const char *name, *value;
};

struct letter_text {
    const char *subject; /* one line; "" for an SMS */
    const char *text;    /* lines end with \n */
    const char *html;    /* "" for an SMS */
};

/*
 * letter_make - the words of a message.
 *
 * A language without a template of its own speaks Russian. Controls in values
 * become spaces. ERR_NOT_FOUND: no such template; ERR_INVALID: a value that
 * the template asks for is missing.
 */
enum err letter_make(struct arena *a, const char *channel, const char *kind,
                     const char *language, const struct letter_value *values,
                     size_t n, struct letter_text *out) MUST_CHECK;

/* As letter_make, for a template at hand: "Subject: ...\n\n...". */
enum err letter_make_of(struct arena *a, const char *template_text,
                        const char *language, const struct letter_value *values,
                        size_t n, struct letter_text *out) MUST_CHECK;

#endif
