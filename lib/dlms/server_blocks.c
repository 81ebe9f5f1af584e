/* Values that do not fit one PDU, either way (IEC 62056-5-3, 9.3.3 ...). */
#include "lib/dlms/server_inner.h"

#include <string.h>

/* Tag, choice, invoke-id, last, number, choice of raw data, length of up to
 * five bytes. */
#define BLOCK_HEAD 14

static bool agreed(const struct dlms_server *s, uint8_t tag)
{
    uint32_t bit = tag == DLMS_GET_RESPONSE ? DLMS_CONFORMANCE_GET_BLOCKS
                                            : DLMS_CONFORMANCE_ACTION_BLOCKS;

    return !s->how.general_blocks && tag != DLMS_SET_RESPONSE &&
           (s->agreed.conformance & bit) != 0;
}

/* ---- answers ---- */

static void cut(struct dlms_server *s, struct dlms_apdu *answer)
{
    struct server_long *l = &s->sending;
    size_t part = server_room(s) - BLOCK_HEAD;
    size_t left = l->out.len - l->at;
    size_t n = left < part ? left : part;

    answer->response.form = DLMS_GOT_BLOCK; /* and ACTED_BLOCK */
    answer->response.result = DLMS_SUCCESS;
    answer->response.has_value = false;
    answer->response.n = 0;
    answer->response.block =
        (struct dlms_block){ n == left, ++l->number, { l->out.at + l->at, n } };
    l->at += n;
    if (n == left)
        l->tag = 0;
}

enum err server_answer(struct dlms_server *s, struct dlms_apdu *answer,
                       bool list)
{
    struct dlms_response *r = &answer->response;
    size_t room = server_room(s);
    struct dlms_out o;
    enum err e;

    dlms_out_init(&o, s->work);
    if ((e = dlms_apdu_put(&o, answer)) != ERR_OK)
        return e;
    if (o.len <= room || room <= BLOCK_HEAD || !agreed(s, answer->tag))
        return ERR_OK;
    dlms_out_init(&o, s->work);
    e = list ? dlms_given_put(&o, answer->tag, r->list, r->n)
             : dlms_value_put(&o, &r->value);
    if (e != ERR_OK)
        return e;
    s->sending = (struct server_long){ .tag = (uint8_t)(answer->tag - 4),
                                       .out = dlms_out_bytes(&o) };
    cut(s, answer);
    return ERR_OK;
}

enum err server_next(struct dlms_server *s, uint8_t tag,
                     const struct dlms_request *q, struct dlms_apdu *answer)
{
    struct server_long *l = &s->sending;
    bool wrong = l->tag == tag && q->block.number != l->number;

    if (l->tag == tag && !wrong) {
        cut(s, answer);
        return ERR_OK;
    }
    l->tag = 0;
    if (tag == DLMS_ACTION_REQUEST) {
        answer->response.form = DLMS_NORMAL;
        answer->response.result =
            wrong ? DLMS_LONG_GET_ABORTED : DLMS_NO_LONG_GET;
        return ERR_OK;
    }
    answer->response.form = DLMS_GOT_BLOCK;
    answer->response.result =
        wrong ? DLMS_DATA_BLOCK_NUMBER_INVALID : DLMS_NO_LONG_GET;
    answer->response.block =
        (struct dlms_block){ true, q->block.number, { 0 } };
    return ERR_OK;
}

/* ---- requests ---- */

static bool is_first(uint8_t tag, uint8_t form)
{
    return tag == DLMS_SET_REQUEST ? form != DLMS_SET_BLOCK
                                   : form != DLMS_ACTION_BLOCK;
}

static void begin(struct dlms_server *s, uint8_t tag,
                  const struct dlms_request *q)
{
    struct server_long *l = &s->receiving;
    struct dlms_asked *one;

    *l = (struct server_long){ .tag = tag, .list = q->n > 0, .n = q->n };
    dlms_out_init(&l->in, s->work);
    l->asked = q->list;
    if (l->list)
        return;
    one = arena_alloc(s->work, sizeof(*one));
    one->target = q->target;
    one->has_selection = q->has_selection;
    one->selector = q->selector;
    one->selection = q->selection;
    l->asked = one;
}

static enum err decode(struct dlms_server *s)
{
    struct server_long *l = &s->receiving;
    struct bytes b = dlms_out_bytes(&l->in);
    size_t at = 0;
    enum err e;

    if (l->list)
        return dlms_values_read(s->work, b, l->asked, l->n);
    l->asked->has_value = true;
    if ((e = dlms_value_read(s->work, b, &at, &l->asked->value)) != ERR_OK)
        return e;
    return at == b.len ? ERR_OK
                       : err_raise(ERR_PROTOCOL, "bytes behind the value");
}

/* A block out of its order ends the transfer. */
static enum err abort_long(struct dlms_server *s, uint8_t tag, bool had,
                           const struct dlms_request *q,
                           struct dlms_apdu *answer)
{
    s->receiving.tag = 0;
    answer->response.form = DLMS_NORMAL;
    answer->response.block.number = q->block.number;
    if (tag == DLMS_SET_REQUEST) {
        answer->response.form = DLMS_SET_LAST_BLOCK;
        answer->response.result =
            had ? DLMS_LONG_SET_ABORTED : DLMS_NO_LONG_SET;
    } else {
        answer->response.result =
            had ? DLMS_LONG_GET_ABORTED : DLMS_NO_LONG_GET;
    }
    return ERR_OK;
}

enum err server_take_block(struct dlms_server *s, uint8_t tag,
                           const struct dlms_request *q, bool *is_whole,
                           struct dlms_apdu *answer)
{
    struct server_long *l = &s->receiving;

    if (is_first(tag, q->form))
        begin(s, tag, q);
    if (l->tag != tag || q->block.number != l->number + 1 ||
        l->in.len + q->block.raw.len > s->how.value_max)
        return abort_long(s, tag, l->tag == tag, q, answer);
    l->number = q->block.number;
    dlms_out_raw(&l->in, q->block.raw.at, q->block.raw.len);
    if (q->block.last) {
        if (decode(s) != ERR_OK)
            return abort_long(s, tag, true, q, answer);
        *is_whole = true;
        return ERR_OK;
    }
    answer->response.form =
        tag == DLMS_SET_REQUEST ? DLMS_SET_BLOCK_TAKEN : DLMS_ACTED_NEXT;
    answer->response.block.number = l->number;
    return ERR_OK;
}
