/* What the lists have in common: a value that may be missing, a page. */
#ifndef LAZUR_LIB_MODEL_LIST_H
#define LAZUR_LIB_MODEL_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/db.h"
#include "lib/units/moment.h"

/* A number that a meter may not have told. */
struct figure {
    bool known;
    int64_t n;
};

/* Rows of a page and rows before it. rows 0: all of them. */
struct span {
    int64_t rows, before;
};

struct figure row_figure(const struct rows *r, size_t row, int col);
struct moment row_moment(const struct rows *r, size_t row, int col);

/*
 * How many rows a list has in all, as each of its rows says in column col; 0
 * without rows. Statements stop counting at ten thousand: *more then.
 */
int64_t rows_total(const struct rows *r, int col, bool *more);

/*
 * row_of_id - the one row of the query whose $1 is an id; ERR_NOT_FOUND, with
 * what it is not, without a row.
 */
enum err row_of_id(struct db *db, struct arena *a, enum query q, int64_t id,
                   const char *what, struct rows *out) MUST_CHECK;

/*
 * A history: $1 whose it is, $2 rows (NULL: all), $3 rows before them; a page
 * of it, and all of it one row at a time.
 */
enum err history_page(struct db *db, struct arena *a, enum query q, int64_t id,
                      struct span span, struct rows *out) MUST_CHECK;
enum err history_stream(struct db *db, struct arena *a, enum query q,
                        int64_t id,
                        enum err (*each)(const struct rows *row, void *ctx),
                        void *ctx) MUST_CHECK;

/* A number as a statement's parameter. */
char *param_int(struct arena *a, int64_t n);
/* NULL is 0, as a column has it that refers to nothing. */
const char *param_id(struct arena *a, int64_t id);
/* NULL is "". */
const char *param_given(const char *text);
const char *param_bool(bool yes);

/* bytea, both ways; NULL is no bytes at all. */
char *param_bytea(struct arena *a, struct bytes b);
struct bytes row_bytea(struct arena *a, const struct rows *r, size_t row,
                       int col);

/* "{1,2,3}" */
char *param_ids(struct arena *a, const int64_t *ids, size_t n);

/* span as limit and offset; no limit is NULL. */
void param_span(struct arena *a, struct span span, const char **limit,
                const char **offset);

/* "%term%" for LIKE, with term's own % _ and \\ escaped. */
char *param_contains(struct arena *a, const char *term);
/* The same without the signs around it. */
char *param_literal(struct arena *a, const char *term);
/* The first text that comes after all that begin with term. */
char *param_after(struct arena *a, const char *term);

#endif
