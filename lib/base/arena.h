/* Memory of one request or one telegram: taken piecemeal, freed at once. */
#ifndef LAZUR_LIB_BASE_ARENA_H
#define LAZUR_LIB_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

#include "lib/base/err.h"

struct arena;

/* Never NULL: out of memory ends the process and its manager starts another. */
struct arena *arena_new(void);

/* Runs the deferred calls, newest first, and frees all; a may be NULL. */
void arena_free(struct arena *a);

/* As arena_free, but a lives on and keeps its first block. */
void arena_reset(struct arena *a);

/* len zeroed bytes aligned for any type; never NULL. */
void *arena_alloc(struct arena *a, size_t len);

/* Copies of text; never NULL. */

/* The n elements of size bytes at was, with room for one more: there, or moved.
 * There is room for *cap of them. */
void *arena_grow(struct arena *a, void *was, size_t n, size_t *cap,
                 size_t size);

char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t len);
void *arena_memdup(struct arena *a, const void *p, size_t len);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);
char *arena_vprintf(struct arena *a, const char *fmt, va_list ap);

/* Call close_fn(it) when the arena is reset or freed: a PGresult, a file. */
void arena_defer(struct arena *a, void (*close_fn)(void *), void *it);

/* Bytes taken from the system, for the memory checks. */
size_t arena_size(const struct arena *a);

#endif
