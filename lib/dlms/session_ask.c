/* Questions as requests: normal, in lists, in blocks, whatever the meter
 * agreed to and has room for (IEC 62056-5-3, 9.3.3 ... 9.3.5). */
#include "lib/dlms/session_inner.h"

#include <string.h>

#define BLOCK_MIN 16 /* bytes of a value; with fewer a list is halved */

uint8_t session_request_tag(const struct dlms_session *s)
{
    switch (s->service) {
    case DLMS_SERVICE_GET:
        return DLMS_GET_REQUEST;
    case DLMS_SERVICE_SET:
        return DLMS_SET_REQUEST;
    case DLMS_SERVICE_ACTION:
        break;
    }
    return DLMS_ACTION_REQUEST;
}

static uint8_t list_form(enum dlms_service service)
{
    return service == DLMS_SERVICE_SET ? DLMS_SET_LIST : DLMS_GET_LIST;
}

static uint8_t first_block_form(enum dlms_service service, bool list)
{
    if (service == DLMS_SERVICE_SET)
        return list ? DLMS_SET_LIST_FIRST_BLOCK : DLMS_SET_FIRST_BLOCK;
    return list ? DLMS_ACTION_LIST_FIRST_BLOCK : DLMS_ACTION_FIRST_BLOCK;
}

static bool agreed(const struct dlms_session *s, uint32_t bit)
{
    return (s->agreed.conformance & s->how.conformance & bit) != 0;
}

static bool blocks_agreed(const struct dlms_session *s)
{
    if (s->service == DLMS_SERVICE_GET)
        return false;
    return agreed(s, s->service == DLMS_SERVICE_SET
                         ? DLMS_CONFORMANCE_SET_BLOCKS
                         : DLMS_CONFORMANCE_ACTION_BLOCKS);
}

/* The request for what is out, without form and blocks. */
static struct dlms_apdu request(struct dlms_session *s)
{
    const struct dlms_asked *one = &s->asked[s->from];
    struct dlms_apdu q = { .tag = session_request_tag(s) };

    q.request.invoke = s->invoke;
    if (s->count > 1) {
        q.request.list = &s->asked[s->from];
        q.request.n = s->count;
        return q;
    }
    q.request.target = one->target;
    q.request.has_selection = one->has_selection;
    q.request.selector = one->selector;
    q.request.selection = one->selection;
    q.request.has_value = one->has_value;
    q.request.value = one->value;
    return q;
}

static enum err put_whole(struct dlms_session *s, struct dlms_out *plain)
{
    struct dlms_apdu q = request(s);

    q.request.form = s->count > 1 ? list_form(s->service) : DLMS_NORMAL;
    dlms_out_init(plain, s->work);
    return dlms_apdu_put(plain, &q);
}

/* ---- blocks ---- */

static enum err put_first(struct dlms_session *s, struct dlms_out *plain,
                          const struct dlms_block *block)
{
    struct dlms_apdu q = request(s);

    q.request.form = first_block_form(s->service, s->count > 1);
    q.request.block = *block;
    dlms_out_init(plain, s->work);
    return dlms_apdu_put(plain, &q);
}

static struct dlms_block cut(struct dlms_session *s)
{
    size_t left = s->raw.len - s->raw_at;
    size_t n = left < s->raw_part ? left : s->raw_part;
    struct dlms_block b = { n == left,
                            ++s->block_out,
                            { s->raw.at + s->raw_at, n } };

    s->raw_at += n;
    return b;
}

/* The values by themselves: what the blocks hold. */
static enum err put_raw(struct dlms_session *s)
{
    const struct dlms_asked *one = &s->asked[s->from];
    struct dlms_out o;
    enum err e;

    dlms_out_init(&o, s->work);
    e = s->count > 1 ? dlms_values_put(&o, one, s->count)
                     : dlms_value_put(&o, &one->value);
    s->raw = dlms_out_bytes(&o);
    s->raw_at = 0;
    s->block_out = 0;
    return e;
}

/* The first block; *fits is false when the heads alone leave no room. */
static enum err begin_blocks(struct dlms_session *s, struct dlms_out *out,
                             bool *fits)
{
    const struct dlms_block none = { 0 };
    size_t room = session_room(s);
    struct dlms_block first;
    struct dlms_out plain;
    enum err e;

    if ((e = put_first(s, &plain, &none)) != ERR_OK)
        return e;
    *fits = room >= plain.len + 4 + BLOCK_MIN;
    if (!*fits)
        return ERR_OK;
    s->raw_part = room - plain.len - 4; /* a length of up to five bytes */
    if ((e = put_raw(s)) != ERR_OK)
        return e;
    first = cut(s);
    if ((e = put_first(s, &plain, &first)) != ERR_OK)
        return e;
    /* Later blocks have no heads: tag, choice, invoke-id, last, number, length
     * of up to five. */
    s->raw_part = room - 13;
    return session_send(s, &plain, out);
}

