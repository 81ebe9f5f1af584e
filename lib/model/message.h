/* «Сообщения»: what was queued, what became of it, and how the channels do. */
#ifndef LAZUR_LIB_MODEL_MESSAGE_H
#define LAZUR_LIB_MODEL_MESSAGE_H

#include "lib/model/list.h"

/* A letter or an SMS by one number: twice that of a letter, one more of an
 * SMS. */
struct message_card {
    const char *channel; /* "mail", "sms" */
    const char *kind, *recipient, *state;
    bool again; /* may be sent again: it is over, and carries no secret */
};

/* ERR_NOT_FOUND without it, or for whoever is no administrator. */
enum err message_find(struct db *db, struct arena *a, int64_t id,
                      struct message_card *out) MUST_CHECK;

/* Queues a copy. ERR_CONFLICT: it carried a link or a code. ERR_NOT_FOUND: it
 * still waits. */
enum err message_again(struct db *db, struct arena *a, int64_t id,
                       const char *address) MUST_CHECK;

struct channel_card {
    const char *channel, *state, *reason, *detail;
    struct moment since, retry_at;
    int64_t waiting, failed; /* failed in the last day */
    const char *balance;     /* roubles, "" unknown */
    bool balance_low;
    struct moment balance_at;
    bool away; /* the notifier gives no sign of life */
};

/* Both, letters first. */
enum err channel_list(struct db *db, struct arena *a,
                      const struct channel_card **out, size_t *n) MUST_CHECK;

#endif
