/* Asked for at every look: a parameter that was changed acts at once. */
#include "daemon/notifier/account.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/base/seal.h"

static struct seal_key key;
static bool has_key;

enum err account_key(const char *path)
{
    enum err e;

    if (path[0] == '\0')
        return ERR_OK;
    e = seal_key_load(path, &key);
    has_key = e == ERR_OK;
    return e;
}

static char *seen_text(struct arena *a, const struct rows *rows)
{
    struct buf b = { 0 };
    char *text;

    for (size_t i = 0; i < rows->n; i++) {
        for (int col = 0; col < 3; col++) {
            buf_puts(&b, row_text(rows, i, col));
            buf_putc(&b, '\n');
        }
    }
    text = arena_strdup(a, b.at != NULL ? b.at : "");
    buf_free(&b);
    return text;
}

static size_t find(const struct rows *rows, const char *name)
{
    size_t i = 0;

    while (i < rows->n && strcmp(row_text(rows, i, 0), name) != 0)
        i++;
    return i;
}

static const char *value_of(struct arena *a, const struct rows *rows,
                            const char *name)
{
    size_t i = find(rows, name);

    return i < rows->n ? arena_strdup(a, row_text(rows, i, 1)) : "";
}

static uint8_t nibble(char c)
{
    return (uint8_t)(c >= 'a' ? c - 'a' + 10 : c - '0');
}

/* Sealed about parameter:<name>, as the screen does it. */
static const char *secret_of(struct account *acc, const struct rows *rows,
                             const char *name)
{
    size_t i = find(rows, name);
    const char *hex = i < rows->n ? row_text(rows, i, 2) : "";
    size_t n = strlen(hex) / 2;
    struct bytes plain;
    uint8_t *sealed;

    if (n == 0)
        return "";
    if (!has_key) {
        acc->trouble = "key_file";
        return "";
    }
    sealed = arena_alloc(acc->arena, n);
    for (size_t k = 0; k < n; k++)
        sealed[k] = (uint8_t)(nibble(hex[2 * k]) << 4 | nibble(hex[2 * k + 1]));
    if (unseal(acc->arena, &key, arena_printf(acc->arena, "parameter:%s", name),
               (struct bytes){ sealed, n }, &plain) != ERR_OK) {
        log_warnx("%s: %s", name, err_reason());
        acc->trouble = "key_file";
        return "";
    }
    return arena_strndup(acc->arena, (const char *)plain.at, plain.len);
}

static enum mail_security security_of(const char *word)
{
    if (strcmp(word, "tls") == 0)
        return MAIL_TLS;
    return strcmp(word, "starttls") == 0 ? MAIL_STARTTLS : MAIL_PLAIN;
}

/* Without a sender's address of its own the login may be one. */
static void sender_read(struct account *acc, const struct rows *rows)
{
    const char *at;

    acc->from_address = value_of(acc->arena, rows, "mail_from_address");
    acc->from_name = value_of(acc->arena, rows, "mail_from_name");
    if (acc->from_address[0] == '\0' && strchr(acc->server.login, '@') != NULL)
        acc->from_address = acc->server.login;
    at = strrchr(acc->from_address, '@');
    acc->domain = at != NULL ? at + 1 : "lazur";
}

static void fill(struct account *acc, const struct rows *rows)
{
    struct arena *a = acc->arena;

    acc->trouble = "";
    acc->server = (struct mail_server){
        .host = value_of(a, rows, "smtp_host"),
        .port = strtoll(value_of(a, rows, "smtp_port"), NULL, 10),
        .security = security_of(value_of(a, rows, "smtp_security")),
        .login = value_of(a, rows, "smtp_login"),
        .password = secret_of(acc, rows, "smtp_password"),
    };
    sender_read(acc, rows);
    acc->sms_login = value_of(a, rows, "sms_login");
    acc->sms_password = secret_of(acc, rows, "sms_password");
    acc->sms_sender = value_of(a, rows, "sms_sender");
    acc->sms_on = strcmp(value_of(a, rows, "sms_enabled"), "on") == 0 &&
                  acc->sms_login[0] != '\0' && acc->sms_password[0] != '\0';
}

enum err account_read(struct db *db, struct account *acc, bool *changed)
{
    struct arena *a = arena_new();
    struct rows rows;
    enum err e = db_query(db, a, Q_NOTIFIER_PARAMETERS, NULL, &rows);
    const char *seen;

    *changed = false;
    if (e == ERR_OK) {
        seen = seen_text(a, &rows);
        if (acc->seen == NULL || strcmp(acc->seen, seen) != 0) {
            account_clear(acc);
            acc->arena = arena_new();
            acc->seen = arena_strdup(acc->arena, seen);
            fill(acc, &rows);
            *changed = true;
        }
    }
    arena_free(a);
    return e;
}

void account_clear(struct account *acc)
{
    arena_free(acc->arena);
    *acc = (struct account){ 0 };
}
