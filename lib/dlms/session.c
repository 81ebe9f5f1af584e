/* The frame of a session: its life, what goes out, what comes in. */
#include "lib/dlms/session_inner.h"

#include <string.h>

#include "lib/dlms/wire.h"

#define INVOKE_FLAGS 0xC0u             /* high priority, confirmed */
#define WORK_MAX     ((size_t)4 << 20) /* beside what values may take */

struct dlms_session *dlms_session_new(const struct dlms_access *access)
{
    struct arena *life = arena_new();
    struct dlms_session *s = arena_alloc(life, sizeof(*s));
    struct dlms_access *how = &s->how;

    s->life = life;
    s->work = arena_new();
    *how = *access;
    how->secret = wire_keep(life, access->secret);
    how->challenge = wire_keep(life, access->challenge);
    how->conformance =
        how->conformance != 0 ? how->conformance : DLMS_CONFORMANCE_CLIENT;
    if (access->conformance == 0 && access->security.general)
        how->conformance |= DLMS_CONFORMANCE_GENERAL_PROTECTION;
    how->max_pdu =
        how->max_pdu != 0 ? how->max_pdu : (uint16_t)DLMS_PDU_DEFAULT;
    how->value_max = how->value_max != 0 ? how->value_max : DLMS_VALUE_MAX;
    how->window = how->window != 0 ? how->window & 0x3F : DLMS_WINDOW;
    s->security = access->security;
    s->security.heard_dedicated = false; /* its key is of this session */
    s->why = "";
    gbt_init(&s->gbt, s->work, how->window, how->value_max);
    return s;
}

void dlms_session_free(struct dlms_session *s)
{
    struct arena *life, *work;

    if (s == NULL)
        return;
    life = s->life;
    work = s->work;
    if (s->how.secret.len > 0)
        explicit_bzero((void *)(uintptr_t)s->how.secret.at, s->how.secret.len);
    explicit_bzero(s, sizeof(*s));
    arena_free(work);
    arena_free(life);
}

bool dlms_session_is_open(const struct dlms_session *s)
{
    return s->phase == SESSION_READY;
}

bool dlms_session_is_over(const struct dlms_session *s)
{
    return s->phase == SESSION_OVER;
}

const struct dlms_security *dlms_session_security(const struct dlms_session *s)
{
    return &s->security;
}

struct dlms_initiate dlms_session_agreed(const struct dlms_session *s)
{
    return s->agreed;
}

size_t dlms_session_size(const struct dlms_session *s)
{
    return arena_size(s->life) + arena_size(s->work);
}

/* ---- what goes out ---- */

uint8_t session_next_invoke(struct dlms_session *s)
{
    s->invoke = (uint8_t)(INVOKE_FLAGS | ((s->invoke & 0x0Fu) % 15 + 1));
    return s->invoke;
}

size_t session_room(const struct dlms_session *s)
{
    return wire_room(&s->security, s->agreed.max_pdu);
}

enum err session_send(struct dlms_session *s, const struct dlms_out *plain,
                      struct dlms_out *out)
{
    const struct wire w = { s->work, &s->security, &s->gbt, s->agreed.max_pdu,
                            (s->agreed.conformance &
                             DLMS_CONFORMANCE_GENERAL_BLOCKS) != 0 };

    return wire_send(&w, plain, out);
}

enum err dlms_session_open(struct dlms_session *s, struct dlms_out *out)
{
    enum err e;

    if (s->phase != SESSION_NEW)
        return err_raise(ERR_INVALID, "the session was opened before");
    if ((e = session_aarq(s, out)) == ERR_OK)
        s->phase = SESSION_ASSOCIATING;
    return e;
}

enum err dlms_session_close(struct dlms_session *s, struct dlms_out *out)
{
    enum err e;

    if (s->phase != SESSION_READY)
        return err_raise(ERR_INVALID, "the session is not open");
    if ((e = session_rlrq(s, out)) == ERR_OK)
        s->phase = SESSION_RELEASING;
    return e;
}

/* ---- what comes in ---- */

/* Refusals may come unprotected: they give nothing away, and change nothing
 * that a broken line would not. */
static bool may_be_plain(uint8_t tag)
{
    return tag == DLMS_AARE || tag == DLMS_RLRE || session_is_refusal(tag) ||
           tag == DLMS_DATA_NOTIFICATION;
}

static enum err open_envelope(struct dlms_session *s, struct bytes *apdu)
{
    uint8_t tag = apdu->at[0];

    if (dlms_tag_ciphered(tag))
        return dlms_security_unwrap(&s->security, s->work, *apdu, apdu);
    if (s->security.control != 0 && !may_be_plain(tag))
        return err_raise(ERR_PROTOCOL, "%02X came unprotected", tag);
    return ERR_OK;
}

