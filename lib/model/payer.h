/* Who pays, how much and to whom: what a receipt is made of. */
#ifndef LAZUR_LIB_MODEL_PAYER_H
#define LAZUR_LIB_MODEL_PAYER_H

#include <stddef.h>
#include <stdint.h>

#include "lib/model/list.h"

/* Whom subscribers of a branch pay; texts are "" when not filled in. */
struct branch_bank {
    int64_t id;
    const char *name, *full_name, *inn, *kpp, *account, *bank, *bic;
    const char *corr_account;
    int64_t subscribers;
};

struct bank_list {
    const struct branch_bank *rows;
    size_t n;
};

/* Of the branches that the operator sees, by name. */
enum err branch_banks(struct db *db, struct arena *a,
                      struct bank_list *out) MUST_CHECK;

/* Of the subscriber's own branch, in his cabinet. */
enum err branch_bank_own(struct db *db, struct arena *a,
                         struct bank_list *out) MUST_CHECK;

struct payer {
    int64_t branch_id;
    const char *account, *full_name, *address;
    struct figure balance_kopecks; /* unknown: it is not calculated */
    const char *serials;           /* of the meters, "1, 2" */
    int64_t meters;
    struct figure volume_dm3; /* of the only meter */
    const char *day;          /* of that reading, "2026-11-20" or "" */
};

enum err payer_count(struct db *db, struct arena *a, int64_t *out) MUST_CHECK;

/*
 * All subscribers seen, by account, or that of a meter (0: all), one at a
 * time; no row when the meter has none.
 */
enum err payer_stream(struct db *db, struct arena *a, int64_t meter_id,
                      enum err (*each)(const struct payer *it, void *ctx),
                      void *ctx) MUST_CHECK;

/* The subscriber himself, in his cabinet. */
enum err payer_own(struct db *db,
                   enum err (*each)(const struct payer *it, void *ctx),
                   void *ctx) MUST_CHECK;

#endif
