/* The two outboxes: what is due, and how each attempt ended. */
#ifndef LAZUR_DAEMON_NOTIFIER_OUTBOX_H
#define LAZUR_DAEMON_NOTIFIER_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/db.h"

struct message {
    struct arena *arena; /* of the message; freed by message_free */
    int64_t id;
    const char *recipient, *language;
    const char *subject, *text, *html; /* html "": plain text */
    const char *message_id;            /* of letters */
    bool was_unclear;                  /* an earlier attempt may have arrived */
    int64_t created_s;
    int attempts;
};

enum outcome {
    OUTCOME_SENT,
    OUTCOME_DELIVERED, /* there is nothing more to hear of it */
    OUTCOME_FAILED,    /* for good */
    OUTCOME_AGAIN,     /* the attempt counts */
    OUTCOME_HOLD,      /* it was not the message's fault */
};

struct ending {
    enum outcome outcome;
    const char *error; /* a machine word */
    const char *words; /* the server's */
    bool wrong_contact;
    bool unclear;     /* it may have arrived nevertheless */
    int64_t pause_ms; /* of HOLD; AGAIN has its own */
};

struct outbox {
    const char *name; /* "mail", "sms" */
    enum query claim, settle, expire, forget;
};

extern const struct outbox outbox_mail, outbox_sms;

/* Ids under way: no second claim takes them. */
struct under_way {
    int64_t *ids;
    size_t n, size;
};

void under_way_add(struct under_way *u, int64_t id);
void under_way_remove(struct under_way *u, int64_t id);

/*
 * outbox_claim - at most max messages that are due, as *list of *n.
 *
 * A message whose words cannot be made has failed already and is not among
 * them. domain: of the Message-ID. The list is memory of a; each message has
 * an arena of its own.
 */
enum err outbox_claim(struct db *db, struct arena *a, const struct outbox *o,
                      const struct under_way *u, int max, bool quiet,
                      const char *domain, struct message **list,
                      size_t *n) MUST_CHECK;

enum err outbox_settle(struct db *db, const struct outbox *o,
                       const struct message *m,
                       const struct ending *ending) MUST_CHECK;

/* why: unless something else went wrong before. */
enum err outbox_expire(struct db *db, const struct outbox *o,
                       const char *why) MUST_CHECK;

enum err outbox_forget(struct db *db, const struct outbox *o,
                       int64_t days) MUST_CHECK;

void message_free(struct message *m);

/* 5 s, 10 s, 20 s ... an hour, a half more or less: so that those that failed
 * together do not come back together. */
int64_t retry_ms(int attempts, int64_t first_ms, int64_t max_ms);

/* Whether hour (0..23) is in from..to, which may go over midnight; equal
 * bounds are no quiet hours. */
bool hour_is_quiet(int hour, int64_t from, int64_t to);

/* A message as a file in folder, named by its outbox and id, put there in
 * whole: writing it twice is as good as once. */
enum err deliver_to_folder(const char *folder, const char *file_name,
                           const char *bytes, size_t len) MUST_CHECK;

#endif
