/* «Ошибки связи»: sessions that broke a rule, by reason and address. */
#ifndef LAZUR_LIB_MODEL_FAULT_H
#define LAZUR_LIB_MODEL_FAULT_H

#include "lib/model/list.h"

struct fault {
    const char *reason; /* a word of the listener: "bad_checksum" */
    const char *address, *detail;
    const char *sample; /* first bytes of the last such session, hex */
    int64_t times;
    struct moment first_at, last_at;
};

struct fault_filter {
    const char *reason; /* "" is any */
    const char *term;   /* part of an address or of the detail; "" is all */
};

struct fault_list {
    const struct fault *rows;
    size_t n;
};

/* How many there are under the filter, and without it. */
enum err fault_count(struct db *db, struct arena *a,
                     const struct fault_filter *filter, int64_t *found,
                     int64_t *total) MUST_CHECK;

/* The newest first. */
enum err fault_page(struct db *db, struct arena *a,
                    const struct fault_filter *filter, struct span span,
                    struct fault_list *out) MUST_CHECK;

/* All of them, one at a time. */
enum err fault_stream(struct db *db, struct arena *a,
                      const struct fault_filter *filter,
                      enum err (*each)(const struct fault *it, void *ctx),
                      void *ctx) MUST_CHECK;

/* The reasons there are. */
enum err fault_reasons(struct db *db, struct arena *a, const char *const **out,
                       size_t *n) MUST_CHECK;

#endif
