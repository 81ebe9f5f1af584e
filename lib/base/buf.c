/* Grows by doubling, so that a page costs a handful of reallocs at most. */
#include "lib/base/buf.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"

static void reserve(struct buf *b, size_t more)
{
    size_t size = b->size ? b->size : 4096;
    char *at;

    if (more < b->size - b->len)
        return;
    while (size - b->len <= more)
        size *= 2;
    at = realloc(b->at, size);
    if (at == NULL)
        fatal("buf");
    b->at = at;
    b->size = size;
}

void buf_add(struct buf *b, const void *bytes, size_t len)
{
    reserve(b, len);
    memcpy(b->at + b->len, bytes, len);
    b->len += len;
    b->at[b->len] = '\0';
}

void buf_puts(struct buf *b, const char *text)
{
    buf_add(b, text, strlen(text));
}

void buf_putc(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_clear(struct buf *b)
{
    b->len = 0;
    if (b->at != NULL)
        b->at[0] = '\0';
}

void buf_free(struct buf *b)
{
    free(b->at);
    memset(b, 0, sizeof(*b));
}
