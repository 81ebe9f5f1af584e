/* What the parts of the notifier share. */
#ifndef LAZUR_DAEMON_NOTIFIER_NOTIFIER_H
#define LAZUR_DAEMON_NOTIFIER_NOTIFIER_H

#include "daemon/notifier/account.h"
#include "daemon/notifier/channel.h"
#include "daemon/notifier/outbox.h"
#include "daemon/settings.h"

/* One message on its way. */
struct errand {
    struct notifier *of;
    struct message message;
    struct errand *next;
};

struct notifier {
    const struct settings *set;
    struct db *db; /* NULL: away */
    bool failed;   /* the database failed while something ended */
    struct account account;
    struct channel mail, sms;
    struct under_way mail_way, sms_way;
    struct errand *errands; /* of both */
    bool quiet;
};

/* Takes the message over. */
struct errand *errand_new(struct notifier *n, struct under_way *u,
                          const struct message *m);
/* Writes how it ended and forgets it. */
void errand_end(struct errand *it, const struct outbox *o, struct under_way *u,
                const struct ending *ending);

/* Settings or parameters are new. */
void mail_set(struct notifier *n, int64_t now_us);
void sms_set(struct notifier *n, int64_t now_us);

/* Begins what is due; *more: there may be more at once. */
enum err mail_turn(struct notifier *n, int64_t now_us, bool *more) MUST_CHECK;
enum err sms_turn(struct notifier *n, int64_t now_us, bool *more) MUST_CHECK;

/* All conversations were dropped. */
void sms_dropped(void);

#endif
