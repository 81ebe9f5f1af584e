/*
 * A letter as the bytes that travel: RFC 5322 headings, RFC 2047 words,
 * multipart/alternative of RFC 2046 with both parts in base64.
 */
#ifndef LAZUR_DAEMON_NOTIFIER_MIME_H
#define LAZUR_DAEMON_NOTIFIER_MIME_H

#include <stdint.h>

#include "lib/base/buf.h"

struct letter {
    const char *from_address, *from_name; /* the name may be "" */
    const char *to;
    const char *message_id; /* with its < > */
    const char *language;
    const char *subject, *text;
    const char *html;  /* "": the letter is plain text */
    int64_t created_s; /* when it was queued, seconds of UTC */
};

/*
 * mime_put - the whole letter, lines ending with CR LF.
 *
 * No value can add a heading: whatever is not printable ASCII travels as
 * encoded words, and controls become spaces.
 */
void mime_put(struct buf *to, const struct letter *l);

/* Unstructured text of a heading (RFC 2047, 5): as it is, or encoded. */
void mime_put_words(struct buf *to, const char *text);

#endif
