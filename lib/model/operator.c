/* Signing in, the session that follows, signing out. */
#include "lib/model/operator.h"

#include <string.h>

#include <openssl/rand.h>
#include <openssl/sha.h>

#include "lib/base/password.h"
#include "lib/model/audit.h"

/* Activity is written down this often: not every click is a write. */
#define SESSION_TOUCH_S 30

static char *hex_of(struct arena *a, const unsigned char *bytes, size_t n,
                    const char *prefix)
{
    static const char digits[] = "0123456789abcdef";
    size_t at = strlen(prefix);
    char *out = arena_printf(a, "%s%*s", prefix, (int)(n * 2), "");

    for (size_t i = 0; i < n; i++) {
        out[at++] = digits[bytes[i] >> 4];
        out[at++] = digits[bytes[i] & 15];
    }
    return out;
}

enum err token_make(struct arena *a, const char **out)
{
    unsigned char bytes[TOKEN_HEX / 2];

    if (RAND_bytes(bytes, sizeof(bytes)) != 1)
        return err_raise(ERR_IO, "token: no randomness");
    *out = hex_of(a, bytes, sizeof(bytes), "");
    return ERR_OK;
}

const char *token_hash(struct arena *a, const char *token)
{
    unsigned char sum[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)token, strlen(token), sum);
    return hex_of(a, sum, sizeof(sum), "\\x");
}

const char *token_of_forms(struct arena *a, const char *token)
{
    const char *salted = arena_printf(a, "form %s", token);
    unsigned char sum[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)salted, strlen(salted), sum);
    return hex_of(a, sum, sizeof(sum), "");
}

static enum err throttle(struct db *db, struct arena *a,
                         const struct sign_in *in, struct signed_in *out)
{
    const char *const params[] = {
        in->login,
        in->address,
        arena_printf(a, "%d", SIGN_IN_PER_LOGIN),
        arena_printf(a, "%d", SIGN_IN_PER_ADDRESS),
        arena_printf(a, "%d", SIGN_IN_WINDOW_S),
    };
    struct rows rows;
    enum err e = db_query(db, a, Q_SIGN_IN_THROTTLE, params, &rows);

    if (e != ERR_OK)
        return e;
    out->wait_s = (int)row_int(&rows, 0, 0);
    if (out->wait_s > 0)
        return err_raise(ERR_BUSY, "sign-in: too many failures address=%s",
                         in->address);
    return ERR_OK;
}

/* A session of its own for this browser; *token is for its cookie. */
static enum err session_begin(struct db *db, struct arena *a,
                              const char *operator_id, const char *address,
                              const char **token)
{
    enum err e = token_make(a, token);

    if (e != ERR_OK)
        return e;

    const char *const place[] = { operator_id, address };
    const char *const session[] = { token_hash(a, *token), operator_id,
                                    address };

    if ((e = db_exec(db, a, Q_OPERATOR_SESSION_REPLACE, place)) != ERR_OK ||
        (e = db_exec(db, a, Q_OPERATOR_SIGNED_IN, place)) != ERR_OK)
        return e;
    return db_exec(db, a, Q_OPERATOR_SESSION_ADD, session);
}

enum err operator_sign_in(struct db *db, struct arena *a,
                          const struct sign_in *in, struct signed_in *out)
{
    const char *const login[] = { in->login };
    const char *const attempt[] = { in->login, in->address };
    struct rows rows;
    enum err e;
    int turn;

    memset(out, 0, sizeof(*out));
    if ((e = throttle(db, a, in, out)) != ERR_OK ||
        (e = db_query(db, a, Q_OPERATOR_FIND, login, &rows)) != ERR_OK)
        return e;
    if ((e = password_turn_take(&turn)) != ERR_OK)
        return e;
    out->accepted =
        password_fits(in->password, rows.n ? row_text(&rows, 0, 1) : NULL);
    password_turn_give(turn);
    if (!out->accepted)
        return db_exec(db, a, Q_SIGN_IN_FAILED, attempt);
    out->role = row_text(&rows, 0, 2);
    if ((e = db_exec(db, a, Q_SIGN_IN_FORGET, attempt)) != ERR_OK ||
        (e = session_begin(db, a, row_text(&rows, 0, 0), in->address,
                           &out->token)) != ERR_OK)
        return e;
    return audit_add(db, a, in->login, AUDIT_SIGNED_IN,
                     arena_printf(a, "вход с компьютера %s", in->address),
                     in->address);
}

enum err operator_sign_out(struct db *db, struct arena *a, const char *token,
                           const char *login, const char *address)
{
    const char *const params[] = { token_hash(a, token) };
    enum err e = db_exec(db, a, Q_OPERATOR_SESSION_END, params);

    if (e != ERR_OK)
        return e;
    return audit_add(db, a, login, "Завершение работы оператора", "", address);
}

enum err operator_session_enter(struct db *db, struct arena *a,
                                const char *token, const char *address,
                                bool active, struct operator_session *out)
{
    const char *const params[] = { token_hash(a, token), address };
    struct rows rows;
    enum err e = db_begin_query(db, a, Q_OPERATOR_SESSION_ENTER, params, &rows);

    if (e != ERR_OK)
        return e;
    if (rows.n == 0)
        return err_raise(ERR_UNSIGNED, "no session");
    out->id = (int)row_int(&rows, 0, 0);
    out->login = row_text(&rows, 0, 1);
    out->role = row_text(&rows, 0, 2);
    out->csrf_token = token_of_forms(a, token);
    out->first_name = row_text(&rows, 0, 3);
    out->last_name = row_text(&rows, 0, 4);
    out->idle_s = (int)row_int(&rows, 0, 5);
    if (!active || out->idle_s < SESSION_TOUCH_S)
        return ERR_OK;
    return db_exec(db, a, Q_OPERATOR_SESSION_TOUCH, params);
}

enum err operator_session_fate(struct db *db, struct arena *a,
                               const char *token, enum session_fate *out)
{
    const char *const params[] = { token_hash(a, token) };
    struct rows rows;
    enum err e = db_query(db, a, Q_OPERATOR_SESSION_FATE, params, &rows);

    if (e != ERR_OK)
        return e;
    *out = SESSION_GONE;
    if (rows.n > 0 && row_bool(&rows, 0, 1))
        *out = SESSION_REPLACED;
    else if (rows.n > 0 && row_bool(&rows, 0, 0))
        *out = SESSION_IDLE;
    return ERR_OK;
}
