/*
 * Subscribers as the administration keeps them («Абоненты»): found, added,
 * changed while nobody else does, deleted with their accounts; their meters
 * bound and released. All but the reading waits for sessions in their order of
 * locks (docs/architecture.md, "An account").
 */
#ifndef LAZUR_LIB_MODEL_SUBSCRIBER_H
#define LAZUR_LIB_MODEL_SUBSCRIBER_H

#include <stdbool.h>

#include "lib/model/list.h"

struct subscriber {
    int64_t id;
    const char *version; /* of what the form shows; the balance is not in it */
    const char *account; /* leading zeros matter; "": without a number */
    const char *address, *first_name, *last_name, *phone, *email;
    int64_t branch_id, tariff_id; /* 0: without one */
    bool calculates_balance, shows_balance, cabinet_allowed;
    int64_t operations, meters; /* what he has */
};

enum err subscriber_find(struct db *db, struct arena *a, int64_t id,
                         struct subscriber *out) MUST_CHECK;

/* Whether somebody else has this account or this e-mail, in whatever case. */
enum err subscriber_taken(struct db *db, struct arena *a,
                          const struct subscriber *s, bool *account,
                          bool *email) MUST_CHECK;

/* ERR_CONFLICT: account or e-mail have been taken meanwhile. */
enum err subscriber_add(struct db *db, struct arena *a,
                        struct subscriber *s) MUST_CHECK; /* sets its id */

/* ERR_CONFLICT also when he has changed since version, or is gone. */
enum err subscriber_change(struct db *db, struct arena *a,
                           struct subscriber *s) MUST_CHECK;

/* What he can belong to: row_text(out, i, 0) is the id, 1 the name. */
enum subscriber_choice { SUBSCRIBER_BRANCH, SUBSCRIBER_TARIFF };
enum err subscriber_choices(struct db *db, struct arena *a,
                            enum subscriber_choice of,
                            struct rows *out) MUST_CHECK;

/* What would go with several: ids as "{1,2}". */
struct subscribers_sum {
    int64_t subscribers, operations, meters;
};
enum err subscribers_sum(struct db *db, struct arena *a, const char *ids,
                         struct subscribers_sum *out) MUST_CHECK;

/*
 * subscribers_delete - they go with the operations of their accounts; their
 * meters stay, bound to nobody. The lines of the log are written.
 *
 * version  of a single one; NULL: whatever they are by now
 * deleted  how many were there
 * ERR_CONFLICT: he has changed since version, or is gone.
 */
enum err subscribers_delete(struct db *db, struct arena *a, const char *ids,
                            const char *version, const char *address,
                            int64_t *deleted) MUST_CHECK;

/* ERR_CONFLICT: one of them is bound by now, and none is; ERR_NOT_FOUND: he is
 * gone. The lines of the log are written. */
enum err meters_bind(struct db *db, struct arena *a, int64_t subscriber,
                     const char *meters, const char *address) MUST_CHECK;

/* ERR_CONFLICT: it is not his any more. */
enum err meter_unbind(struct db *db, struct arena *a, int64_t subscriber,
                      int64_t meter, const char *address) MUST_CHECK;

/* A meter of his, as a question names it; ERR_NOT_FOUND: not his. */
enum err subscriber_meter(struct db *db, struct arena *a, int64_t subscriber,
                          int64_t meter, const char **serial,
                          const char **model) MUST_CHECK;

#endif
