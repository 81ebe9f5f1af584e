/* The frame of a server: envelopes in and out, and who may ask. */
#include "lib/dlms/server_inner.h"

#include "lib/dlms/session.h"
#include "lib/dlms/wire.h"

/* exception-response, IEC 62056-5-3, 9.5 */
/* clang-format off */
enum { STATE_NOT_ALLOWED = 1, STATE_UNKNOWN = 2 };
enum { NOT_POSSIBLE = 1, NOT_SUPPORTED = 2, OTHER_REASON = 3, TOO_LONG = 4,
       DECIPHERING = 5, COUNTER = 6 };
/* clang-format on */

struct dlms_server *dlms_server_new(const struct dlms_server_settings *settings)
{
    struct arena *life = arena_new();
    struct dlms_server *s = arena_alloc(life, sizeof(*s));
    struct dlms_server_settings *how = &s->how;

    s->life = life;
    s->work = arena_new();
    *how = *settings;
    how->secret = wire_keep(life, settings->secret);
    how->challenge = wire_keep(life, settings->challenge);
    how->conformance =
        how->conformance != 0
            ? how->conformance
            : DLMS_CONFORMANCE_CLIENT | DLMS_CONFORMANCE_GENERAL_PROTECTION;
    how->max_pdu =
        how->max_pdu != 0 ? how->max_pdu : (uint16_t)DLMS_PDU_DEFAULT;
    how->value_max = how->value_max != 0 ? how->value_max : DLMS_VALUE_MAX;
    how->window = how->window != 0 ? how->window : 1;
    s->security = settings->security;
    gbt_init(&s->gbt, s->work, how->window, how->value_max);
    return s;
}

void dlms_server_free(struct dlms_server *s)
{
    struct arena *life;

    if (s == NULL)
        return;
    life = s->life;
    arena_free(s->work);
    arena_free(life);
}

bool dlms_server_associated(const struct dlms_server *s)
{
    return s->phase == SERVER_ASSOCIATED;
}

bool dlms_server_released(const struct dlms_server *s)
{
    return s->phase == SERVER_RELEASED;
}

const struct dlms_security *dlms_server_security(const struct dlms_server *s)
{
    return &s->security;
}

/* ---- what goes out ---- */

static size_t answer_pdu(const struct dlms_server *s)
{
    size_t pdu = s->agreed.max_pdu;

    if (s->how.answer_pdu != 0 && (pdu == 0 || s->how.answer_pdu < pdu))
        pdu = s->how.answer_pdu;
    return pdu;
}

size_t server_room(const struct dlms_server *s)
{
    return wire_room(&s->security, answer_pdu(s));
}

enum err dlms_server_protect(struct dlms_server *s, struct bytes plain,
                             struct dlms_out *out)
{
    return dlms_security_wrap(&s->security, plain, out);
}

static enum err send_exception(struct dlms_out *out, uint8_t state,
                               uint8_t service, uint32_t counter)
{
    struct dlms_apdu a = { .tag = DLMS_EXCEPTION_RESPONSE };

    a.exception =
        (struct dlms_exception){ state, service, service == COUNTER, counter };
    return dlms_apdu_put(out, &a);
}

static bool is_acse(uint8_t tag)
{
    return tag == DLMS_AARE || tag == DLMS_RLRE;
}

static enum err send(struct dlms_server *s, const struct dlms_apdu *answer,
                     struct dlms_out *out)
{
    const struct wire w = { s->work, &s->security, &s->gbt, answer_pdu(s),
                            (s->agreed.conformance &
                             DLMS_CONFORMANCE_GENERAL_BLOCKS) != 0 };
    struct dlms_out plain;
    enum err e;

    if (is_acse(answer->tag) || answer->tag == DLMS_EXCEPTION_RESPONSE)
        return dlms_apdu_put(out, answer);
    dlms_out_init(&plain, s->work);
    if ((e = dlms_apdu_put(&plain, answer)) != ERR_OK)
        return e;
    if (plain.len > server_room(s) && !w.general_blocks)
        return send_exception(out, STATE_NOT_ALLOWED, TOO_LONG, 0);
    return wire_send(&w, &plain, out);
}

/* ---- what comes in ---- */

static bool is_request(uint8_t tag)
{
    return tag == DLMS_GET_REQUEST || tag == DLMS_SET_REQUEST ||
           tag == DLMS_ACTION_REQUEST;
}

/* Whether the service itself was agreed on. */
static bool agreed(const struct dlms_server *s, uint8_t tag)
{
    uint32_t bit = tag == DLMS_GET_REQUEST   ? DLMS_CONFORMANCE_GET
                   : tag == DLMS_SET_REQUEST ? DLMS_CONFORMANCE_SET
                                             : DLMS_CONFORMANCE_ACTION;

    return (s->agreed.conformance & bit) != 0;
}

