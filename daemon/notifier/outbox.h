/* The two outboxes, and what carries their messages away. */
#ifndef LAZUR_DAEMON_NOTIFIER_OUTBOX_H
#define LAZUR_DAEMON_NOTIFIER_OUTBOX_H

#include <stdint.h>

#include "lib/base/db.h"

struct message {
    int64_t id;
    const char *recipient, *subject, *body;
};

/* A way out: ERR_OK when the message is where it should be. Delivering one
 * twice must be as good as once: the commit after it may be lost. */
typedef enum err deliver_fn(const char *folder, const char *kind,
                            const struct message *m);

struct outbox {
    const char *kind; /* "mail", "sms" */
    enum query claim, settle, waiting;
};

extern const struct outbox outboxes[2];

/* A file for each message, named by its id and moved in whole. */
deliver_fn deliver_to_folder;

#endif
