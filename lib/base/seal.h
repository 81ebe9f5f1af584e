/*
 * Secrets at rest: AES-256-GCM with a key that is in a file, never in the
 * database. What a secret is about is sealed with it, so that a row copied to
 * another meter does not open.
 */
#ifndef LAZUR_LIB_BASE_SEAL_H
#define LAZUR_LIB_BASE_SEAL_H

#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"

#define SEAL_KEY_LEN 32

struct seal_key {
    uint8_t at[SEAL_KEY_LEN];
};

/*
 * seal_key_load - the key file: 64 hexadecimal digits and an end of line.
 * ERR_IO when it cannot be read; ERR_INVALID when it holds anything else.
 */
enum err seal_key_load(const char *path, struct seal_key *out) MUST_CHECK;

/*
 * seal - version 1, nonce of 12, ciphertext, tag of 16, in memory of a.
 * about  whose secret it is: a meter's identity
 */
enum err seal(struct arena *a, const struct seal_key *key, const char *about,
              struct bytes plain, struct bytes *out) MUST_CHECK;

/* ERR_INVALID when it was sealed with another key, for another, or changed. */
enum err unseal(struct arena *a, const struct seal_key *key, const char *about,
                struct bytes sealed, struct bytes *out) MUST_CHECK;

/*
 * seal_mark - a number that is the same for the same secret and key file, and
 * tells nothing about it to who does not have the file.
 */
enum err seal_mark(const struct seal_key *key, struct bytes plain,
                   int64_t *out) MUST_CHECK;

#endif
