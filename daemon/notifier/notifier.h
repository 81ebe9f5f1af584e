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
};

struct notifier {
    const struct settings *set;
    struct db *db; /* NULL: away */
    bool failed;   /* the database failed while something ended */
    struct account account;
    struct channel mail, sms;
    struct under_way mail_way, sms_way;
    bool quiet;
};

/* Writes how it ended and forgets it. */
void errand_end(struct errand *it, const struct outbox *o, struct under_way *u,
                const struct ending *ending);

/* Delivered as a file of that name, or tried again later. */
void errand_to_folder(struct errand *it, const struct outbox *o,
                      struct under_way *u, const char *file_name,
                      const char *bytes, size_t len);

/* Claims at most room messages and begins each; *more: there may be more. */
enum err errands_begin(struct notifier *n, const struct outbox *o,
                       struct channel *c, struct under_way *u, int room,
                       void (*begin)(struct errand *it), bool *more) MUST_CHECK;

/* Settings or parameters are new. */
void mail_set(struct notifier *n, int64_t now_us);
void sms_set(struct notifier *n, int64_t now_us);

/* Begins what is due; *more: there may be more at once. */
enum err mail_turn(struct notifier *n, int64_t now_us, bool *more) MUST_CHECK;
enum err sms_turn(struct notifier *n, int64_t now_us, bool *more) MUST_CHECK;

#endif
