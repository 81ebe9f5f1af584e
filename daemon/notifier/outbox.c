/* Rows of the outboxes, claimed, worded and settled. */
#include "daemon/notifier/outbox.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/rand.h>

#include "lib/base/buf.h"
#include "lib/base/log.h"
#include "lib/letter/letter.h"

#define RETRY_FIRST_MS 5000
#define RETRY_MAX_MS   3600000
#define VALUES_MAX     32

const struct outbox outbox_mail = { "mail", Q_OUTBOX_CLAIM__MAIL,
                                    Q_OUTBOX_SETTLE__MAIL,
                                    Q_OUTBOX_EXPIRE__MAIL,
                                    Q_OUTBOX_FORGET__MAIL };
const struct outbox outbox_sms = { "sms", Q_OUTBOX_CLAIM__SMS,
                                   Q_OUTBOX_SETTLE__SMS, Q_OUTBOX_EXPIRE__SMS,
                                   Q_OUTBOX_FORGET__SMS };

void under_way_add(struct under_way *u, int64_t id)
{
    if (u->n == u->size) {
        size_t size = u->size == 0 ? 64 : u->size * 2;
        int64_t *ids = realloc(u->ids, size * sizeof(*ids));

        if (ids == NULL)
            fatal("out of memory");
        u->ids = ids;
        u->size = size;
    }
    u->ids[u->n++] = id;
}

void under_way_remove(struct under_way *u, int64_t id)
{
    for (size_t i = 0; i < u->n; i++) {
        if (u->ids[i] == id) {
            u->ids[i] = u->ids[--u->n];
            return;
        }
    }
}

static char *ids_text(struct arena *a, const struct under_way *u)
{
    struct buf b = { 0 };
    char *text;

    buf_putc(&b, '{');
    for (size_t i = 0; i < u->n; i++) {
        char one[24];

        snprintf(one, sizeof(one), "%s%" PRId64, i > 0 ? "," : "", u->ids[i]);
        buf_puts(&b, one);
    }
    buf_putc(&b, '}');
    text = arena_strdup(a, b.at);
    buf_free(&b);
    return text;
}

/* name 31 value 30 name 31 value, cut in its place. */
static size_t values_read(char *text, struct letter_value *out)
{
    size_t n = 0;

    while (text != NULL && *text != '\0' && n < VALUES_MAX) {
        char *next = strchr(text, 30), *middle;

        if (next != NULL)
            *next++ = '\0';
        if ((middle = strchr(text, 31)) != NULL) {
            *middle = '\0';
            out[n++] = (struct letter_value){ text, middle + 1 };
        }
        text = next;
    }
    return n;
}

/* A message of its own arena out of a row of the claim. */
static enum err message_of_row(const struct outbox *o, const struct rows *rows,
                               size_t row, struct message *m)
{
    struct letter_value values[VALUES_MAX];
    const char *kind = row_text(rows, row, 4);
    struct letter_text words = { .html = "" };
    struct arena *a = arena_new();
    enum err e = ERR_OK;

    *m = (struct message){
        .arena = a,
        .id = row_int(rows, row, 0),
        .recipient = arena_strdup(a, row_text(rows, row, 1)),
        .subject = arena_strdup(a, row_text(rows, row, 2)),
        .text = arena_strdup(a, row_text(rows, row, 3)),
        .html = "",
        .language = arena_strdup(a, row_text(rows, row, 5)),
        .message_id = arena_strdup(a, row_text(rows, row, 7)),
        .was_unclear = row_bool(rows, row, 8),
        .created_s = row_int(rows, row, 9),
        .attempts = (int)row_int(rows, row, 10),
    };
    if (strcmp(kind, "plain") == 0)
        return ERR_OK;
    e = letter_make(
        a, o->name, kind, m->language, values,
        values_read(arena_strdup(a, row_text(rows, row, 6)), values), &words);
    m->subject = words.subject;
    m->text = words.text;
    m->html = words.html;
    return e;
}

