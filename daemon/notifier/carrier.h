/*
 * Many conversations with mail servers and the SMS service at once, none of
 * which waits for another. The only file that includes curl.h is carrier.c.
 */
#ifndef LAZUR_DAEMON_NOTIFIER_CARRIER_H
#define LAZUR_DAEMON_NOTIFIER_CARRIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

/* How far a conversation with a mail server came. */
enum mail_step { STEP_GREETING, STEP_SENDER, STEP_RECIPIENT, STEP_LETTER };

enum carried {
    CARRIED,     /* the server has it */
    ANSWERED_NO, /* the server said something else: see code, step, words */
    UNREACHABLE, /* no such host, or it does not answer */
    TIMED_OUT,
    NOT_SECURE, /* no TLS where it is required, or a wrong certificate */
    NO_LOGIN,   /* the password is not taken */
    BROKEN_OFF, /* the connection ended in the middle */
};

struct carried_result {
    enum carried how;
    long code;           /* of the last answer: 250, 550; HTTP 200; 0: none */
    enum mail_step step; /* of mail */
    const char *words;   /* the server's last line, or why; one line of UTF-8 */
    const char *body;    /* of HTTP, "" without one */
};

/* A machine word for what is no answer: "unreachable", "timeout" ... */
const char *carried_word(enum carried how);

/* Called from carrier_run; what r points to is gone afterwards. */
typedef void carried_fn(void *ctx, const struct carried_result *r);

enum mail_security { MAIL_PLAIN, MAIL_STARTTLS, MAIL_TLS };

struct mail_server {
    const char *host;
    int64_t port;
    enum mail_security security;
    const char *login, *password; /* login "": no authentication */
};

/*
 * carrier_init - before the root folder is left: certificates are read now.
 *
 * ca_file     of those who may sign for servers; a file of PEM
 * timeout_ms  of a whole conversation
 */
enum err carrier_init(const char *ca_file, int64_t timeout_ms) MUST_CHECK;

/* letter is copied; from and to are bare addresses. */
void carrier_mail(const struct mail_server *server, const char *from,
                  const char *to, const char *letter, size_t len,
                  carried_fn *done, void *ctx);

/* A form by POST; nothing of it stands in the address. */
void carrier_post(const char *url, const char *form, carried_fn *done,
                  void *ctx);

size_t carrier_busy(void); /* conversations under way */

/* Works for at most ms, less when something has ended. A conversation cannot be
 * broken off from here: curl would end a letter in its middle as if that were
 * all of it, and wait for the answer. Its timeout ends it. */
void carrier_run(int64_t ms);

#endif
