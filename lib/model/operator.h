/* Operators and their sessions: who may work, and who is working. */
#ifndef LAZUR_LIB_MODEL_OPERATOR_H
#define LAZUR_LIB_MODEL_OPERATOR_H

#include <stdbool.h>

#include "lib/base/arena.h"
#include "lib/base/db.h"
#include "lib/base/err.h"

/* A token as the browser keeps it: 32 random bytes in hex. */
#define TOKEN_HEX 64

/* Failures that a login and an address may have in ten minutes. */
#define SIGN_IN_PER_LOGIN   5
#define SIGN_IN_PER_ADDRESS 20
#define SIGN_IN_WINDOW_S    600

struct sign_in {
    const char *login, *password; /* as typed: nothing is trimmed */
    const char *address;
};

struct signed_in {
    bool accepted; /* false: the name or the password is wrong */
    int wait_s;    /* of ERR_BUSY: when to come again */
    const char *role;
    const char *token; /* for the session cookie */
};

struct operator_session {
    int id;
    const char *login, *role, *csrf_token, *first_name, *last_name;
    int idle_s;
};

/* 32 random bytes in hex. ERR_IO when the system has none. */
enum err token_make(struct arena *a, const char **out) MUST_CHECK;

/* What the database keeps of a token, as bytea is written. */
const char *token_hash(struct arena *a, const char *token);

/*
 * The token of a session's forms: the cookie's, hashed with a word of its own,
 * so that nothing that can be read of the session gives it away.
 */
const char *token_of_forms(struct arena *a, const char *token);

/*
 * operator_sign_in - check the password and begin a session.
 *
 * A wrong name and a wrong password are one answer that costs the same time,
 * and count against the login and the address; commit in both cases. An older
 * session of this operator at this address ends. ERR_BUSY after too many
 * failures: out->wait_s says how long.
 */
enum err operator_sign_in(struct db *db, struct arena *a,
                          const struct sign_in *in,
                          struct signed_in *out) MUST_CHECK;

/* The session is over at once; login and address are for the log. */
enum err operator_sign_out(struct db *db, struct arena *a, const char *token,
                           const char *login, const char *address) MUST_CHECK;

/*
 * operator_session_enter - begin a transaction as the holder of a token.
 *
 * Row security follows him to its end. active: a person is asking, and the
 * twenty minutes start anew. ERR_UNSIGNED when the session is over or belongs
 * to another address; the transaction is then open, for nobody.
 */
enum err operator_session_enter(struct db *db, struct arena *a,
                                const char *token, const char *address,
                                bool active,
                                struct operator_session *out) MUST_CHECK;

enum session_fate { SESSION_GONE, SESSION_IDLE, SESSION_REPLACED };

/* Why a token lets nobody in any more. */
enum err operator_session_fate(struct db *db, struct arena *a,
                               const char *token,
                               enum session_fate *out) MUST_CHECK;

#endif
