/* Keys of meters that push ciphered telegrams, and passwords for commands. */
#ifndef LAZUR_DAEMON_LISTENER_SECRETS_H
#define LAZUR_DAEMON_LISTENER_SECRETS_H

#include "daemon/drivers/reading.h"
#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/base/secret.h"

struct session;

/* A question of one session; the session keeps it to take it back. */
struct secret_ask;

/*
 * key_file  "" when no meter has secrets
 * found     the answer; s is NULL when nothing is kept or it does not open
 */
enum err secrets_init(const char *key_file,
                      void (*found)(struct session *who,
                                    const struct secret *s)) MUST_CHECK;

struct secret_ask *secrets_ask(struct session *who,
                               const char identity[READING_NAME_MAX]);
void secrets_forget(struct secret_ask *ask); /* its session is gone */

/* A secret as the database sends it, "\x...". False: it does not open. */
bool secrets_open(const char *identity, const char *sealed_hex,
                  struct secret *out);

/*
 * secrets_change - what is to be sealed for a meter once it has taken a new
 * password: the old lines, with one of them replaced.
 *
 * sealed_hex  as it is kept now, NULL when nothing is
 * False: there is no key, or the old one does not open.
 */
bool secrets_change(struct arena *a, const char *identity,
                    const char *sealed_hex, enum secret_item item,
                    const char *value, struct bytes *out);

/* What was sealed for one command: the value behind "name=", or all of it;
 * "" when there is nothing or it does not open. */
const char *secrets_of_command(struct arena *a, const char *about,
                               const char *sealed_hex, const char *name);

/* "\x0102" as the database writes bytes; empty for NULL. */
struct bytes secrets_bytes(struct arena *a, const char *hex);

#endif