static enum err dispatch(struct dlms_server *s, const struct dlms_apdu *q,
                         struct dlms_out *out)
{
    struct dlms_apdu answer = { 0 };
    enum err e;

    if (q->tag == DLMS_AARQ) {
        e = server_aarq(s, &q->aarq, &answer);
    } else if (q->tag == DLMS_RLRQ) {
        s->phase = SERVER_RELEASED;
        answer.tag = DLMS_RLRE;
        answer.release.has_reason = true;
        e = ERR_OK;
    } else if (!is_request(q->tag)) {
        return send_exception(out, STATE_UNKNOWN, NOT_SUPPORTED, 0);
    } else if (s->phase == SERVER_PROVING && q->tag == DLMS_ACTION_REQUEST) {
        e = server_proof(s, &q->request, &answer);
    } else if (s->phase != SERVER_ASSOCIATED) {
        return send_exception(out, STATE_NOT_ALLOWED, NOT_POSSIBLE, 0);
    } else if (!agreed(s, q->tag)) {
        return send_exception(out, STATE_NOT_ALLOWED, NOT_SUPPORTED, 0);
    } else {
        e = server_request(s, q->tag, &q->request, &answer);
    }
    if (e == ERR_PROTOCOL)
        return send_exception(out, STATE_NOT_ALLOWED, OTHER_REASON, 0);
    return e != ERR_OK ? e : send(s, &answer, out);
}

/* What cannot be opened is told apart: a replay, or anything else. */
static enum err refuse_envelope(struct dlms_server *s, struct bytes apdu,
                                struct dlms_out *out)
{
    struct dlms_ciphered c;

    if (dlms_ciphered_read(apdu, &c) == ERR_OK && s->security.heard &&
        c.counter <= s->security.heard_counter)
        return send_exception(out, STATE_NOT_ALLOWED, COUNTER,
                              s->security.heard_counter + 1);
    return send_exception(out, STATE_NOT_ALLOWED, DECIPHERING, 0);
}

static enum err hear_whole(struct dlms_server *s, struct bytes apdu,
                           struct dlms_out *out)
{
    struct bytes plain = apdu;
    struct dlms_apdu q;
    enum err e;

    if (apdu.len == 0)
        return err_raise(ERR_PROTOCOL, "an empty APDU");
    if (dlms_tag_ciphered(apdu.at[0])) {
        if (dlms_security_unwrap(&s->security, s->work, apdu, &plain) != ERR_OK)
            return refuse_envelope(s, apdu, out);
    } else if (s->security.control != 0 && is_request(apdu.at[0])) {
        return send_exception(out, STATE_NOT_ALLOWED, NOT_POSSIBLE, 0);
    }
    if ((e = dlms_apdu_read(s->work, plain, &q)) != ERR_OK)
        return e;
    return dispatch(s, &q, out);
}

static enum err hear_block(struct dlms_server *s, struct bytes apdu,
                           struct dlms_out *out)
{
    struct dlms_apdu block;
    bool whole;
    enum err e;

    if ((e = dlms_apdu_read(s->work, apdu, &block)) != ERR_OK ||
        (e = gbt_hear(&s->gbt, &block.general_block, out, &whole)) != ERR_OK ||
        !whole)
        return e;
    apdu = dlms_out_bytes(&s->gbt.in);
    dlms_out_init(&s->gbt.in, s->work);
    s->gbt.started = false;
    if (apdu.len > 0 && apdu.at[0] == DLMS_GENERAL_BLOCK_TRANSFER)
        return err_raise(ERR_PROTOCOL, "general blocks inside one");
    return hear_whole(s, apdu, out);
}

enum err dlms_server_hear(struct dlms_server *s, struct bytes apdu,
                          struct dlms_out *out)
{
    bool block = apdu.len > 0 && apdu.at[0] == DLMS_GENERAL_BLOCK_TRANSFER;

    if (apdu.len == 0)
        return err_raise(ERR_PROTOCOL, "an empty APDU");
    if (!block && s->receiving.tag == 0 && s->sending.tag == 0)
        arena_reset(s->work);
    if (arena_size(s->work) > ((size_t)4 << 20) + 16 * s->how.value_max)
        return err_raise(ERR_PROTOCOL, "a request without end");
    if (block)
        return hear_block(s, wire_keep(s->work, apdu), out);
    gbt_init(&s->gbt, s->work, s->how.window, s->how.value_max);
    return hear_whole(s, wire_keep(s->work, apdu), out);
}
