/* «Протокол работы»: what operators did, append-only. */
#ifndef LAZUR_LIB_MODEL_AUDIT_H
#define LAZUR_LIB_MODEL_AUDIT_H

#include <stdbool.h>

#include "lib/model/list.h"

/* In the transaction of the change it tells of. */
enum err audit_add(struct db *db, struct arena *a, const char *login,
                   const char *action, const char *note,
                   const char *address) MUST_CHECK;

/* In the order of the variants of audit_page.sql. */
enum audit_order { AUDIT_BY_AT, AUDIT_BY_LOGIN, AUDIT_BY_ACTION, AUDIT_ORDERS };

/* Lines are counted up to here: nobody turns to page 401. */
#define AUDIT_COUNT_MAX 10000

struct audit_line {
    struct moment at;
    const char *login, *action, *note;
};

struct audit_filter {
    enum audit_order order;
    bool descending;
    const char *term; /* part of a login, an action or a note; "" is all */
};

struct audit_list {
    const struct audit_line *rows;
    size_t n;
};

/* At most AUDIT_COUNT_MAX + 1. */
enum err audit_count(struct db *db, struct arena *a, const char *term,
                     int64_t *out) MUST_CHECK;

/* Only an administrator sees any. */
enum err audit_page(struct db *db, struct arena *a,
                    const struct audit_filter *filter, struct span span,
                    struct audit_list *out) MUST_CHECK;

enum err audit_stream(struct db *db, struct arena *a,
                      const struct audit_filter *filter,
                      enum err (*each)(const struct audit_line *it, void *ctx),
                      void *ctx) MUST_CHECK;

#endif
