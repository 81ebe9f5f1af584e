/* What letters and SMS are sent with: the system parameters, opened. */
#ifndef LAZUR_DAEMON_NOTIFIER_ACCOUNT_H
#define LAZUR_DAEMON_NOTIFIER_ACCOUNT_H

#include <stdbool.h>

#include "daemon/notifier/carrier.h"
#include "lib/base/db.h"

struct account {
    struct arena *arena;
    const char *seen; /* all rows as they were read, to notice a change */
    /* mail; host "": none is set up */
    struct mail_server server;
    const char *from_address, *from_name;
    const char *domain; /* of from_address */
    /* SMS */
    bool sms_on;
    const char *sms_login, *sms_password, *sms_sender;
    const char *trouble; /* why a secret could not be opened; "" fine */
};

/* The key file, before the root folder is left; "" is no key. */
enum err account_key(const char *path) MUST_CHECK;

/* Reads them anew; *changed when they differ from what *acc has, which is then
 * replaced. acc is zeroed before the first call. */
enum err account_read(struct db *db, struct account *acc,
                      bool *changed) MUST_CHECK;

void account_clear(struct account *acc);

#endif
