/*
 * Lists of the directories: any statement that follows one rule is a page, a
 * count and a stream.
 *
 * The rule of a page (sql/queries/branch_page.sql is one):
 *   $1 rows (NULL: all), $2 rows before them, $3 what is looked for, as
 *   param_contains makes it, further parameters of the list;
 *   variants order, two for each way to sort (ascending, descending), then
 *   filter: all, found;
 *   rows: id, then a field for each column.
 * The rule of a count: $1 where to stop, $2 what is looked for, the further
 * parameters from $3; variants filter: all, found; one row, one number.
 */
#ifndef LAZUR_LIB_MODEL_DIRECTORY_H
#define LAZUR_LIB_MODEL_DIRECTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/model/list.h"

#define DIRECTORY_EXTRA_MAX 8

struct directory {
    enum query page, count; /* their first variants */
};

struct directory_filter {
    int order; /* 0 is the first way to sort */
    bool descending;
    const char *term; /* "" is all */
    const char *extra[DIRECTORY_EXTRA_MAX];
    size_t n_extra;
    bool walked; /* directory_stream: an index has this order, walk it */
};

/* Lines are counted up to here: nobody turns to page 401. */
#define DIRECTORY_COUNT_MAX 10000

enum err directory_page(struct db *db, struct arena *a,
                        const struct directory *d,
                        const struct directory_filter *f, struct span span,
                        struct rows *out) MUST_CHECK;

/* At most DIRECTORY_COUNT_MAX + 1. */
enum err directory_count(struct db *db, struct arena *a,
                         const struct directory *d,
                         const struct directory_filter *f,
                         int64_t *out) MUST_CHECK;

/* All of them, one row at a time; nothing can be answered but the rows. */
enum err directory_stream(struct db *db, struct arena *a,
                          const struct directory *d,
                          const struct directory_filter *f,
                          enum err (*each)(const struct rows *row, void *ctx),
                          void *ctx) MUST_CHECK;

#endif
