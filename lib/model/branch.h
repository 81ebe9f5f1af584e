/* Branches of the utility («Филиалы»), with what receipts need of them. */
#ifndef LAZUR_LIB_MODEL_BRANCH_H
#define LAZUR_LIB_MODEL_BRANCH_H

#include <stdbool.h>

#include "lib/model/list.h"

struct branch {
    int64_t id;
    const char *version; /* of the row, for branch_change and branch_delete */
    const char *name, *full_name, *bank, *account, *bic, *corr_account, *inn,
        *kpp;
    const char *saupg_id; /* digits; "" without one */
    int64_t subscribers;  /* counted up to 10001 */
    int64_t operators;
};

enum err branch_find(struct db *db, struct arena *a, int64_t id,
                     struct branch *out) MUST_CHECK; /* or ERR_NOT_FOUND */

/* Whether another branch has this one's name or САУПГ id. */
enum err branch_taken(struct db *db, struct arena *a, const struct branch *b,
                      bool *name, bool *saupg_id) MUST_CHECK;

/* ERR_CONFLICT: such a name or id has been taken meanwhile. */
enum err branch_add(struct db *db, struct arena *a,
                    const struct branch *b) MUST_CHECK;

/* ERR_CONFLICT also when it has changed since version, or is gone. */
enum err branch_change(struct db *db, struct arena *a,
                       const struct branch *b) MUST_CHECK;

/* Its subscribers stay, without a branch. ERR_CONFLICT as branch_change. */
enum err branch_delete(struct db *db, struct arena *a, int64_t id,
                       const char *version) MUST_CHECK;

struct branch_name {
    int64_t id;
    const char *name;
};

/* All of them, by name: for choices. */
enum err branch_names(struct db *db, struct arena *a,
                      const struct branch_name **out, size_t *n) MUST_CHECK;

#endif
