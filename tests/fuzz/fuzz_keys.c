/*
 * Tables of keys, of whoever: bytes that begin as a ZIP are an XLSX, others are
 * CSV. Whatever comes, rows stand in order under one header, what does not fit
 * is told, and what is not told can be kept and read again.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/import/keys_table.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

/* A row without a mistake becomes the lines of a secret, and back. */
static void keep(struct arena *a, const struct keys_table_row *row)
{
    struct bytes text = { NULL, 0 };
    struct secret s;

    for (int i = 0; i < SECRET_ITEMS; i++) {
        if (row->value[i] != NULL)
            text = secret_with(a, text, (enum secret_item)i, row->value[i]);
    }
    must(secret_read(text, &s) == ERR_OK);
    for (int i = 0; i < SECRET_ITEMS; i++) {
        const char *kept = secret_value(a, text, (enum secret_item)i);

        must((kept == NULL) == (row->value[i] == NULL));
        must(kept == NULL || strcmp(kept, row->value[i]) == 0);
    }
}

static void check(struct arena *a, const struct keys_table *t)
{
    int64_t last = 0;

    must(t->n <= KEYS_TABLE_ROWS_MAX);
    must(t->n_columns <= KEYS_TABLE_COLUMNS_MAX);
    for (size_t i = 0; i < t->n_problems && i < KEYS_TABLE_PROBLEMS_MAX; i++)
        must(t->problems[i].line >= 0 && t->problems[i].code != NULL &&
             t->problems[i].column != NULL);
    for (size_t i = 0; i < t->n; i++) {
        const struct keys_table_row *row = &t->rows[i];

        must(row->line > last);
        last = row->line;
        must(row->serial != NULL && row->title != NULL);
        must(t->n_problems > 0 || row->serial[0] != '\0' ||
             row->title[0] != '\0');
        if (t->n_problems == 0)
            keep(a, row);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();
    struct keys_table *t = keys_table_new(a);
    const struct bytes file = { data, size };

    if (size >= 2 && memcmp(data, "PK", 2) == 0)
        (void)keys_table_xlsx(t, file);
    else if (size > 0)
        keys_table_csv(t, file);
    check(a, t);
    arena_free(a);
    return 0;
}