bool session_is_refusal(uint8_t tag)
{
    return tag == DLMS_EXCEPTION_RESPONSE ||
           tag == DLMS_CONFIRMED_SERVICE_ERROR;
}

const char *session_why(const struct dlms_session *s,
                        const struct dlms_apdu *apdu)
{
    const struct dlms_exception *x = &apdu->exception;

    if (apdu->tag == DLMS_CONFIRMED_SERVICE_ERROR)
        return dlms_service_error_text(s->work, &apdu->service_error);
    return arena_printf(s->work, "%s, %s",
                        dlms_state_error_name(x->state_error),
                        dlms_service_error_name(x->service_error));
}

static enum err released(struct dlms_session *s, uint8_t tag,
                         struct dlms_heard *heard)
{
    if (tag != DLMS_RLRE && !session_is_refusal(tag))
        return err_raise(ERR_PROTOCOL, "%02X to a release", tag);
    heard->event = DLMS_SESSION_CLOSED;
    s->phase = SESSION_OVER;
    return ERR_OK;
}

static enum err dispatch(struct dlms_session *s, const struct dlms_apdu *apdu,
                         struct dlms_heard *heard, struct dlms_out *out)
{
    switch (s->phase) {
    case SESSION_ASSOCIATING:
        if (apdu->tag == DLMS_AARE)
            return session_aare(s, &apdu->aare, heard, out);
        if (session_is_refusal(apdu->tag))
            return session_no_aare(s, apdu, heard);
        break;
    case SESSION_PROVING:
        return session_proof(s, apdu, heard);
    case SESSION_ASKING:
        return session_answer(s, apdu, heard, out);
    case SESSION_RELEASING:
        return released(s, apdu->tag, heard);
    case SESSION_NEW:
    case SESSION_READY:
    case SESSION_OVER:
        break;
    }
    return err_raise(ERR_PROTOCOL, "%02X was not awaited", apdu->tag);
}

/* A whole APDU, out of its blocks if it came in such. */
static enum err hear_whole(struct dlms_session *s, struct bytes apdu,
                           struct dlms_heard *heard, struct dlms_out *out)
{
    struct dlms_apdu read;
    enum err e;

    if (apdu.len == 0)
        return err_raise(ERR_PROTOCOL, "an empty APDU");
    if ((e = open_envelope(s, &apdu)) != ERR_OK)
        return e;
    if (apdu.at[0] == DLMS_DATA_NOTIFICATION) {
        heard->event = DLMS_SESSION_PUSH;
        heard->push = apdu;
        return ERR_OK;
    }
    if ((e = dlms_apdu_read(s->work, apdu, &read)) != ERR_OK)
        return e;
    return dispatch(s, &read, heard, out);
}

static enum err hear_block(struct dlms_session *s, struct bytes apdu,
                           struct dlms_heard *heard, struct dlms_out *out)
{
    struct dlms_apdu block;
    bool whole;
    enum err e;

    if ((e = dlms_apdu_read(s->work, apdu, &block)) != ERR_OK ||
        (e = gbt_hear(&s->gbt, &block.general_block, out, &whole)) != ERR_OK ||
        !whole)
        return e;
    apdu = dlms_out_bytes(&s->gbt.in);
    /* What is asked next begins its own exchange. */
    gbt_init(&s->gbt, s->work, s->how.window, s->how.value_max);
    if (apdu.len > 0 && apdu.at[0] == DLMS_GENERAL_BLOCK_TRANSFER)
        return err_raise(ERR_PROTOCOL, "general blocks inside one");
    return hear_whole(s, apdu, heard, out);
}

enum err dlms_session_hear(struct dlms_session *s, struct bytes apdu,
                           struct dlms_heard *heard, struct dlms_out *out)
{
    /* Nothing of the last question is needed any more. */
    bool quiet =
        (s->phase == SESSION_READY || s->phase == SESSION_ASSOCIATING) &&
        !gbt_receiving(&s->gbt);
    enum err e;

    *heard = (struct dlms_heard){ .event = DLMS_SESSION_GOES_ON, .why = "" };
    if (quiet) {
        arena_reset(s->work);
        gbt_init(&s->gbt, s->work, s->how.window, s->how.value_max);
    }
    if (apdu.len == 0 || s->phase == SESSION_OVER)
        e = err_raise(ERR_PROTOCOL, "nothing was awaited");
    else if (arena_size(s->work) > WORK_MAX + 16 * s->how.value_max)
        e = err_raise(ERR_PROTOCOL, "an answer without end");
    else if (apdu.at[0] == DLMS_GENERAL_BLOCK_TRANSFER)
        e = hear_block(s, wire_keep(s->work, apdu), heard, out);
    else
        e = hear_whole(s, wire_keep(s->work, apdu), heard, out);
    if (e != ERR_OK)
        s->phase = SESSION_OVER;
    return e;
}
