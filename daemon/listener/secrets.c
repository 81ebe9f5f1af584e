/* Asks for all waiting meters at once; nothing is cached, so that a replaced
 * key acts at once. */
#include "daemon/listener/secrets.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/listener/arrays.h"
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

bool secrets_open(const char *identity, const char *sealed_hex,
                  struct secret *out)
{
    size_t n = strlen(sealed_hex) / 2;
    struct arena *a;
    struct bytes plain;
    uint8_t *sealed;
    enum err e;

    if (!sec.has_key || n < 1 || sealed_hex[0] != '\\')
        return false;
    a = arena_new();
    sealed = arena_alloc(a, n);
    for (size_t i = 0; i + 1 < n; i++)
        sealed[i] = (uint8_t)(nibble(sealed_hex[2 + 2 * i]) << 4 |
                              nibble(sealed_hex[3 + 2 * i]));
    e = unseal(a, &sec.key, identity, (struct bytes){ sealed, n - 1 }, &plain);
    if (e == ERR_OK)
        e = secret_read(plain, out);
    if (e != ERR_OK)
        log_warnx("secret of %s: %s", identity, err_reason());
    arena_free(a);
    return e == ERR_OK;
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
    struct secret secret;

    if (ask->who == NULL)
        return;
    for (size_t i = 0; i < rows->n; i++) {
        if (strcmp(row_text(rows, i, 0), ask->identity) != 0)
            continue;
        if (secrets_open(ask->identity, row_text(rows, i, 1), &secret)) {
            sec.found(ask->who, &secret);
            explicit_bzero(&secret, sizeof(secret));
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
