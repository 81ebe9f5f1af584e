/* What an administrator does with operators; the rules are the database's. */
#include "lib/model/operator_card.h"

#include "lib/base/password.h"

enum err operator_card_find(struct db *db, struct arena *a, int64_t id,
                            struct operator_card *out)
{
    struct rows r;
    enum err e = row_of_id(db, a, Q_OPERATOR_CARD, id, "operator", &r);

    if (e != ERR_OK)
        return e;
    *out = (struct operator_card){
        .id = id,
        .version = row_text(&r, 0, 0),
        .login = row_text(&r, 0, 1),
        .password = "",
        .role = row_text(&r, 0, 2),
        .branches = row_text(&r, 0, 3),
        .sees_branchless = row_bool(&r, 0, 4),
        .soap_allowed = row_bool(&r, 0, 5),
        .disabled = row_bool(&r, 0, 6),
        .first_name = row_text(&r, 0, 7),
        .last_name = row_text(&r, 0, 8),
        .email = row_text(&r, 0, 9),
        .sessions = row_int(&r, 0, 10),
    };
    return ERR_OK;
}

enum err operator_taken(struct db *db, struct arena *a,
                        const struct operator_card *o, bool *out)
{
    const char *const params[] = { o->login, param_id(a, o->id) };
    struct rows r;
    enum err e = db_query(db, a, Q_OPERATOR_TAKEN, params, &r);

    if (e == ERR_OK)
        *out = row_bool(&r, 0, 0);
    return e;
}

/* Takes its turn: hashing is as dear here as at the door. */
static enum err hash_make(struct arena *a, const char *password,
                          const char **out)
{
    enum err e;
    int turn;

    *out = NULL;
    if (password[0] == '\0')
        return ERR_OK;
    if ((e = password_turn_take(&turn)) != ERR_OK)
        return e;
    e = password_hash(a, password, out);
    password_turn_give(turn);
    return e;
}

enum err operator_card_put(struct db *db, struct arena *a,
                           const struct operator_card *o, const char *address)
{
    const char *hash;
    enum err e = hash_make(a, o->password, &hash);
    const char *const params[] = {
        param_id(a, o->id),
        o->id != 0 ? o->version : NULL,
        o->login,
        hash,
        o->role,
        o->branches,
        param_bool(o->sees_branchless),
        param_bool(o->soap_allowed),
        param_bool(o->disabled),
        o->first_name,
        o->last_name,
        o->email,
        address,
    };

    return e != ERR_OK ? e : db_exec(db, a, Q_OPERATOR_PUT, params);
}

enum err operator_card_delete(struct db *db, struct arena *a, int64_t id,
                              const char *version, const char *address)
{
    const char *const params[] = { param_int(a, id), version, address };

    return db_exec(db, a, Q_OPERATOR_DELETE, params);
}

enum err operator_sessions_end(struct db *db, struct arena *a, int64_t id,
                               const char *address)
{
    const char *const params[] = { param_int(a, id), address };

    return db_exec(db, a, Q_OPERATOR_SESSIONS_END, params);
}
