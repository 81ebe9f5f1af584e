/* Entering the cabinet, passwords, and changes of one's own data. */
#include "lib/model/cabinet.h"

#include <string.h>

#include <openssl/rand.h>

#include "lib/base/password.h"
#include "lib/model/operator.h"

/* Activity is written down this often: not every click is a write. */
#define TOUCH_S 300

/* ---- entering ---- */

/* ERR_BUSY when this e-mail or address has to wait. */
static enum err wait_ask(struct db *db, struct arena *a, const char *kind,
                         const struct cabinet_visit *v, int *wait_s)
{
    const char *const params[] = { kind, v->email, v->address };
    struct rows rows;
    enum err e = db_query(db, a, Q_CABINET_WAIT, params, &rows);

    if (e != ERR_OK)
        return e;
    *wait_s = (int)row_int(&rows, 0, 0);
    return *wait_s > 0 ? err_raise(ERR_BUSY, "cabinet: too many, address=%s",
                                   v->address)
                       : ERR_OK;
}

static enum err attempted(struct db *db, struct arena *a, const char *kind,
                          const struct cabinet_visit *v)
{
    const char *const params[] = { kind, v->email, v->address };

    return db_exec(db, a, Q_CABINET_ATTEMPTED, params);
}

static enum err begin(struct db *db, struct arena *a, const char *subscriber,
                      const struct cabinet_visit *v, bool remembered,
                      struct cabinet_signed_in *out)
{
    struct rows rows;
    enum err e = token_make(a, &out->token);

    if (e != ERR_OK)
        return e;

    const char *const params[] = { subscriber,
                                   token_hash(a, out->token),
                                   remembered ? "t" : "f",
                                   v->email,
                                   v->browser,
                                   v->address };

    e = db_query(db, a, Q_CABINET_SIGN_IN, params, &rows);
    if (e == ERR_OK)
        out->section = row_text(&rows, 0, 0);
    return e;
}

enum err cabinet_sign_in(struct db *db, struct arena *a,
                         const struct cabinet_visit *v, const char *password,
                         bool remembered, struct cabinet_signed_in *out)
{
    const char *const email[] = { v->email };
    struct rows rows;
    enum err e;
    int turn;

    memset(out, 0, sizeof(*out));
    if ((e = wait_ask(db, a, "sign_in", v, &out->wait_s)) != ERR_OK ||
        (e = db_query(db, a, Q_CABINET_FIND, email, &rows)) != ERR_OK ||
        (e = password_turn_take(&turn)) != ERR_OK)
        return e;
    out->accepted =
        password_fits(password, rows.n ? row_text(&rows, 0, 1) : NULL);
    password_turn_give(turn);
    if (!out->accepted)
        return attempted(db, a, "sign_in", v);
    return begin(db, a, row_text(&rows, 0, 0), v, remembered, out);
}

enum err cabinet_enter(struct db *db, struct arena *a, const char *token,
                       bool by_person, struct cabinet_session *out)
{
    const char *const params[] = { token_hash(a, token) };
    struct rows rows;
    enum err e = db_begin_query(db, a, Q_CABINET_ENTER, params, &rows);

    if (e != ERR_OK)
        return e;
    if (rows.n == 0)
        return err_raise(ERR_UNSIGNED, "no session");
    *out = (struct cabinet_session){
        .subscriber_id = row_int(&rows, 0, 0),
        .first_name = row_text(&rows, 0, 1),
        .email = row_text(&rows, 0, 2),
        .scheme = row_text(&rows, 0, 3),
        .section = row_text(&rows, 0, 4),
        .counts = row_bool(&rows, 0, 5),
        .notices = (int)row_int(&rows, 0, 6),
    };
    return !by_person || row_int(&rows, 0, 7) < TOUCH_S
               ? ERR_OK
               : db_exec(db, a, Q_CABINET_TOUCH, NULL);
}

enum err cabinet_sign_out(struct db *db, struct arena *a, const char *token)
{
    const char *const params[] = { token_hash(a, token) };

    return db_exec(db, a, Q_CABINET_SIGN_OUT, params);
}

/* ---- passwords ---- */

/* A letter of ours in UTF-8: Latin, or Russian in two bytes. */
static unsigned letter_case(const unsigned char *s)
{
    if (*s >= 'A' && *s <= 'Z')
        return PASSWORD_CAPITAL;
    if (*s >= 'a' && *s <= 'z')
        return PASSWORD_SMALL;
    if (*s == 0xd0 && (s[1] == 0x81 || (s[1] >= 0x90 && s[1] <= 0xaf)))
        return PASSWORD_CAPITAL; /* Ё, А ... Я */
    if ((*s == 0xd0 && s[1] >= 0xb0 && s[1] <= 0xbf) ||
        (*s == 0xd1 && ((s[1] >= 0x80 && s[1] <= 0x8f) || s[1] == 0x91)))
        return PASSWORD_SMALL; /* а ... п, р ... я, ё */
    return 0;
}

unsigned cabinet_password_faults(const char *password)
{
    const unsigned char *s = (const unsigned char *)password;
    unsigned faults = PASSWORD_CAPITAL | PASSWORD_SMALL | PASSWORD_DIGIT;
    size_t characters = 0;

    for (; *s != '\0'; s++) {
        characters += (*s & 0xc0) != 0x80;
        faults &= ~letter_case(s);
        if (*s >= '0' && *s <= '9')
            faults &= ~(unsigned)PASSWORD_DIGIT;
    }
    if (characters < 8)
        faults |= PASSWORD_SHORT;
    if (strlen(password) > 128)
        faults |= PASSWORD_TOO_LONG;
    return faults;
}

