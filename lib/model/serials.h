/* Expressions over serial numbers (lib/units/serials.h) asked of the meters. */
#ifndef LAZUR_LIB_MODEL_SERIALS_H
#define LAZUR_LIB_MODEL_SERIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/list.h"
#include "lib/units/serials.h"

#define SERIALS_COUNT_MAX 10000

/*
 * An expression as four parameters of a statement: numbers, first and last
 * numbers of ranges, masks; each a text[] in PostgreSQL's writing. The order
 * of serials_match() and serials_include() in sql/schema.
 */
#define SERIALS_PARAMS 4
void param_serials(struct arena *a, const struct serials *s,
                   const char *params[SERIALS_PARAMS]);

/* "{150,0151}" of texts that are digits or masks. */
char *param_digits(struct arena *a, const char *const *list, size_t n);

struct serials_found {
    int64_t n;
    bool more;  /* there are more than n, which is SERIALS_COUNT_MAX */
    bool least; /* at least n: looking at more would take too long */
};

/*
 * serials_count - how many registered meters are named, for whoever asks
 * while typing: its work is bounded whatever is asked. All meters are counted
 * exactly, since their number is known.
 */
enum err serials_count(struct db *db, struct arena *a, const struct serials *s,
                       struct serials_found *out) MUST_CHECK;

/*
 * serials_unknown - the first of these numbers that no meter has (GC-222).
 *
 * number(ctx, i) tells the i-th of n; *at is its index, n when all are known.
 * They are asked in pieces, so that n may be large.
 */
enum err serials_unknown(struct db *db, struct arena *a, size_t n,
                         const char *(*number)(const void *ctx, size_t i),
                         const void *ctx, size_t *at) MUST_CHECK;

#endif
