/*
 * Takes messages out of the outboxes and delivers them, at least once: a
 * message is claimed, delivered and marked in one transaction. What carries
 * them is a folder of files; without one they stay queued.
 */
#include "daemon/duty.h"

#include <inttypes.h>

#include "daemon/notifier/outbox.h"
#include "lib/base/arena.h"
#include "lib/base/log.h"

#define CLAIM       "50"
#define IDLE_MAX_MS 15000
#define RETRY_MS    2000

/* clang-format off */
const struct outbox outboxes[2] = {
    { "mail", Q_OUTBOX_MAIL_CLAIM, Q_OUTBOX_MAIL_SETTLE, Q_OUTBOX_MAIL_WAITING },
    { "sms",  Q_OUTBOX_SMS_CLAIM,  Q_OUTBOX_SMS_SETTLE,  Q_OUTBOX_SMS_WAITING },
};
/* clang-format on */

static enum err settle(struct db *db, struct arena *a, const struct outbox *o,
                       const struct message *m, bool sent)
{
    const char *const params[] = { arena_printf(a, "%" PRId64, m->id),
                                   sent ? "t" : "f" };

    return db_exec(db, a, o->settle, params);
}

static enum err deliver_claimed(struct db *db, struct arena *a,
                                const struct outbox *o, const struct rows *rows,
                                const char *folder)
{
    enum err e = ERR_OK;

    for (size_t i = 0; i < rows->n && e == ERR_OK; i++) {
        struct message m = { row_int(rows, i, 0), row_text(rows, i, 1),
                             row_text(rows, i, 2), row_text(rows, i, 3) };
        enum err d = deliver_to_folder(folder, o->kind, &m);

        if (d != ERR_OK)
            log_err(d, o->kind);
        e = settle(db, a, o, &m, d == ERR_OK);
    }
    return e;
}

/* One transaction; *n is how many were taken. */
static enum err empty_outbox(struct db *db, struct arena *a,
                             const struct outbox *o, const char *folder,
                             size_t *n)
{
    const char *const params[] = { CLAIM };
    struct rows rows;
    enum err e;

    if ((e = db_begin(db)) != ERR_OK)
        return e;
    if ((e = db_query(db, a, o->claim, params, &rows)) != ERR_OK ||
        (e = deliver_claimed(db, a, o, &rows, folder)) != ERR_OK) {
        db_rollback(db);
        return e;
    }
    *n += rows.n;
    return db_commit(db);
}

/* Nothing carries messages: say so once, when there are some. */
static enum err look_only(struct db *db, struct arena *a,
                          const struct outbox *o)
{
    static bool said;
    struct rows rows;
    enum err e = db_query(db, a, o->waiting, NULL, &rows);

    if (e == ERR_OK && row_bool(&rows, 0, 0) && !said) {
        log_warnx("%s waits, but nothing is set up to carry it", o->kind);
        said = true;
    }
    return e;
}

static enum err look(struct db *db, const struct settings *s, size_t *n)
{
    struct arena *a = arena_new();
    enum err e = ERR_OK;

    for (size_t i = 0; i < 2 && e == ERR_OK; i++) {
        if (s->outbox_folder[0] == '\0')
            e = look_only(db, a, &outboxes[i]);
        else
            e = empty_outbox(db, a, &outboxes[i], s->outbox_folder, n);
    }
    if (*n > 0)
        log_info("delivered messages=%zu", *n);
    arena_free(a);
    return e;
}

/* Looks less and less often into outboxes that stay empty. */
void notifier_main(const struct settings *s)
{
    int64_t pause_ms = s->outbox_poll_ms;
    struct db *db = NULL;
    size_t n;

    privileges_drop(s, false);
    duty_ready();
    do {
        enum err e = db == NULL ? db_open(s->notifier_db, &db) : ERR_OK;

        n = 0;
        if (e == ERR_OK)
            e = look(db, s, &n);
        if (e != ERR_OK) {
            log_err(e, "outbox");
            db_close(db);
            db = NULL;
            pause_ms = RETRY_MS;
        } else if (n > 0 || pause_ms < s->outbox_poll_ms) {
            pause_ms = s->outbox_poll_ms;
        } else {
            pause_ms = pause_ms * 2 > IDLE_MAX_MS ? IDLE_MAX_MS : pause_ms * 2;
        }
    } while (duty_sleep(pause_ms));
    db_close(db);
}