enum err session_next_block(struct dlms_session *s, struct dlms_out *out)
{
    struct dlms_apdu q = { .tag = session_request_tag(s) };
    struct dlms_out plain;
    enum err e;

    if (s->raw_at >= s->raw.len)
        return err_raise(ERR_PROTOCOL, "a block behind the last is asked for");
    q.request.form =
        s->service == DLMS_SERVICE_SET ? DLMS_SET_BLOCK : DLMS_ACTION_BLOCK;
    q.request.invoke = s->invoke;
    q.request.block = cut(s);
    dlms_out_init(&plain, s->work);
    if ((e = dlms_apdu_put(&plain, &q)) != ERR_OK)
        return e;
    return session_send(s, &plain, out);
}

/* ---- the question ---- */

enum err session_ask_some(struct dlms_session *s, struct dlms_out *out)
{
    struct dlms_out plain;
    bool fits = false;
    enum err e;

    s->invoke = session_next_invoke(s);
    s->count = agreed(s, DLMS_CONFORMANCE_LISTS) ? s->n - s->from : 1;
    s->raw = (struct bytes){ NULL, 0 };
    s->raw_at = 0;
    s->block_in = 0;
    dlms_out_init(&s->in, s->work);
    gbt_init(&s->gbt, s->work, s->how.window, s->how.value_max);
    for (;;) {
        if ((e = put_whole(s, &plain)) != ERR_OK)
            return e;
        if (plain.len <= session_room(s))
            return session_send(s, &plain, out);
        if (blocks_agreed(s) && (s->count > 1 || s->asked[s->from].has_value) &&
            ((e = begin_blocks(s, out, &fits)) != ERR_OK || fits))
            return e;
        if (s->count == 1)
            return session_send(s, &plain, out);
        s->count = (s->count + 1) / 2;
    }
}

/* A copy of a value that needs nothing of the caller's. */
static enum err keep_value(struct arena *a, const struct dlms_value *v,
                           struct dlms_value *out)
{
    struct dlms_out o;
    size_t at = 0;
    enum err e;

    dlms_out_init(&o, a);
    if ((e = dlms_value_put(&o, v)) != ERR_OK)
        return e;
    return dlms_value_read(a, dlms_out_bytes(&o), &at, out);
}

static enum err keep(struct dlms_session *s, const struct dlms_asked *from,
                     struct dlms_asked *to)
{
    enum err e;

    *to = *from;
    if (s->service == DLMS_SERVICE_GET)
        to->has_value = false;
    if (s->service == DLMS_SERVICE_SET && !from->has_value)
        return err_raise(ERR_INVALID, "a SET needs a value");
    if (from->has_selection && s->service == DLMS_SERVICE_ACTION)
        return err_raise(ERR_INVALID, "an ACTION selects nothing");
    if (from->has_selection &&
        (e = keep_value(s->work, &from->selection, &to->selection)) != ERR_OK)
        return e;
    return to->has_value ? keep_value(s->work, &from->value, &to->value)
                         : ERR_OK;
}

enum err dlms_session_ask(struct dlms_session *s, enum dlms_service service,
                          const struct dlms_asked *asked, size_t n,
                          struct dlms_out *out)
{
    enum err e;

    if (s->phase != SESSION_READY)
        return err_raise(ERR_INVALID, "the session is not ready to ask");
    if (n == 0 || n > DLMS_LIST_MAX)
        return err_raise(ERR_INVALID, "a list of %zu", n);
    arena_reset(s->work);
    s->service = service;
    s->n = n;
    s->from = 0;
    s->has_exception = false;
    s->why = "";
    s->asked = arena_alloc(s->work, n * sizeof(*s->asked));
    s->answers = arena_alloc(s->work, n * sizeof(*s->answers));
    for (size_t i = 0; i < n; i++)
        if ((e = keep(s, &asked[i], &s->asked[i])) != ERR_OK)
            return e;
    if ((e = session_ask_some(s, out)) == ERR_OK)
        s->phase = SESSION_ASKING;
    return e;
}
