/* What comes over a connection: the confirmation, then requests. */
#include "tools/meter-sim/session_inner.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/dlms/apdu.h"
#include "lib/dlms/frame.h"
#include "tools/meter-sim/chance.h"
#include "tools/meter-sim/goldcard.h"
#include "tools/meter-sim/keys.h"
#include "tools/meter-sim/push.h"

void session_delivered(struct session *s, bool by_answer)
{
    struct sim *sim = s->sim;
    struct meter *m = session_meter(s);

    s->delivered = true;
    s->phase = SERVING;
    if (by_answer) {
        sim->stats.confirmed++;
        stats_took(&sim->stats, clock_monotonic_us() - s->sent_us);
    } else {
        sim->stats.closed++;
    }
    truth_confirmed(&sim->truth, m, by_answer);
    m->pending = s->fault == FAULT_REPEAT ? 2 : 0;
    session_deadline(s, sim->set.linger_ms);
}

static unsigned session_act(void *ctx, struct meter *m, bool is_open)
{
    struct session *s = ctx;

    (void)m;
    return sim_act(s->sim, s->meter, is_open);
}

static void session_written(void *ctx, struct meter *m,
                            const struct dlms_target *target, unsigned result,
                            struct bytes value)
{
    struct session *s = ctx;

    truth_write(&s->sim->truth, m, clock_now_us(), target, result, value);
    s->sim->stats.commands++;
}

/* The answer of the meter's server, framed; empty when it has none. */
static enum err session_answer(struct session *s, const struct dlms_frame *f,
                               struct dlms_out *out)
{
    const struct server_of of = {
        .m = session_meter(s),
        .now_us = clock_now_us(),
        .wrong_key = s->fault == FAULT_WRONG_KEY,
        .chance = &s->sim->chance,
        .hands = { s, session_act, session_written },
    };
    struct arena *a = s->sim->arena;
    struct dlms_out apdu;
    enum err e;

    dlms_out_init(&apdu, a);
    dlms_out_init(out, a);
    if ((e = server_hear(&s->server, &of, a, f->info, &apdu)) != ERR_OK ||
        apdu.len == 0)
        return e;
    return dlms_wrapper_put(out, f->destination.lower, f->source.lower,
                            dlms_out_bytes(&apdu));
}

/* False: the session must end. */
static bool session_serve(struct session *s, const struct dlms_frame *f)
{
    struct dlms_out out;
    struct sim *sim = s->sim;
    bool drops = s->fault == FAULT_DROP_LATE &&
                 chance_below(&sim->chance, 3) < ++s->served;

    if (model_at(session_meter(s)->model)->small ||
        (drops && chance_below(&sim->chance, 2) == 0))
        return false;
    if (session_answer(s, f, &out) != ERR_OK) {
        log_debug("no answer serial=%s: %s", session_meter(s)->serial,
                  err_reason());
        return false;
    }
    if (drops || out.len + s->out_len > TELEGRAM_MAX)
        return false;
    memcpy(s->out + s->out_len, out.at, out.len);
    s->out_len = (uint16_t)(s->out_len + out.len);
    session_deadline(s, sim->set.linger_ms);
    session_want_send(s);
    return true;
}

/* A ciphered confirmation, as it is inside; what else there is stays closed,
 * for the meter's server opens its own. */
static struct bytes session_opened(struct session *s, struct bytes apdu)
{
    const struct meter *m = session_meter(s);
    struct dlms_security security;
    struct bytes plain;

    if (s->phase != AWAITING || apdu.at[0] != DLMS_GENERAL_GLO_CIPHERING ||
        !keys_cipher(m))
        return apdu;
    keys_security(m, s->fault == FAULT_WRONG_KEY, &security);
    if (dlms_security_unwrap(&security, s->sim->arena, apdu, &plain) !=
            ERR_OK ||
        plain.len == 0 || plain.at[0] != DLMS_DATA_NOTIFICATION_CONFIRM)
        return apdu;
    keys_used(m, &security);
    return plain;
}

/* A confirmation counts when it answers this telegram. */
static bool session_confirmed(struct session *s, struct bytes confirm)
{
    struct dlms_apdu apdu;
    struct meter *m = session_meter(s);

    if (dlms_apdu_read(s->sim->arena, confirm, &apdu) != ERR_OK ||
        apdu.confirm.invoke != push_invoke(m)) {
        s->sim->stats.mismatched++;
        return false;
    }
    if (s->phase == AWAITING)
        session_delivered(s, true);
    return !s->sim->set.hang_up;
}

/* A server that acts before it confirmed breaks docs/protocol.md: an
 * unconfirmed push is taken as stored then, a confirmed one is not. */
static bool session_frame(struct session *s, struct bytes frame)
{
    struct dlms_frame f;
    struct bytes apdu;

    if (dlms_frame_read(frame, &f) != ERR_OK || f.info.len == 0 ||
        f.framing != DLMS_FRAMING_WRAPPER || s->phase == PUSHING)
        return false;
    apdu = session_opened(s, f.info);
    if (apdu.at[0] == DLMS_DATA_NOTIFICATION_CONFIRM)
        return session_confirmed(s, apdu);
    if (s->phase == AWAITING) {
        if (push_is_confirmed(session_meter(s))) {
            s->sim->stats.mismatched++;
            return false;
        }
        session_delivered(s, false);
    }
    return session_serve(s, &f);
}

/* The answer, and nothing else: no command of this protocol is known. */
static bool session_answered(struct session *s)
{
    bool answers = false;
    size_t n = goldcard_heard(session_meter(s),
                              (struct bytes){ s->in, s->in_len }, &answers);

    if (n == 0)
        return s->in_len < SESSION_IN_MAX;
    s->in_len = (uint16_t)(s->in_len - n);
    memmove(s->in, s->in + n, s->in_len);
    if (!answers || s->phase == PUSHING) {
        s->sim->stats.mismatched++;
        return false;
    }
    if (s->phase == AWAITING)
        session_delivered(s, true);
    return !s->sim->set.hang_up;
}

bool session_frames(struct session *s)
{
    size_t at = 0;
    ssize_t len;
    bool goes_on = true;

    if (model_at(session_meter(s)->model)->goldcard)
        return session_answered(s);
    while (goes_on && (len = dlms_frame_len(s->in + at, s->in_len - at)) != 0) {
        if (len < 0)
            return false;
        goes_on = session_frame(
            s, (struct bytes){ .at = s->in + at, .len = (size_t)len });
        at += (size_t)len;
    }
    memmove(s->in, s->in + at, s->in_len - at);
    s->in_len = (uint16_t)(s->in_len - at);
    arena_reset(s->sim->arena);
    return goes_on && s->in_len < SESSION_IN_MAX;
}