static enum err refuse_wordless(struct db *db, const struct outbox *o,
                                struct message *m)
{
    struct ending ending = { .outcome = OUTCOME_FAILED,
                             .error = "template",
                             .words = err_reason() };

    log_warnx("%s id=%" PRId64 " has no words: %s", o->name, m->id,
              err_reason());
    return outbox_settle(db, o, m, &ending);
}

enum err outbox_claim(struct db *db, struct arena *a, const struct outbox *o,
                      const struct under_way *u, int max, bool quiet,
                      const char *domain, struct message **list, size_t *n)
{
    const char *const params[] = { arena_printf(a, "%d", max), ids_text(a, u),
                                   quiet ? "t" : "f", domain };
    struct rows rows;
    enum err e = db_query(db, a, o->claim, params, &rows);

    *n = 0;
    if (e != ERR_OK)
        return e;
    *list = arena_alloc(a, (rows.n + 1) * sizeof(**list));
    for (size_t i = 0; i < rows.n && e == ERR_OK; i++) {
        struct message *m = &(*list)[*n];

        if (message_of_row(o, &rows, i, m) == ERR_OK) {
            ++*n;
        } else {
            e = refuse_wordless(db, o, m);
            message_free(m);
        }
    }
    return e;
}

void message_free(struct message *m)
{
    arena_free(m->arena);
    m->arena = NULL;
}

int64_t retry_ms(int attempts, int64_t first_ms, int64_t max_ms)
{
    uint32_t chance = 0;
    int64_t ms = first_ms;

    for (int i = 0; i < attempts && ms < max_ms; i++)
        ms *= 2;
    if (ms > max_ms)
        ms = max_ms;
    (void)RAND_bytes((unsigned char *)&chance, sizeof(chance));
    return ms / 2 + (int64_t)((double)chance / UINT32_MAX * (double)ms);
}

bool hour_is_quiet(int hour, int64_t from, int64_t to)
{
    if (from <= to)
        return hour >= from && hour < to;
    return hour >= from || hour < to;
}

enum err outbox_settle(struct db *db, const struct outbox *o,
                       const struct message *m, const struct ending *ending)
{
    static const char *const words[] = {
        [OUTCOME_SENT] = "sent",     [OUTCOME_DELIVERED] = "delivered",
        [OUTCOME_FAILED] = "failed", [OUTCOME_AGAIN] = "again",
        [OUTCOME_HOLD] = "hold",
    };
    struct arena *a = arena_new();
    int64_t pause = ending->outcome == OUTCOME_AGAIN
                        ? retry_ms(m->attempts, RETRY_FIRST_MS, RETRY_MAX_MS)
                        : ending->pause_ms;
    const char *const params[] = {
        arena_printf(a, "%" PRId64, m->id),
        words[ending->outcome],
        ending->error != NULL ? ending->error : "",
        ending->words != NULL ? ending->words : "",
        ending->wrong_contact ? "t" : "f",
        arena_printf(a, "%" PRId64, pause),
        ending->unclear ? "t" : "f",
    };
    enum err e = db_exec(db, a, o->settle, params);

    arena_free(a);
    return e;
}

enum err outbox_expire(struct db *db, const struct outbox *o, const char *why)
{
    const char *const params[] = { why };
    struct arena *a = arena_new();
    struct rows rows;
    enum err e = db_query(db, a, o->expire, params, &rows);

    if (e == ERR_OK && rows.n > 0)
        log_warnx("%s: %zu messages were not sent in time (%s)", o->name,
                  rows.n, why);
    arena_free(a);
    return e;
}

enum err outbox_forget(struct db *db, const struct outbox *o, int64_t days)
{
    struct arena *a = arena_new();
    const char *const params[] = { arena_printf(a, "%" PRId64, days) };
    enum err e = db_exec(db, a, o->forget, params);

    arena_free(a);
    return e;
}
