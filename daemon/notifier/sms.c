/*
 * SMS through the «СМС-центр» HTTP API. An SMS costs money and annoys when it
 * comes twice: when it is not known whether an attempt arrived, the service is
 * asked for our id before it is made again.
 */
#include "daemon/notifier/notifier.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/notifier/carrier.h"
#include "daemon/notifier/smsc.h"
#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/base/urlform.h"

#define PARALLEL      4
#define HOLD_MS       1000
#define FREQUENT_MS   70000  /* code 9: not within a minute */
#define BLOCKED_MS    600000 /* code 4: ten minutes and more */
#define ASK_MAX       "100"
#define ASK_PERIOD_US 1000000
/* Clocks may differ by so much; an older status is of another message. */
#define CLOCKS_S 600

static struct {
    bool asking;    /* statuses are being asked for */
    bool weighing;  /* the balance is */
    int64_t *asked; /* whose */
    size_t n_asked;
    int64_t ask_at_us, weigh_at_us;
} me;

void sms_set(struct notifier *n, int64_t now_us)
{
    n->sms.per_minute = n->set->sms_per_minute;
    me.weigh_at_us = 0; /* the balance tells whether the password is right */
    if (n->account.sms_on)
        channel_set(&n->sms, CHANNEL_WORKS, "", now_us);
    else if (n->account.trouble[0] != '\0')
        channel_set(&n->sms, CHANNEL_OFF, n->account.trouble, now_us);
    else
        channel_set(&n->sms,
                    n->set->outbox_folder[0] != '\0' ? CHANNEL_FOLDER
                                                     : CHANNEL_OFF,
                    "no_server", now_us);
}

/* ---- what every request says ---- */

static void put_field(struct buf *to, const char *name, const char *value)
{
    struct arena *a = arena_new();

    if (to->len > 0)
        buf_putc(to, '&');
    buf_puts(to, name);
    buf_putc(to, '=');
    buf_puts(to, urlform_encode(a, value));
    arena_free(a);
}

static void put_number(struct buf *to, const char *name, int64_t value)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRId64, value);
    put_field(to, name, text);
}

static void post(struct notifier *n, const char *script, struct buf *form,
                 carried_fn *done, void *ctx)
{
    char url[600];

    put_field(form, "login", n->account.sms_login);
    put_field(form, "psw", n->account.sms_password);
    put_field(form, "charset", "utf-8");
    put_field(form, "fmt", "3");
    snprintf(url, sizeof(url), "%s%s", n->set->sms_address, script);
    carrier_post(url, form->at, done, ctx);
    buf_free(form);
}

/* ---- troubles that are nobody's message's fault ---- */

/* HTTP that was carried, and yet no answer of the service. */
static const char *trouble_word(const struct carried_result *r)
{
    return r->how == CARRIED ? "protocol" : carried_word(r->how);
}

static void stop_carried(struct notifier *n, const struct carried_result *r)
{
    char words[40];

    snprintf(words, sizeof(words), "HTTP %ld", r->code);
    channel_stop(&n->sms, trouble_word(r), r->how == CARRIED ? words : r->words,
                 n->set->carrier_retry_ms, 0, clock_monotonic_us());
}

static void stop_told(struct notifier *n, const struct smsc_answer *answer)
{
    channel_stop(
        &n->sms, answer->error, answer->words, n->set->carrier_retry_ms,
        answer->fate == SMSC_BLOCKED ? BLOCKED_MS : 0, clock_monotonic_us());
}

static bool is_http_ok(const struct carried_result *r)
{
    return r->how == CARRIED && r->code == 200;
}

static void balance_keep(struct notifier *n, const struct smsc_answer *answer)
{
    bool low;
    struct arena *a;

    if (!answer->has_balance || n->db == NULL)
        return;
    low = strtod(answer->balance, NULL) < (double)n->set->sms_balance_low;
    a = arena_new();

    const char *const params[] = { answer->balance, low ? "t" : "f" };

    if (db_exec(n->db, a, Q_NOTIFIER_BALANCE, params) != ERR_OK)
        n->failed = true;
    arena_free(a);
}

/* ---- one SMS ---- */

static struct ending held(const char *error, const char *words, bool unclear,
                          int64_t pause_ms)
{
    return (struct ending){ .outcome = OUTCOME_HOLD,
                            .error = error,
                            .words = words,
                            .unclear = unclear,
                            .pause_ms = pause_ms };
}

static struct ending answered(struct notifier *n,
                              const struct smsc_answer *answer)
{
    struct ending end = { .outcome = OUTCOME_SENT,
                          .error = answer->error,
                          .words = answer->words };

    switch (answer->fate) {
    case SMSC_TAKEN:
        balance_keep(n, answer);
        channel_works(&n->sms);
        return end;
    case SMSC_WRONG:
    case SMSC_FAILED:
        channel_works(&n->sms);
        end.outcome = OUTCOME_FAILED;
        end.wrong_contact = answer->fate == SMSC_WRONG;
        return end;
    case SMSC_LATER:
        /* Perhaps it has this one already: it is asked before the next. */
        return held(answer->error, answer->words, true, FREQUENT_MS);
    case SMSC_STOP:
    case SMSC_BLOCKED:
        break;
    }
    stop_told(n, answer);
    return held(answer->error, answer->words, false, HOLD_MS);
}

