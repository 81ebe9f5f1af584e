/*
 * What the «СМС-центр» HTTP API says: an answer of /sys/send.php, status.php or
 * balance.php (fmt=3) as one verdict. HTTP is 200 even for errors.
 */
#ifndef LAZUR_DAEMON_NOTIFIER_SMSC_H
#define LAZUR_DAEMON_NOTIFIER_SMSC_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

enum smsc_fate {
    SMSC_TAKEN,   /* the service has it */
    SMSC_FAILED,  /* never: the message is to blame */
    SMSC_WRONG,   /* never: there is no such number */
    SMSC_LATER,   /* too often; not before a minute, and no failure */
    SMSC_STOP,    /* nothing goes until a person acts: login, money */
    SMSC_BLOCKED, /* nothing goes for ten minutes and more */
};

struct smsc_answer {
    enum smsc_fate fate;
    const char *error; /* a machine word, "" when taken */
    const char *words; /* the service's own */
    bool has_balance;
    const char *balance; /* roubles, "286.55" */
};

/* ERR_PROTOCOL: that is no answer of the service. */
enum err smsc_read_answer(struct arena *a, const char *body,
                          struct smsc_answer *out) MUST_CHECK;

struct smsc_status {
    int64_t id;
    int64_t changed_s; /* when, seconds of UTC; 0: not told */
    int status;        /* -3 .. 25 */
    int err;           /* why it was not delivered, 0: nothing told */
};

/* n of them; an answer that is an error instead has n 0 and out->fate. */
enum err smsc_read_statuses(struct arena *a, const char *body,
                            struct smsc_status **list, size_t *n,
                            struct smsc_answer *out) MUST_CHECK;

/* What a status means: sent, delivered, failed or queued, as a row is in. */
struct smsc_meaning {
    const char *state, *error;
    bool wrong_contact;
};
struct smsc_meaning smsc_status_means(const struct smsc_status *s);

/* Our id of a message: the service takes 1 to 2147483647. */
int64_t smsc_id(int64_t outbox_id);

#endif
