/* Accounts of subscribers: what was paid, corrected and charged (GC-092 ...).
 */
#ifndef LAZUR_LIB_MODEL_ACCOUNT_H
#define LAZUR_LIB_MODEL_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/list.h"
#include "lib/units/money.h"

/* As account_kind of the schema. */
enum operation_kind {
    OPERATION_ACCRUAL,
    OPERATION_DEBIT,
    OPERATION_CORRECTION
};

/* "accrual", "debit", "correction": in forms and in Words.Operation. */
const char *operation_code(enum operation_kind kind);
/* False when code is none of them. */
bool operation_of_code(const char *code, enum operation_kind *out);

/* Sums that a person may enter, and how much he may write. */
#define PAYMENT_LIMIT_KOPECKS INT64_C(10000000000)
#define DOCUMENT_MAX          64
#define PAYMENT_NOTE_MAX      500

struct operation {
    struct moment at;
    enum operation_kind kind;
    struct money amount;  /* of a debit: what was taken away */
    struct money balance; /* after it */
    /* A debit: which meter, from where to where, at what price. */
    const char *serial;
    struct moment from_at, to_at;
    int64_t from_dm3, to_dm3, price_kopecks_per_1000_m3;
    /* The others. */
    const char *document, *note;
};

struct operation_list {
    const struct operation *rows;
    size_t n;
    int64_t total; /* 0 when the page is past the end */
    bool more;     /* there are more than total */
};

/* Newest first. A subscriber that is not visible has none. */
enum err operation_page(struct db *db, struct arena *a, int64_t subscriber_id,
                        struct span span,
                        struct operation_list *out) MUST_CHECK;

/* All of them, newest first, one at a time. */
enum err operation_stream(struct db *db, struct arena *a, int64_t subscriber_id,
                          enum err (*each)(const struct operation *it,
                                           void *ctx),
                          void *ctx) MUST_CHECK;

struct payment {
    int64_t subscriber_id;
    enum operation_kind kind; /* no debit */
    struct money amount;
    const char *document, *note;
    const char *nonce; /* of the form, 32 hexadecimal digits */
};

/*
 * account_add - a person pays in or corrects.
 *
 * The same form again changes nothing and is ERR_OK.
 * ERR_CONFLICT   this form has been sent with other words
 * ERR_FORBIDDEN  this operator may not
 * ERR_NOT_FOUND  no such subscriber among those he sees
 * ERR_INVALID    a sum or a text that cannot be
 * After an error the transaction can only be rolled back.
 */
enum err account_add(struct db *db, struct arena *a, const struct payment *p,
                     const char *address) MUST_CHECK;

#endif
