/* The daily records a meter keeps itself. */
#ifndef LAZUR_LIB_MODEL_ARCHIVE_H
#define LAZUR_LIB_MODEL_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/list.h"

struct archive_day {
    struct moment at; /* the day's report hour */
    struct figure volume_dm3, delta_dm3, temperature_mk, pressure_pa;
    int64_t status;
};

struct archive_list {
    const struct archive_day *rows;
    size_t n;
    int64_t total; /* 0 when the page is past the end */
    bool more;     /* there are more than total */
};

/* The records of a meter by day; a meter without an archive has none. */
enum err archive_page(struct db *db, struct arena *a, int64_t meter_id,
                      bool descending, struct span span,
                      struct archive_list *out) MUST_CHECK;

/* All of them, newest first, one at a time. */
enum err archive_stream(struct db *db, struct arena *a, int64_t meter_id,
                        enum err (*each)(const struct archive_day *it,
                                         void *ctx),
                        void *ctx) MUST_CHECK;

#endif
