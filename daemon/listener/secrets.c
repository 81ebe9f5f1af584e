/* Asks for all waiting meters at once; nothing is cached, so that a replaced
 * key acts at once. */
#include "daemon/listener/secrets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/arrays.h"
#include "daemon/listener/slow.h"
#include "lib/base/log.h"
#include "lib/base/seal.h"

struct secret_ask {
    struct secret_ask *next;
    struct session *who; /* NULL: gone */
    char identity[READING_NAME_MAX];
};

static struct {
    bool has_key;
    struct seal_key key;
    void (*found)(struct session *who, const struct secret *s);
    struct secret_ask *waiting, *asked;
} sec;

static int nibble(char c)
{
    return c >= 'a' ? c - 'a' + 10 : c - '0';
}

struct bytes secrets_bytes(struct arena *a, const char *hex)
{
    size_t n = hex == NULL || hex[0] != '\\' ? 0 : strlen(hex) / 2 - 1;
    uint8_t *at = arena_alloc(a, n + 1);

    for (size_t i = 0; i < n; i++)
        at[i] = (uint8_t)(nibble(hex[2 + 2 * i]) << 4 | nibble(hex[3 + 2 * i]));
    return (struct bytes){ at, n };
}

static bool open_plain(struct arena *a, const char *about,
                       const char *sealed_hex, struct bytes *plain)
{
    struct bytes sealed = secrets_bytes(a, sealed_hex);

    if (!sec.has_key || sealed.len == 0)
        return false;
    if (unseal(a, &sec.key, about, sealed, plain) == ERR_OK)
        return true;
    log_warnx("secret of %s: %s", about, err_reason());
    return false;
}

bool secrets_open(const char *identity, const char *sealed_hex,
                  struct secret *out)
{
    struct arena *a = arena_new();
    struct bytes plain;
    bool opened = open_plain(a, identity, sealed_hex, &plain);

    if (opened && secret_read(plain, out) != ERR_OK) {
        log_warnx("secret of %s: %s", identity, err_reason());
        opened = false;
    }
    arena_free(a);
    return opened;
}

bool secrets_change(struct arena *a, const char *identity,
                    const char *sealed_hex, enum secret_item item,
                    const char *value, struct bytes *out)
{
    struct bytes plain = { NULL, 0 };

    if (!sec.has_key ||
        (sealed_hex != NULL && !open_plain(a, identity, sealed_hex, &plain)))
        return false;
    return seal(a, &sec.key, identity, secret_with(a, plain, item, value),
                out) == ERR_OK;
}

const char *secrets_of_command(struct arena *a, const char *about,
                               const char *sealed_hex, const char *name)
{
    size_t n = strlen(name);
    struct bytes plain;
    char *text;

    if (sealed_hex == NULL || !open_plain(a, about, sealed_hex, &plain))
        return "";
    text = arena_alloc(a, plain.len + 1);
    memcpy(text, plain.at, plain.len);
    text[plain.len] = '\0';
    if (strncmp(text, name, n) == 0)
        text += n;
    text[strcspn(text, "\n")] = '\0';
    return text;
}

struct secret_ask *secrets_ask(struct session *who,
                               const char identity[READING_NAME_MAX])
{
    struct secret_ask *ask = calloc(1, sizeof(*ask));

    if (ask == NULL)
        fatal("secret");
    ask->who = who;
    memcpy(ask->identity, identity, READING_NAME_MAX);
    ask->next = sec.waiting;
    sec.waiting = ask;
    return ask;
}

void secrets_forget(struct secret_ask *ask)
{
    ask->who = NULL;
}

static bool wanted(void)
{
    return sec.waiting != NULL;
}

static void ask_all(struct link *l)
{
    static struct array identities;
    struct db_param param;

    sec.asked = sec.waiting;
    sec.waiting = NULL;
    array_begin(&identities, ARRAY_TEXT);
    for (struct secret_ask *ask = sec.asked; ask != NULL; ask = ask->next)
        array_text(&identities, ask->identity);
    param = array_param(&identities);
    link_send(l, Q_METER_SECRET_FIND, &param, 1);
}

static void answer(const struct secret_ask *ask, const struct rows *rows)
{
    struct secret secret, other;

    if (ask->who == NULL)
        return;
    for (size_t i = 0; i < rows->n; i++) {
        if (strcmp(row_text(rows, i, 0), ask->identity) != 0)
            continue;
        if (secrets_open(ask->identity, row_text(rows, i, 1), &secret)) {
            secret.has_counter = !row_null(rows, i, 3);
            secret.counter = (uint32_t)row_int(rows, i, 3);
            if (!row_null(rows, i, 2) &&
                secrets_open(ask->identity, row_text(rows, i, 2), &other))
                secret.other = &other;
            sec.found(ask->who, &secret);
            explicit_bzero(&secret, sizeof(secret));
            explicit_bzero(&other, sizeof(other));
            return;
        }
    }
    sec.found(ask->who, NULL);
}

static void done(const struct link *l, enum err e, bool lost)
{
    struct rows none = { 0, NULL };
    struct secret_ask *ask = sec.asked, *next;

    sec.asked = NULL;
    if (!lost && e != ERR_OK && e != ERR_CONFLICT)
        log_err(e, "secrets");
    for (; ask != NULL; ask = next) {
        next = ask->next;
        if (lost || e == ERR_CONFLICT) {
            ask->next = sec.waiting;
            sec.waiting = ask;
            continue;
        }
        answer(ask, e == ERR_OK ? &l->answers[0] : &none);
        free(ask);
    }
}

static const struct slow_job job = { wanted, ask_all, done };

enum err secrets_init(const char *key_file,
                      void (*found)(struct session *who,
                                    const struct secret *s))
{
    enum err e;

    sec.found = found;
    slow_add(&job);
    if (key_file[0] == '\0')
        return ERR_OK;
    if ((e = seal_key_load(key_file, &sec.key)) != ERR_OK)
        return e;
    sec.has_key = true;
    return ERR_OK;
}
