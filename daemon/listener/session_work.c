/* What a session's telegrams lead to: readings, confirmations, commands. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "daemon/counters.h"
#include "daemon/listener/fault.h"
#include "daemon/listener/ingest.h"
#include "daemon/listener/lines.h"
#include "daemon/listener/session_inner.h"
#include "daemon/listener/templates.h"
#include "lib/base/clock.h"
#include "lib/base/log.h"

/* ---- pushes ---- */

/* What is wrong with the meter's clock, "" when nothing is. */
static void clock_fault(const struct reading *r, char *out, size_t size)
{
    const struct settings *set = sessions.set;
    int64_t ahead_ms = (r->at_us - r->received_us) / 1000;

    out[0] = '\0';
    if (ahead_ms > set->clock_ahead_ms)
        snprintf(out, size, "%s is %lld s ahead", r->identity,
                 (long long)(ahead_ms / 1000));
    else if (set->clock_behind_ms > 0 && -ahead_ms > set->clock_behind_ms)
        snprintf(out, size, "%s is %lld s behind", r->identity,
                 (long long)(-ahead_ms / 1000));
}

/*
 * Until a push is answered an end without FIN of ours is a reset: see
 * socket_bind in children.c. What was confirmed must arrive, and so must what
 * TCP has to send again.
 */
static void gentle(struct session *s, bool on)
{
    const struct linger l = { .l_onoff = on ? 0 : 1, .l_linger = 0 };

    if (s->gentle == on)
        return;
    s->gentle = on;
    if (setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l)) != 0)
        log_warn("linger");
}

static void store(struct session *s, const struct push *p, const char *peer)
{
    char wrong_clock[160];
    struct entry *e;

    clock_fault(&p->reading, wrong_clock, sizeof(wrong_clock));
    if (wrong_clock[0] != '\0' && sessions.set->clock_refuse) {
        session_fail(s, "wrong_clock", wrong_clock, (struct bytes){ NULL, 0 });
        return;
    }
    e = entry_new(p);
    e->session = s;
    snprintf(e->peer, sizeof(e->peer), "%s", peer);
    if (!(p->reading.by_line || p->reading.tail[0] != '\0' ? line_claim(e)
                                                           : ingest_offer(e))) {
        entry_free(e);
        counters_turned_away();
        session_fail(s, "queue_full", p->reading.identity,
                     (struct bytes){ NULL, 0 });
        return;
    }
    if (wrong_clock[0] != '\0')
        fault_note("wrong_clock", peer, wrong_clock, (struct bytes){ NULL, 0 });
    if (!p->confirmed)
        gentle(s, false);
    s->entry = e;
    session_spoke(s);
    session_enter(s, STORING);
}

static void remarks(const struct push *p, const char *peer,
                    struct bytes telegram)
{
    for (size_t i = 0; i < p->remarks_n; i++) {
        const struct push_remark *m = &p->remarks[i];

        if (m->reason != NULL)
            fault_note(m->reason, peer, m->detail, telegram);
        else
            log_info("%s address=%s", m->detail, peer);
    }
}

/* False: an answer is awaited, and the telegram must be offered again. */
bool session_take_push(struct session *s, struct bytes telegram,
                       const struct secret *keys)
{
    struct push p = { .reading.identity = "" };
    char peer[46];
    struct origin from = { .peer = peer_text(&s->peer, peer),
                           .received_us = clock_now_us(),
                           .zone_minutes =
                               (int)sessions.set->meter_zone_minutes,
                           .keys = keys };
    const char *fault = "bad_data";
    enum err e;

    arena_reset(sessions.scratch);
    e = s->driver->push(sessions.scratch, &from, telegram, &p, &fault);
    exchange_named(s, p.reading.identity);
    if (e != ERR_OK) {
        session_fail(s, fault, err_reason(), telegram);
        return true;
    }
    if (p.needs == PUSH_WHOLE) {
        remarks(&p, peer, telegram);
        store(s, &p, peer);
        return true;
    }
    if (p.needs == PUSH_KEY) {
        s->ask = secrets_ask(s, p.reading.identity);
    } else if (templates_refresh()) {
        s->wants_template = true;
    } else {
        session_fail(s, "no_template", "no template fits this push", telegram);
        return true;
    }
    session_enter(s, ASKING);
    return false;
}

/* Answered, confirmed or not: the next push, more bytes, or the end. */
static void go_on(struct session *s, bool confirmed)
{
    session_enter(s, ANSWERED);
    if (s->len > 0)
        session_feed_rest(s, NULL);
    if (s->state == ANSWERED && (!confirmed || sessions.finishing))
        session_close(s);
    session_resume(s);
}

/* ---- commands ---- */

