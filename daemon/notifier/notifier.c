/*
 * Takes messages out of the outboxes and delivers them, at least once: what it
 * was doing when it was killed is still queued, and goes out again under the
 * same Message-ID or SMS id. One notifier is at work in a database; others
 * stand by, so that paces and pauses are those of the whole.
 */
#include "daemon/notifier/notifier.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/duty.h"
#include "daemon/notifier/carrier.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

#define RETRY_MS   2000
#define STANDBY_MS 1000
#define BUSY_MS    50
#define EXPIRE_US  5000000
#define FORGET_US  3600000000
#define SEEN_US    30000000

static struct errand *errand_new(struct notifier *n, struct under_way *u,
                                 const struct message *m)
{
    struct errand *it = calloc(1, sizeof(*it));

    if (it == NULL)
        fatal("out of memory");
    it->of = n;
    it->message = *m;
    under_way_add(u, m->id);
    return it;
}

void errand_end(struct errand *it, const struct outbox *o, struct under_way *u,
                const struct ending *ending)
{
    struct notifier *n = it->of;
    enum err e = ERR_OK;

    /* Without a database it stays queued, and is repeated. */
    if (n->db != NULL)
        e = outbox_settle(n->db, o, &it->message, ending);
    if (e != ERR_OK) {
        log_err(e, o->name);
        n->failed = true;
    }
    under_way_remove(u, it->message.id);
    message_free(&it->message);
    free(it);
}

void errand_to_folder(struct errand *it, const struct outbox *o,
                      struct under_way *u, const char *file_name,
                      const char *bytes, size_t len)
{
    struct ending end = { .outcome = OUTCOME_DELIVERED };
    enum err e =
        deliver_to_folder(it->of->set->outbox_folder, file_name, bytes, len);

    if (e != ERR_OK) {
        log_err(e, o->name);
        end = (struct ending){ .outcome = OUTCOME_AGAIN, .error = "folder" };
    }
    errand_end(it, o, u, &end);
}

enum err errands_begin(struct notifier *n, const struct outbox *o,
                       struct channel *c, struct under_way *u, int room,
                       void (*begin)(struct errand *it), bool *more)
{
    struct arena *a = arena_new();
    struct message *list;
    size_t got;
    enum err e = outbox_claim(n->db, a, o, u, room, n->quiet, n->account.domain,
                              &list, &got);

    if (e == ERR_OK) {
        channel_spend(c, got);
        for (size_t i = 0; i < got; i++)
            begin(errand_new(n, u, &list[i]));
        *more = got == (size_t)room;
    }
    arena_free(a);
    return e;
}

/* The database went away. What is under way goes on: it is not begun again
 * while it lasts, and its end finds the next connection, or none. */
static void give_up(struct notifier *n)
{
    n->mail.told = n->sms.told = false;
    n->failed = false;
    db_close(n->db);
    n->db = NULL;
}

static enum err is_alone(struct db *db, bool *out)
{
    struct arena *a = arena_new();
    struct rows rows;
    enum err e = db_query(db, a, Q_NOTIFIER_ALONE, NULL, &rows);

    *out = e == ERR_OK && row_bool(&rows, 0, 0);
    arena_free(a);
    return e;
}

/* Connected, and the only one at work; false: wait a while. */
static bool take_office(struct notifier *n, int64_t *wait_ms)
{
    static bool stood_by;
    bool alone = false;
    enum err e = ERR_OK;

    if (n->db != NULL)
        return true;
    e = db_open(n->set->notifier_db, &n->db);
    if (e == ERR_OK)
        e = is_alone(n->db, &alone);
    *wait_ms = e == ERR_OK ? STANDBY_MS : RETRY_MS;
    if (alone) {
        stood_by = false;
        return true;
    }
    if (e != ERR_OK)
        log_err(e, "outbox");
    else if (!stood_by)
        log_info("another notifier is at work; this one stands by");
    stood_by = e == ERR_OK;
    db_close(n->db);
    n->db = NULL;
    return false;
}

static bool is_quiet(const struct settings *s)
{
    time_t now = (time_t)(clock_now_us() / 1000000);
    struct tm tm;

    localtime_r(&now, &tm);
    return hour_is_quiet(tm.tm_hour, s->quiet_from, s->quiet_to);
}

static const char *why_not_sent(const struct channel *c)
{
    if (c->state == CHANNEL_OFF || c->state == CHANNEL_STOPPED)
        return c->reason;
    return "expired";
}

static enum err expire(struct notifier *n)
{
    enum err e = outbox_expire(n->db, &outbox_mail, why_not_sent(&n->mail));

