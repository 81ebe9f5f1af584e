/* Passwords at rest: yescrypt of crypt(3), memory-hard and irreversible. */
#ifndef LAZUR_LIB_BASE_PASSWORD_H
#define LAZUR_LIB_BASE_PASSWORD_H

#include <stdbool.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

/* A new salted hash to keep. ERR_IO when the system has no randomness. */
enum err password_hash(struct arena *a, const char *password,
                       const char **out) MUST_CHECK;

/*
 * True when password is the one that hash was made of.
 *
 * hash NULL stands for a login that does not exist: the same work is done and
 * the answer is no, so that time does not tell which logins exist.
 */
bool password_fits(const char *password, const char *hash);

#endif