static void sms_over(void *ctx, const struct carried_result *r)
{
    struct errand *it = ctx;
    struct notifier *n = it->of;
    struct arena *a = arena_new();
    struct smsc_answer answer;
    struct ending end;

    if (is_http_ok(r) && smsc_read_answer(a, r->body, &answer) == ERR_OK) {
        end = answered(n, &answer);
        if (end.outcome == OUTCOME_FAILED)
            log_info("sms id=%" PRId64 " %s", it->message.id, end.error);
    } else {
        stop_carried(n, r);
        end = held(trouble_word(r), n->sms.words,
                   r->how != UNREACHABLE && r->how != NOT_SECURE, HOLD_MS);
    }
    errand_end(it, &outbox_sms, &n->sms_way, &end);
    arena_free(a);
}

static void send_it(struct errand *it)
{
    struct notifier *n = it->of;
    const struct message *m = &it->message;
    size_t len = strlen(m->text);
    struct buf form = { 0 };
    char *text;

    /* The template's last line has an end; the SMS has none. */
    while (len > 0 && m->text[len - 1] == '\n')
        len--;
    text = arena_strndup(m->arena, m->text, len);
    put_field(&form, "phones", m->recipient);
    put_field(&form, "mes", text);
    put_number(&form, "id", smsc_id(m->id));
    put_field(&form, "cost", "3");
    if (n->account.sms_sender[0] != '\0')
        put_field(&form, "sender", n->account.sms_sender);
    post(n, "send.php", &form, sms_over, it);
}

/* Whether the service has it from an earlier attempt. */
static bool is_there(const struct message *m, const struct smsc_status *s)
{
    return s->status != -3 && s->status != 24 &&
           (s->changed_s == 0 || s->changed_s >= m->created_s - CLOCKS_S);
}

static void looked_up(void *ctx, const struct carried_result *r)
{
    struct errand *it = ctx;
    struct notifier *n = it->of;
    struct arena *a = arena_new();
    struct smsc_status *list;
    struct smsc_answer answer;
    struct ending end = { .outcome = OUTCOME_SENT };
    size_t found = 0;

    if (!is_http_ok(r) ||
        smsc_read_statuses(a, r->body, &list, &found, &answer) != ERR_OK) {
        stop_carried(n, r);
        end = held(trouble_word(r), n->sms.words, true, HOLD_MS);
        errand_end(it, &outbox_sms, &n->sms_way, &end);
    } else if (found == 0 && answer.fate != SMSC_FAILED) {
        end = answered(n, &answer);
        if (end.outcome != OUTCOME_HOLD)
            end = held(answer.error, answer.words, true, HOLD_MS);
        end.unclear = true;
        errand_end(it, &outbox_sms, &n->sms_way, &end);
    } else if (found > 0 && is_there(&it->message, &list[0])) {
        channel_works(&n->sms);
        errand_end(it, &outbox_sms, &n->sms_way, &end);
    } else {
        send_it(it);
    }
    arena_free(a);
}

static void look_up(struct errand *it)
{
    struct buf form = { 0 };

    put_field(&form, "phone", it->message.recipient);
    put_number(&form, "id", smsc_id(it->message.id));
    post(it->of, "status.php", &form, looked_up, it);
}

static void to_folder(struct errand *it)
{
    const struct message *m = &it->message;
    char *text = arena_printf(m->arena, "To: %s\n\n%s%s", m->recipient, m->text,
                              strchr(m->text, '\n') != NULL ? "" : "\n");

    errand_to_folder(it, &outbox_sms, &it->of->sms_way,
                     arena_printf(m->arena, "sms-%" PRId64 ".txt", m->id), text,
                     strlen(text));
}

static void begin(struct errand *it)
{
    if (it->of->sms.state == CHANNEL_FOLDER)
        to_folder(it);
    else if (it->message.was_unclear)
        look_up(it);
    else
        send_it(it);
}

/* ---- what became of those that the service has ---- */

static enum err status_keep(struct notifier *n, struct arena *a, int64_t id,
                            const struct smsc_status *s)
{
    struct smsc_meaning means = smsc_status_means(s);
    const char *const params[] = { arena_printf(a, "%" PRId64, id),
                                   arena_printf(a, "%d", s->status),
                                   means.state, means.error,
                                   means.wrong_contact ? "t" : "f" };

    if (s->status == 24)
        channel_stop(&n->sms, "money", "", n->set->carrier_retry_ms, 0,
                     clock_monotonic_us());
    return db_exec(n->db, a, Q_OUTBOX_SMS_STATUS, params);
}

