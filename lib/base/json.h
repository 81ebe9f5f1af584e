/* Text as JSON (RFC 8259), for answers that a script of ours reads. */
#ifndef LAZUR_LIB_BASE_JSON_H
#define LAZUR_LIB_BASE_JSON_H

#include "lib/base/buf.h"

/* text is valid UTF-8; it is put with its quotes. '<' is escaped too, so that
 * no JSON is ever taken for a page. */
void json_put_text(struct buf *to, const char *text);

#endif