enum err cabinet_recover(struct db *db, struct arena *a,
                         const struct cabinet_visit *v, const char *link,
                         const char *at, const char *language, int *wait_s)
{
    const char *token;
    enum err e;

    if ((e = wait_ask(db, a, "recovery", v, wait_s)) != ERR_OK ||
        (e = attempted(db, a, "recovery", v)) != ERR_OK ||
        (e = token_make(a, &token)) != ERR_OK)
        return e;

    const char *const params[] = { v->email, token_hash(a, token),
                                   arena_printf(a, "%s%s", link, token), at,
                                   language };

    return db_exec(db, a, Q_CABINET_RECOVER, params);
}

enum err cabinet_token_fits(struct db *db, struct arena *a, const char *token,
                            bool *out)
{
    const char *const params[] = { token_hash(a, token) };
    struct rows rows;
    enum err e = db_query(db, a, Q_CABINET_TOKEN_FITS, params, &rows);

    if (e == ERR_OK)
        *out = row_bool(&rows, 0, 0);
    return e;
}

enum err cabinet_password(struct db *db, struct arena *a, const char *token,
                          const char *password, const struct cabinet_visit *v,
                          bool *done)
{
    const char *hash;
    struct rows rows;
    enum err e = cabinet_token_fits(db, a, token, done);
    int turn;

    if (e != ERR_OK || !*done)
        return e;
    if ((e = password_turn_take(&turn)) != ERR_OK)
        return e;
    e = password_hash(a, password, &hash);
    password_turn_give(turn);
    if (e != ERR_OK)
        return e;

    const char *const params[] = { token_hash(a, token), hash, v->browser,
                                   v->address };

    e = db_query(db, a, Q_CABINET_PASSWORD, params, &rows);
    if (e == ERR_OK)
        *done = row_bool(&rows, 0, 0);
    return e;
}

/* ---- one's own data ---- */

static const char *const targets[] = { "email", "phone" };

enum err cabinet_rules(struct db *db, struct arena *a,
                       struct cabinet_rules *out)
{
    struct rows rows;
    enum err e = db_query(db, a, Q_CABINET_RULES, NULL, &rows);

    if (e == ERR_OK)
        *out = (struct cabinet_rules){
            .confirms_email = row_bool(&rows, 0, 0),
            .confirms_phone = row_bool(&rows, 0, 1),
            .sends_sms = row_bool(&rows, 0, 2),
            .login_url = row_text(&rows, 0, 3),
        };
    return e;
}

/* One text is the answer. */
static enum err text_ask(struct db *db, struct arena *a, enum query q,
                         const char *const *params, const char **out)
{
    struct rows rows;
    enum err e = db_query(db, a, q, params, &rows);

    if (e == ERR_OK)
        *out = row_text(&rows, 0, 0);
    return e;
}

/* Six digits, all of them as likely. */
static enum err code_make(struct arena *a, const char **out)
{
    uint64_t n;

    if (RAND_bytes((unsigned char *)&n, sizeof(n)) != 1)
        return err_raise(ERR_IO, "code: no randomness");
    *out = arena_printf(a, "%06u", (unsigned)(n % 1000000));
    return ERR_OK;
}

enum err cabinet_code_send(struct db *db, struct arena *a,
                           enum cabinet_target target, const char *value,
                           const char *language, const char **fault)
{
    const char *code = "";
    enum err e = code_make(a, &code);

    if (e != ERR_OK)
        return e;

    const char *const params[] = { targets[target], value, code, language };

    return text_ask(db, a, Q_CABINET_CODE_SEND, params, fault);
}

enum err cabinet_code_waits(struct db *db, struct arena *a,
                            enum cabinet_target target, const char **value)
{
    const char *const params[] = { targets[target] };

    return text_ask(db, a, Q_CABINET_CODE_WAITS, params, value);
}

enum err cabinet_change(struct db *db, struct arena *a,
                        enum cabinet_target target, const char *value,
                        const char *code, const struct cabinet_visit *v,
                        const char **fault)
{
    const char *const params[] = { targets[target], value, code, v->browser,
                                   v->address };

    return text_ask(db, a, Q_CABINET_CHANGE, params, fault);
}

enum err cabinet_wishes(struct db *db, struct arena *a, bool *wants_sms,
                        bool *phone_given)
{
    struct rows rows;
    enum err e = db_query(db, a, Q_CABINET_WISHES, NULL, &rows);

    if (e != ERR_OK)
        return e;
    *wants_sms = row_bool(&rows, 0, 0);
    *phone_given = row_bool(&rows, 0, 1);
    return ERR_OK;
}

enum err cabinet_settings(struct db *db, struct arena *a, const char *scheme,
                          const bool *sms)
{
    const char *const params[] = { scheme, sms ? (*sms ? "t" : "f") : NULL };

    return db_exec(db, a, Q_CABINET_SETTINGS, params);
}

enum err cabinet_section(struct db *db, struct arena *a, const char *section)
{
    const char *const params[] = { section };

    return db_exec(db, a, Q_CABINET_SECTION, params);
}