    return e != ERR_OK
               ? e
               : outbox_expire(n->db, &outbox_sms, why_not_sent(&n->sms));
}

static enum err forget(struct notifier *n)
{
    enum err e = outbox_forget(n->db, &outbox_mail, n->set->message_days);

    return e != ERR_OK
               ? e
               : outbox_forget(n->db, &outbox_sms, n->set->message_days);
}

static enum err seen(struct notifier *n)
{
    struct arena *a = arena_new();
    enum err e = db_exec(n->db, a, Q_NOTIFIER_SEEN, NULL);

    arena_free(a);
    return e;
}

/* What is done from time to time. */
static enum err chores(struct notifier *n, int64_t now_us)
{
    static struct {
        enum err (*chore)(struct notifier *n);
        int64_t period_us, due_us;
    } table[] = {
        { expire, EXPIRE_US, 0 },
        { forget, FORGET_US, 0 },
        { seen, SEEN_US, 0 },
    };
    enum err e = ERR_OK;

    for (size_t i = 0; i < 3 && e == ERR_OK; i++) {
        if (now_us < table[i].due_us)
            continue;
        table[i].due_us = now_us + table[i].period_us;
        e = table[i].chore(n);
    }
    return e;
}

static enum err parameters(struct notifier *n, int64_t now_us)
{
    bool changed;
    enum err e = account_read(n->db, &n->account, &changed);

    if (e == ERR_OK && changed) {
        mail_set(n, now_us);
        sms_set(n, now_us);
    }
    return e;
}

/* One look: *more when there is more to be begun at once. */
static enum err look(struct notifier *n, int64_t now_us, bool *more)
{
    bool more_mail = false, more_sms = false;
    enum err e;

    n->quiet = is_quiet(n->set);
    if ((e = parameters(n, now_us)) != ERR_OK ||
        (e = mail_turn(n, now_us, &more_mail)) != ERR_OK ||
        (e = sms_turn(n, now_us, &more_sms)) != ERR_OK ||
        (e = chores(n, now_us)) != ERR_OK ||
        (e = channel_tell(n->db, &n->mail, now_us)) != ERR_OK ||
        (e = channel_tell(n->db, &n->sms, now_us)) != ERR_OK)
        return e;
    *more = more_mail || more_sms;
    return ERR_OK;
}

/* Until something happens or is due; false when it is time to stop. */
static bool rest(struct notifier *n, int64_t ms)
{
    size_t busy = carrier_busy();
    int64_t until_us = clock_monotonic_us() + ms * 1000;

    if (busy == 0)
        return duty_sleep(ms);
    do {
        carrier_run(BUSY_MS);
        if (!duty_sleep(0))
            return false;
    } while (carrier_busy() == busy && clock_monotonic_us() < until_us &&
             !n->failed);
    return true;
}

/* What is under way may end; nothing new begins. What does not end in time ends
 * with the process: it is still queued. */
static void finish(struct notifier *n)
{
    int64_t until_us = clock_monotonic_us() + n->set->grace_ms * 500;

    while (carrier_busy() > 0 && clock_monotonic_us() < until_us)
        carrier_run(BUSY_MS);
    if (carrier_busy() > 0) {
        log_info("cut off=%zu", carrier_busy());
        return;
    }
    give_up(n);
    account_clear(&n->account);
    free(n->mail_way.ids);
    free(n->sms_way.ids);
}

static void work(struct notifier *n)
{
    int64_t wait_ms;
    bool more;

    do {
        more = false;
        wait_ms = n->set->outbox_poll_ms;
        if (take_office(n, &wait_ms)) {
            enum err e = look(n, clock_monotonic_us(), &more);

            if (e != ERR_OK)
                log_err(e, "outbox");
            if (e != ERR_OK || n->failed) {
                give_up(n);
                wait_ms = RETRY_MS;
            }
        }
    } while (rest(n, more && carrier_busy() == 0 ? 0 : wait_ms));
}

void notifier_main(const struct settings *s)
{
    static struct notifier n = { .mail = { .name = "mail" },
                                 .sms = { .name = "sms" } };
    enum err e;

    n.set = s;
    /* Before the root folder is left: the key, certificates, the zone. */
    tzset();
    if ((e = account_key(s->key_file)) != ERR_OK ||
        (e = carrier_init(s->ca_file, s->carrier_timeout_ms)) != ERR_OK) {
        log_err(e, "notifier");
        exit(1);
    }
    privileges_drop(s, false);
    duty_ready();
    work(&n);
    finish(&n);
}
