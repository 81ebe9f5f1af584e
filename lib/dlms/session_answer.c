/* Answers: whole, in lists, in blocks, or refusals (IEC 62056-5-3, 9.3.3 ...
 * 9.3.5). */
#include "lib/dlms/session_inner.h"

static struct dlms_given *out_now(struct dlms_session *s)
{
    return &s->answers[s->from];
}

static const char *refusal(const struct dlms_session *s)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->answers[i].result != DLMS_SUCCESS)
            return s->service == DLMS_SERVICE_ACTION
                       ? dlms_action_result_name(s->answers[i].result)
                       : dlms_result_name(s->answers[i].result);
    return "";
}

/* The rest of a question cannot be asked: it is answered so, and what came
 * before it stands. */
static void give_up(struct dlms_session *s)
{
    s->why = arena_strdup(s->work, err_reason());
    for (size_t i = s->from; i < s->n; i++)
        s->answers[i] = (struct dlms_given){ .result = DLMS_OTHER_REASON };
}

/* What was out is answered: the rest of the question, or the end of it. */
static enum err answered(struct dlms_session *s, struct dlms_heard *heard,
                         struct dlms_out *out)
{
    size_t before = out->len;
    enum err e = ERR_OK;

    s->from += s->count;
    if (s->from < s->n && (e = session_ask_some(s, out)) != ERR_INVALID)
        return e;
    if (e == ERR_INVALID) {
        out->len = before;
        give_up(s);
    }
    s->phase = SESSION_READY;
    heard->event = DLMS_SESSION_ANSWERED;
    heard->answers = s->answers;
    heard->n = s->n;
    heard->has_exception = s->has_exception;
    heard->exception = s->exception;
    heard->why = s->why[0] != '\0' ? s->why : refusal(s);
    return ERR_OK;
}

/* The same refusal for all that is out. */
static enum err refused(struct dlms_session *s, uint8_t result,
                        struct dlms_heard *heard, struct dlms_out *out)
{
    for (size_t i = 0; i < s->count; i++)
        out_now(s)[i] = (struct dlms_given){ .result = result };
    return answered(s, heard, out);
}

static enum err take_list(struct dlms_session *s, const struct dlms_given *list,
                          size_t n, struct dlms_heard *heard,
                          struct dlms_out *out)
{
    if (n != s->count)
        return err_raise(ERR_PROTOCOL, "%zu answers to %zu questions", n,
                         s->count);
    for (size_t i = 0; i < n; i++)
        out_now(s)[i] = list[i];
    return answered(s, heard, out);
}

static enum err take_one(struct dlms_session *s, const struct dlms_response *r,
                         struct dlms_heard *heard, struct dlms_out *out)
{
    const struct dlms_given one = { r->result, r->has_value, r->value };

    /* A list that is refused as a whole may be answered as one. */
    if (s->count > 1 && r->result != DLMS_SUCCESS)
        return refused(s, r->result, heard, out);
    return take_list(s, &one, 1, heard, out);
}

/* ---- values that come in blocks ---- */

static enum err whole_value(struct dlms_session *s, struct dlms_given *out)
{
    struct bytes b = dlms_out_bytes(&s->in);
    size_t at = 0;
    enum err e;

    if ((e = dlms_value_read_most(s->work, b, &at, DLMS_NODES_LONG,
                                  &out->value)) != ERR_OK)
        return e;
    if (at != b.len)
        return err_raise(ERR_PROTOCOL, "offset %zu: bytes behind the value",
                         at);
    out->result = DLMS_SUCCESS;
    out->has_value = true;
    return ERR_OK;
}

/* The standard lets the blocks of an action hold what it returned; some meters
 * put the result before it, as in an answer without blocks. */
static enum err whole_action(struct dlms_session *s, struct dlms_given *out)
{
    struct bytes b = dlms_out_bytes(&s->in);
    struct dlms_given *with_result = NULL;
    struct dlms_out one;
    size_t n = 0;

    if (whole_value(s, out) == ERR_OK)
        return ERR_OK;
    dlms_out_init(&one, s->work);
    dlms_out_u8(&one, 1);
    dlms_out_raw(&one, b.at, b.len);
    if (dlms_given_read(s->work, dlms_out_bytes(&one), DLMS_ACTION_RESPONSE,
                        &with_result, &n) != ERR_OK)
        return ERR_PROTOCOL;
    *out = with_result[0];
    return ERR_OK;
}

static enum err whole(struct dlms_session *s, uint8_t tag,
                      struct dlms_heard *heard, struct dlms_out *out)
{
    struct dlms_given one = { 0 }, *list = NULL;
    size_t n = 0;
    enum err e;

