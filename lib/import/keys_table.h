/*
 * A table with keys of meters that people fill in: its header, and a row as
 * what it means. CSV of ';' or ',' from memory, or rows of an XLSX. Errors are
 * told by line and column, never by what stands there.
 */
#ifndef LAZUR_LIB_IMPORT_KEYS_TABLE_H
#define LAZUR_LIB_IMPORT_KEYS_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/base/secret.h"
#include "lib/xlsx/xlsx.h"

#define KEYS_TABLE_ROWS_MAX     5000
#define KEYS_TABLE_COLUMNS_MAX  32
#define KEYS_TABLE_PROBLEMS_MAX 100 /* told; more are counted */

/* One meter; value NULL: nothing stands there, and what is kept stays. */
struct keys_table_row {
    int64_t line;
    const char *serial, *title; /* "" when not given; title in capitals */
    const char *value[SECRET_ITEMS];
};

struct keys_table_problem {
    int64_t line;       /* 0: the file as a whole */
    const char *column; /* as in secret_names, "serial"; "" of the row */
    const char *code;   /* "WrongKey", "NoMeter" ... */
};

struct keys_table {
    struct arena *a;
    bool has_header;
    size_t n_columns;
    int column[KEYS_TABLE_COLUMNS_MAX]; /* secret_item, or one of these */
    struct keys_table_row rows[KEYS_TABLE_ROWS_MAX];
    size_t n;
    struct keys_table_problem problems[KEYS_TABLE_PROBLEMS_MAX];
    size_t n_problems; /* all */
};

/* In memory of a, which is to be wiped by its owner. */
struct keys_table *keys_table_new(struct arena *a);

void keys_table_problem(struct keys_table *t, int64_t line, const char *column,
                        const char *code);

/* The next row; the first is the header. An empty one is passed over. */
void keys_table_take(struct keys_table *t, int64_t line,
                     const char *const *cells, size_t n);

/* What to say of a value that does not fit: "WrongKey" ... */
const char *keys_table_wrong(enum secret_item item);

/* A system title in capitals, as meters are known by it. */
const char *keys_table_title(struct arena *a, const char *text);

/* A whole file. */
void keys_table_csv(struct keys_table *t, struct bytes file);
enum err keys_table_xlsx(struct keys_table *t, struct bytes file) MUST_CHECK;

#endif
