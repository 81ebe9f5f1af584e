/* Messages that an administrator sends to see whether they arrive. */
#ifndef LAZUR_LIB_MODEL_TEST_MESSAGE_H
#define LAZUR_LIB_MODEL_TEST_MESSAGE_H

#include "lib/model/list.h"

struct message_fate {
    const char *to, *state; /* "queued", "sent", "delivered", "failed", ... */
    int64_t attempts;
    struct moment next_at; /* of a queued one that has failed before */
    const char *error;     /* machine word of the last failure */
    const char *detail;    /* and the other side's own words */
};

/*
 * kind  "mail" or "sms"
 * ERR_CONFLICT: ten in an hour were sent already; ERR_INVALID: nothing can be
 * sent there.
 */
enum err test_message_send(struct db *db, struct arena *a, const char *kind,
                           const char *to, const char *language,
                           const char *address, int64_t *id) MUST_CHECK;

/* ERR_NOT_FOUND when it is none of them. */
enum err test_message_fate(struct db *db, struct arena *a, const char *kind,
                           int64_t id, struct message_fate *out) MUST_CHECK;

#endif
