/* Bytes that grow: a page being rendered, a download being written. */
#ifndef LAZUR_LIB_BASE_BUF_H
#define LAZUR_LIB_BASE_BUF_H

#include <stddef.h>

/* Zeroed is empty. at is NULL until the first byte, else ends with a NUL. */
struct buf {
    char *at;
    size_t len, size;
};

/* Out of memory ends the process, as in arena.h. */
void buf_add(struct buf *b, const void *bytes, size_t len);
void buf_puts(struct buf *b, const char *text);
void buf_putc(struct buf *b, char c);

void buf_clear(struct buf *b); /* empty again, the memory is kept */
void buf_free(struct buf *b);  /* by whoever declared it */

#endif