    if (s->count > 1) {
        e = dlms_given_read(s->work, dlms_out_bytes(&s->in), tag, &list, &n);
        return e != ERR_OK ? e : take_list(s, list, n, heard, out);
    }
    e = tag == DLMS_GET_RESPONSE ? whole_value(s, &one) : whole_action(s, &one);
    return e != ERR_OK ? e : take_list(s, &one, 1, heard, out);
}

static enum err ask_block(struct dlms_session *s, struct dlms_out *out)
{
    struct dlms_apdu q = { .tag = session_request_tag(s) };
    struct dlms_out plain;
    enum err e;

    q.request.form = DLMS_GET_NEXT; /* ACTION_NEXT is the same number */
    q.request.invoke = s->invoke;
    q.request.block.number = s->block_in;
    dlms_out_init(&plain, s->work);
    if ((e = dlms_apdu_put(&plain, &q)) != ERR_OK)
        return e;
    return session_send(s, &plain, out);
}

static enum err take_block(struct dlms_session *s, uint8_t tag,
                           const struct dlms_response *r,
                           struct dlms_heard *heard, struct dlms_out *out)
{
    const struct dlms_block *b = &r->block;

    if (b->number != s->block_in + 1)
        return err_raise(ERR_PROTOCOL, "block %u came, %u was awaited",
                         b->number, s->block_in + 1);
    s->block_in = b->number;
    if (r->result != DLMS_SUCCESS)
        return refused(s, r->result, heard, out);
    if ((b->raw.len == 0 && !b->last) ||
        s->in.len + b->raw.len > s->how.value_max)
        return err_raise(ERR_PROTOCOL, "blocks of over %zu bytes, or empty",
                         s->how.value_max);
    dlms_out_raw(&s->in, b->raw.at, b->raw.len);
    return b->last ? whole(s, tag, heard, out) : ask_block(s, out);
}

/* ---- what came ---- */

/* The meter has taken a block of ours and waits for the next. */
static enum err taken(struct dlms_session *s, const struct dlms_response *r,
                      struct dlms_out *out)
{
    if (r->block.number != s->block_out)
        return err_raise(ERR_PROTOCOL, "block %u taken, %u was sent",
                         r->block.number, s->block_out);
    return session_next_block(s, out);
}

static enum err set_answer(struct dlms_session *s,
                           const struct dlms_response *r,
                           struct dlms_heard *heard, struct dlms_out *out)
{
    if (r->form == DLMS_SET_BLOCK_TAKEN)
        return taken(s, r, out);
    if (r->form == DLMS_SET_LAST_BLOCK_LIST || r->form == DLMS_SET_LIST_DONE)
        return take_list(s, r->list, r->n, heard, out);
    /* normal, or the last block taken: the result is in it */
    return take_one(s, r, heard, out);
}

static enum err response(struct dlms_session *s, uint8_t tag,
                         const struct dlms_response *r,
                         struct dlms_heard *heard, struct dlms_out *out)
{
    /* Only the id: meters differ in whether they repeat the flags. */
    if (((r->invoke ^ s->invoke) & 0x0F) != 0)
        return err_raise(ERR_PROTOCOL, "an answer to invoke-id %u, not %u",
                         r->invoke & 0x0Fu, s->invoke & 0x0Fu);
    if (tag == DLMS_SET_RESPONSE)
        return set_answer(s, r, heard, out);
    if (tag == DLMS_ACTION_RESPONSE && r->form == DLMS_ACTED_NEXT)
        return taken(s, r, out);
    if (r->form == DLMS_GOT_LIST) /* ACTED_LIST is the same number */
        return take_list(s, r->list, r->n, heard, out);
    if (r->form == DLMS_GOT_BLOCK) /* ACTED_BLOCK is the same number */
        return take_block(s, tag, r, heard, out);
    return take_one(s, r, heard, out);
}

/* The meter could not do it and says so without naming the request. */
static enum err no_answer(struct dlms_session *s, const struct dlms_apdu *apdu,
                          struct dlms_heard *heard, struct dlms_out *out)
{
    s->has_exception = apdu->tag == DLMS_EXCEPTION_RESPONSE;
    if (s->has_exception)
        s->exception = apdu->exception;
    s->why = session_why(s, apdu);
    return refused(s, DLMS_OTHER_REASON, heard, out);
}

enum err session_answer(struct dlms_session *s, const struct dlms_apdu *apdu,
                        struct dlms_heard *heard, struct dlms_out *out)
{
    if (apdu->tag == DLMS_EXCEPTION_RESPONSE ||
        apdu->tag == DLMS_CONFIRMED_SERVICE_ERROR)
        return no_answer(s, apdu, heard, out);
    if (apdu->tag != session_request_tag(s) + 4)
        return err_raise(ERR_PROTOCOL, "%02X answers no %02X", apdu->tag,
                         session_request_tag(s));
    return response(s, apdu->tag, &apdu->response, heard, out);
}
