/* Operators as administrators keep them (GC-163 ... GC-170). */
#ifndef LAZUR_LIB_MODEL_OPERATOR_CARD_H
#define LAZUR_LIB_MODEL_OPERATOR_CARD_H

#include <stdbool.h>

#include "lib/model/list.h"

struct operator_card {
    int64_t id; /* 0: a new one */
    const char *version;
    const char *login;
    const char *password; /* as typed; "": it stays as it is */
    const char *role;     /* "view", "control", "security", "admin" */
    const char *branches; /* "{1,2}" */
    bool sees_branchless, soap_allowed, disabled;
    const char *first_name, *last_name, *email;
    int64_t sessions; /* signed-in browsers */
};

/* Everything but the password. ERR_NOT_FOUND */
enum err operator_card_find(struct db *db, struct arena *a, int64_t id,
                            struct operator_card *out) MUST_CHECK;

enum err operator_taken(struct db *db, struct arena *a,
                        const struct operator_card *o, bool *out) MUST_CHECK;

/*
 * operator_card_put - added or changed, with its line in the log.
 *
 * ERR_CONFLICT   changed meanwhile, gone, or the login is taken
 * ERR_INVALID    he would lock himself out, or no administrator would be left
 * ERR_BUSY       too many passwords are being hashed
 */
enum err operator_card_put(struct db *db, struct arena *a,
                           const struct operator_card *o,
                           const char *address) MUST_CHECK;

/* As operator_card_put. */
enum err operator_card_delete(struct db *db, struct arena *a, int64_t id,
                              const char *version,
                              const char *address) MUST_CHECK;

enum err operator_sessions_end(struct db *db, struct arena *a, int64_t id,
                               const char *address) MUST_CHECK;

#endif