static const struct smsc_status *status_of(const struct smsc_status *list,
                                           size_t n, int64_t id)
{
    static const struct smsc_status nothing = { .status = -1 };

    for (size_t i = 0; i < n; i++) {
        if (list[i].id == smsc_id(id))
            return &list[i];
    }
    return &nothing; /* it is asked for again, later */
}

static void statuses_told(void *ctx, const struct carried_result *r)
{
    struct notifier *n = ctx;
    struct arena *a = arena_new();
    struct smsc_status *list = NULL;
    struct smsc_answer answer = { .fate = SMSC_TAKEN };
    size_t found = 0;

    if (!is_http_ok(r) ||
        smsc_read_statuses(a, r->body, &list, &found, &answer) != ERR_OK)
        stop_carried(n, r);
    else if (answer.fate == SMSC_STOP || answer.fate == SMSC_BLOCKED)
        stop_told(n, &answer);
    for (size_t i = 0; i < me.n_asked && n->db != NULL && !n->failed; i++) {
        if (status_keep(n, a, me.asked[i],
                        status_of(list, found, me.asked[i])) != ERR_OK)
            n->failed = true;
    }
    free(me.asked);
    me.asked = NULL;
    me.n_asked = 0;
    me.asking = false;
    arena_free(a);
}

/* Lists end with a comma: one is answered as a list of one. */
static void ask_for(struct notifier *n, const struct rows *rows)
{
    struct buf phones = { 0 }, ids = { 0 }, form = { 0 };

    me.asked = calloc(rows->n, sizeof(*me.asked));
    if (me.asked == NULL)
        fatal("out of memory");
    for (size_t i = 0; i < rows->n; i++) {
        char text[24];

        me.asked[i] = row_int(rows, i, 0);
        snprintf(text, sizeof(text), "%" PRId64 ",", smsc_id(me.asked[i]));
        buf_puts(&ids, text);
        buf_puts(&phones, row_text(rows, i, 1));
        buf_putc(&phones, ',');
    }
    me.n_asked = rows->n;
    put_field(&form, "phone", phones.at);
    put_field(&form, "id", ids.at);
    buf_free(&phones);
    buf_free(&ids);
    me.asking = true;
    post(n, "status.php", &form, statuses_told, n);
}

static enum err statuses_ask(struct notifier *n, int64_t now_us)
{
    const char *const params[] = { ASK_MAX };
    struct arena *a;
    struct rows rows;
    enum err e;

    if (me.asking || now_us < me.ask_at_us)
        return ERR_OK;
    me.ask_at_us = now_us + ASK_PERIOD_US;
    a = arena_new();
    e = db_query(n->db, a, Q_OUTBOX_SMS_ASKING, params, &rows);
    if (e == ERR_OK && rows.n > 0)
        ask_for(n, &rows);
    arena_free(a);
    return e;
}

/* ---- the balance: watched every hour, and asked when the channel stopped,
 * for it tells without sending whether it works again ---- */

static void weighed(void *ctx, const struct carried_result *r)
{
    struct notifier *n = ctx;
    struct arena *a = arena_new();
    struct smsc_answer answer;

    me.weighing = false;
    if (!is_http_ok(r) || smsc_read_answer(a, r->body, &answer) != ERR_OK) {
        stop_carried(n, r);
    } else if (answer.fate != SMSC_TAKEN) {
        stop_told(n, &answer);
    } else {
        int failures = n->sms.failures;

        balance_keep(n, &answer);
        if (answer.has_balance && strtod(answer.balance, NULL) <= 0) {
            channel_stop(&n->sms, "money", "", n->set->carrier_retry_ms, 0,
                         clock_monotonic_us());
        } else {
            /* Too little money for an SMS stops it again, for longer. */
            channel_works(&n->sms);
            n->sms.failures = failures;
        }
    }
    arena_free(a);
}

static void weigh(struct notifier *n, int64_t now_us)
{
    bool stopped = n->sms.state == CHANNEL_STOPPED;
    struct buf form = { 0 };

    if (me.weighing || n->sms_way.n > 0 ||
        now_us < (stopped ? n->sms.retry_at_us : me.weigh_at_us))
        return;
    me.weigh_at_us = now_us + n->set->sms_balance_every_ms * 1000;
    me.weighing = true;
    put_field(&form, "cur", "1");
    post(n, "balance.php", &form, weighed, n);
}

enum err sms_turn(struct notifier *n, int64_t now_us, bool *more)
{
    int room = channel_room(&n->sms, PARALLEL - (int)n->sms_way.n, now_us);
    enum err e;

    *more = false;
    if (n->sms.state == CHANNEL_WORKS || n->sms.state == CHANNEL_STOPPED)
        weigh(n, now_us);
    if (n->sms.state == CHANNEL_WORKS &&
        (e = statuses_ask(n, now_us)) != ERR_OK)
        return e;
    if (room == 0 || n->sms.state == CHANNEL_STOPPED)
        return ERR_OK;
    return errands_begin(n, &outbox_sms, &n->sms, &n->sms_way, room, begin,
                         more);
}
