/*
 * application/x-www-form-urlencoded, both ways (URL Standard, 5), and the
 * Cookie header. Bytes of strangers: nothing here trusts a length or a digit.
 */
#ifndef LAZUR_LIB_BASE_URLFORM_H
#define LAZUR_LIB_BASE_URLFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

/* More fields than any form of ours has. */
#define URLFORM_FIELDS_MAX 256

struct urlfield {
    const char *name, *value;
};

struct urlform {
    struct urlfield *field;
    size_t n;
};

/*
 * urlform_parse - the fields of a query string or body, in their order.
 *
 * ERR_INVALID: a broken %-escape, not UTF-8, a NUL or another control than
 * tab, newline and return, or more than URLFORM_FIELDS_MAX fields.
 */
enum err urlform_parse(struct arena *a, const char *text, size_t len,
                       struct urlform *out) MUST_CHECK;

/* The first field of that name, NULL without one: repeats change nothing. */
const char *urlform_get(const struct urlform *f, const char *name);

/* For a query: everything but letters, digits and -_.~ is escaped. */
char *urlform_encode(struct arena *a, const char *text);

/* One cookie of a Cookie header, NULL without it. */
char *cookie_get(struct arena *a, const char *header, const char *name);

/* A whole UTF-8 text (RFC 3629) without the controls named above. */
bool text_is_clean(const char *s, size_t len);

#endif
