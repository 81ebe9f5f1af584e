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

/*
 * A turn to hash. Each takes 64 MiB and a core for a while, and sign-ins must
 * not starve the pages: in a process that has made the gate, and its children,
 * PASSWORD_AT_ONCE hash at once and the others wait their turn.
 *
 * password_turn_take: ERR_BUSY after PASSWORD_WAIT_MS of waiting.
 */
#define PASSWORD_AT_ONCE 2
#define PASSWORD_WAIT_MS 2000

enum err password_gate_make(void) MUST_CHECK;
enum err password_turn_take(int *turn) MUST_CHECK;
void password_turn_give(int turn);

#endif
