/* «Протокол работы»: what operators did, append-only. */
#ifndef LAZUR_LIB_MODEL_AUDIT_H
#define LAZUR_LIB_MODEL_AUDIT_H

#include <stdbool.h>

#include "lib/model/list.h"

/* In the transaction of the change it tells of. */
enum err audit_add(struct db *db, struct arena *a, const char *login,
                   const char *action, const char *note,
                   const char *address) MUST_CHECK;

/* The action of whoever signed in; its address has a country (GC-245). */
#define AUDIT_SIGNED_IN "Начало работы оператора"

/* In the order of the variants of audit_page.sql. */
enum audit_order { AUDIT_BY_AT, AUDIT_BY_LOGIN, AUDIT_BY_ACTION, AUDIT_ORDERS };

/* Lines are counted up to here: nobody turns to page 401. */
#define AUDIT_COUNT_MAX 10000

struct audit_line {
    struct moment at;
    const char *login, *action, *note;
    const char *address; /* "": not from a browser */
};

/* Texts are "" when nothing is asked for. */
struct audit_filter {
    enum audit_order order;
    bool descending;
    const char *from, *to; /* days, "2026-11-20", in the server's zone */
    const char *login, *action;
    const char *term; /* part of a login, an action or a note */
    bool common;      /* audit_prepare: the term is in very many lines */
};

struct audit_list {
    const struct audit_line *rows;
    size_t n;
};

/* True when anything but the order is asked for. */
bool audit_is_filtered(const struct audit_filter *f);

/* Before the questions below: decides how the term is looked for. */
enum err audit_prepare(struct db *db, struct arena *a,
                       struct audit_filter *f) MUST_CHECK;

/* At most AUDIT_COUNT_MAX + 1. */
enum err audit_count(struct db *db, struct arena *a,
                     const struct audit_filter *filter,
                     int64_t *out) MUST_CHECK;

/* Only an administrator sees any. */
enum err audit_page(struct db *db, struct arena *a,
                    const struct audit_filter *filter, struct span span,
                    struct audit_list *out) MUST_CHECK;

enum err audit_stream(struct db *db, struct arena *a,
                      const struct audit_filter *filter,
                      enum err (*each)(const struct audit_line *it, void *ctx),
                      void *ctx) MUST_CHECK;

/* The operators, or the actions, that stand in the log: row_text(out, i, 0). */
enum audit_word { AUDIT_LOGINS, AUDIT_ACTIONS };
enum err audit_words(struct db *db, struct arena *a, enum audit_word what,
                     struct rows *out) MUST_CHECK;

#endif