static void talk_over(struct session *s)
{
    struct bytes out;
    enum err e = talk_release(s->talk, &out);

    if (e != ERR_OK)
        log_err(e, "release");
    if (e != ERR_OK || s->talk->released) {
        session_close(s);
        return;
    }
    if (session_say(s, out))
        session_enter(s, TALKING);
}

static void talk_begin(struct session *s, const struct turn *turn)
{
    struct bytes out;
    enum err e;

    if (!talk_prepare(s->talk, turn)) {
        session_enter(s, ASKING);
        return;
    }
    if (s->driver->command == NULL) {
        talk_decline(s->talk, s, turn);
        session_enter(s, ASKING);
        return;
    }
    e = talk_command(s->talk, turn, (int)sessions.set->meter_zone_minutes,
                     &out);
    if (e != ERR_OK) {
        log_err(e, "command");
        session_close(s);
        return;
    }
    if (session_say(s, out))
        session_enter(s, TALKING);
}

void sessions_images_loaded(void)
{
    struct session *next;

    for (struct session *s = sessions.open; s != NULL; s = next) {
        struct turn turn;

        next = s->next;
        if (s->talk == NULL || !s->talk->waits_image ||
            !image_ready(s->talk->image))
            continue;
        turn = s->talk->now;
        talk_begin(s, &turn);
        session_resume(s);
    }
}

void session_take_answer(struct session *s, struct bytes telegram)
{
    struct bytes out = { NULL, 0 };
    enum err e;

    e = talk_answer(s->talk, s, telegram, &out);
    if (e != ERR_OK) {
        session_fail(s, "bad_answer", err_reason(), telegram);
        return;
    }
    if (s->talk->let_in_refused != NULL) {
        char peer[46];

        fault_note("not_let_in", peer_text(&s->peer, peer),
                   s->talk->let_in_refused, (struct bytes){ NULL, 0 });
        s->talk->let_in_refused = NULL;
    }
    if (s->talk->released) {
        session_close(s);
        return;
    }
    if (out.len > 0 && !session_say(s, out))
        return;
    session_enter(s, TALKING);
}

/* The meter was asked nothing, and may push again. */
static void declined(struct session *s)
{
    talk_free(s->talk);
    s->talk = NULL;
    go_on(s, true);
}

/* The next thing, while the time of the session allows: what is not begun
 * here waits for the next session, and is looked at before it is sent. */
void session_result_stored(struct session *s, const struct turn *next)
{
    s->talk->result = NULL;
    if (next != NULL && !sessions.finishing)
        talk_begin(s, next);
    else if (s->driver->command != NULL)
        talk_over(s);
    else
        declined(s);
}

/* ---- answers of the database ---- */

static void confirm(struct session *s, const struct entry *e)
{
    if (!e->confirmed)
        return;
    gentle(s, true);
    session_say(s, (struct bytes){ e->confirm, e->confirm_len });
}

static void command(struct session *s, const struct entry *e,
                    const struct pending *p)
{
    const struct talk_with with = {
        .meter_id = p->meter_id,
        .identity = e->reading.identity,
        .line = e->line,
        .keys = &p->keys,
    };

    talk_free(s->talk);
    s->talk = talk_new(s->driver, &with);
    talk_begin(s, &p->turn);
    if (s->state == TALKING) {
        if (s->len > 0)
            session_feed_rest(s, NULL);
        session_resume(s);
    }
}

void session_stored(struct entry *e, const struct pending *p)
{
    struct session *s = e->session;

    if (s != NULL) {
        s->entry = NULL;
        exchange_stored(s, p->meter_id);
        confirm(s, e);
        if (s->state != DEAD && p->some)
            command(s, e, p);
        else if (s->state != DEAD)
            go_on(s, e->confirmed);
    }
    entry_free(e);
}

void session_turn_away(struct entry *e, const char *reason, const char *why)
{
    struct session *s = e->session;

    fault_note(reason, e->peer, why, (struct bytes){ NULL, 0 });
    if (s != NULL) {
        s->entry = NULL;
        exchange_failed(s, reason);
        session_end(s);
    }
    entry_free(e);
}

void session_refused(struct entry *e, const char *why)
{
    session_turn_away(e, "refused_by_database", why);
}

void session_key_found(struct session *s, const struct secret *secret)
{
    static const struct secret nothing;

    s->ask = NULL;
    session_enter(s, RECEIVING);
    session_feed_rest(s, secret != NULL ? secret : &nothing);
    session_resume(s);
}

void sessions_templates_loaded(void)
{
    struct session *next;

    for (struct session *s = sessions.open; s != NULL; s = next) {
        next = s->next;
        if (!s->wants_template)
            continue;
        s->wants_template = false;
        session_enter(s, RECEIVING);
        session_feed_rest(s, NULL);
        session_resume(s);
    }
}
