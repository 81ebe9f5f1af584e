/* A chain of blocks, newest first; each block twice the last, up to a cap. */
#include "lib/base/arena.h"

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"

#define FIRST_BLOCK  4096
#define LARGEST_STEP ((size_t)256 * 1024)

struct block {
    struct block *next;
    size_t size, used;
    alignas(max_align_t) unsigned char data[];
};

struct deferred {
    struct deferred *next;
    void (*close_fn)(void *);
    void *it;
};

struct arena {
    struct block *blocks;
    struct deferred *deferred;
};

static struct block *block_new(size_t size, struct block *next)
{
    struct block *b = malloc(sizeof(*b) + size);

    if (b == NULL) {
        errno = ENOMEM;
        fatal("arena block of %zu bytes", size);
    }
    b->next = next;
    b->size = size;
    b->used = 0;
    return b;
}

struct arena *arena_new(void)
{
    struct arena *a = malloc(sizeof(*a));

    if (a == NULL)
        fatal("arena");
    a->blocks = block_new(FIRST_BLOCK, NULL);
    a->deferred = NULL;
    return a;
}

static void run_deferred(struct arena *a)
{
    for (struct deferred *d = a->deferred; d != NULL; d = d->next)
        d->close_fn(d->it);
    a->deferred = NULL;
}

static void drop_blocks(struct block *b, const struct block *keep)
{
    while (b != keep) {
        struct block *next = b->next;

        free(b);
        b = next;
    }
}

void arena_free(struct arena *a)
{
    if (a == NULL)
        return;
    run_deferred(a);
    drop_blocks(a->blocks, NULL);
    free(a);
}

void arena_reset(struct arena *a)
{
    struct block *first = a->blocks;

    run_deferred(a);
    while (first->next != NULL)
        first = first->next;
    drop_blocks(a->blocks, first);
    first->used = 0;
    a->blocks = first;
}

void *arena_alloc(struct arena *a, size_t len)
{
    struct block *b = a->blocks;
    void *p;

    if (len > SIZE_MAX / 2)
        fatal("arena: impossible length %zu", len);
    len = (len + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (b->size - b->used < len) {
        size_t size = b->size < LARGEST_STEP ? b->size * 2 : LARGEST_STEP;

        b = block_new(size > len ? size : len, b);
        a->blocks = b;
    }
    p = b->data + b->used;
    b->used += len;
    return memset(p, 0, len);
}

void *arena_memdup(struct arena *a, const void *p, size_t len)
{
    void *copy = arena_alloc(a, len + 1);

    if (len > 0)
        memcpy(copy, p, len);
    return copy;
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
    return arena_memdup(a, s, strnlen(s, len));
}

void *arena_grow(struct arena *a, void *was, size_t n, size_t *cap, size_t size)
{
    void *more;

    if (n < *cap)
        return was;
    *cap = *cap * 2 + 16;
    more = arena_alloc(a, *cap * size);
    if (n > 0)
        memcpy(more, was, n * size);
    return more;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_memdup(a, s, strlen(s));
}

/* Written where it will stay; formatted again only when the block is full. */
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap)
{
    struct block *b = a->blocks;
    size_t room = b->size - b->used;
    char *s = (char *)b->data + b->used;
    va_list again;
    int n;

    va_copy(again, ap);
    n = vsnprintf(s, room, fmt, again);
    va_end(again);
    if (n < 0) {
        s = arena_alloc(a, 1);
    } else if ((size_t)n < room) {
        size_t len =
            ((size_t)n + alignof(max_align_t)) & ~(alignof(max_align_t) - 1);

        b->used += len < room ? len : room;
    } else {
        s = arena_alloc(a, (size_t)n + 1);
        vsnprintf(s, (size_t)n + 1, fmt, ap);
    }
    return s;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
    va_list ap;
    char *s;

    va_start(ap, fmt);
    s = arena_vprintf(a, fmt, ap);
    va_end(ap);
    return s;
}

void arena_defer(struct arena *a, void (*close_fn)(void *), void *it)
{
    struct deferred *d = arena_alloc(a, sizeof(*d));

    d->close_fn = close_fn;
    d->it = it;
    d->next = a->deferred;
    a->deferred = d;
}

size_t arena_size(const struct arena *a)
{
    size_t n = 0;

    for (const struct block *b = a->blocks; b != NULL; b = b->next)
        n += b->size + sizeof(*b);
    return n;
}
