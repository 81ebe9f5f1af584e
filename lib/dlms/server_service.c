/* GET, SET and ACTION as calls of the caller's objects. */
#include "lib/dlms/server_inner.h"

#include <string.h>

static uint8_t ask(struct dlms_server *s, uint8_t tag,
                   const struct dlms_asked *what, struct dlms_given *out)
{
    const struct dlms_objects *o = s->how.objects;

    if (tag == DLMS_SET_REQUEST)
        return o->set(s->how.ctx, s->work, what);
    if (tag == DLMS_ACTION_REQUEST)
        return o->act(s->how.ctx, s->work, what, &out->has_value, &out->value);
    return o->get(s->how.ctx, s->work, what, &out->value);
}

static void give(struct dlms_server *s, uint8_t tag,
                 const struct dlms_asked *what, struct dlms_given *out)
{
    *out = (struct dlms_given){ 0 };
    out->result = ask(s, tag, what, out);
    if (tag == DLMS_GET_REQUEST)
        out->has_value = out->result == DLMS_SUCCESS;
}

static uint8_t list_form(uint8_t tag)
{
    return tag == DLMS_SET_REQUEST ? DLMS_SET_LIST_DONE : DLMS_GOT_LIST;
}

static enum err answer_list(struct dlms_server *s, uint8_t tag,
                            const struct dlms_asked *list, size_t n,
                            struct dlms_apdu *answer)
{
    struct dlms_response *r = &answer->response;

    r->form = list_form(tag);
    r->n = n;
    r->list = arena_alloc(s->work, n * sizeof(*r->list));
    for (size_t i = 0; i < n; i++)
        give(s, tag, &list[i], &r->list[i]);
    return server_answer(s, answer, true);
}

static enum err answer_one(struct dlms_server *s, uint8_t tag,
                           const struct dlms_asked *one,
                           struct dlms_apdu *answer)
{
    struct dlms_given given;

    give(s, tag, one, &given);
    answer->response.form = DLMS_NORMAL;
    answer->response.result = given.result;
    answer->response.has_value = given.has_value;
    answer->response.value = given.value;
    return server_answer(s, answer, false);
}

/* All blocks of a request are there: what they hold is done. */
static enum err answer_long(struct dlms_server *s, uint8_t tag,
                            struct dlms_apdu *answer)
{
    struct server_long *l = &s->receiving;
    enum err e;

    l->tag = 0;
    e = l->list ? answer_list(s, tag, l->asked, l->n, answer)
                : answer_one(s, tag, l->asked, answer);
    if (e != ERR_OK || tag != DLMS_SET_REQUEST)
        return e;
    answer->response.form =
        l->list ? DLMS_SET_LAST_BLOCK_LIST : DLMS_SET_LAST_BLOCK;
    answer->response.block.number = l->number;
    return ERR_OK;
}

static bool is_block(uint8_t tag, uint8_t form)
{
    if (tag == DLMS_SET_REQUEST)
        return form == DLMS_SET_FIRST_BLOCK || form == DLMS_SET_BLOCK ||
               form == DLMS_SET_LIST_FIRST_BLOCK;
    return tag == DLMS_ACTION_REQUEST &&
           (form == DLMS_ACTION_FIRST_BLOCK || form == DLMS_ACTION_BLOCK ||
            form == DLMS_ACTION_LIST_FIRST_BLOCK);
}

enum err server_request(struct dlms_server *s, uint8_t tag,
                        const struct dlms_request *q, struct dlms_apdu *answer)
{
    const struct dlms_asked one = { q->target,    q->has_selection, q->selector,
                                    q->selection, q->has_value,     q->value };
    bool whole = false;
    enum err e;

    answer->tag = (uint8_t)(tag + 4);
    answer->response.invoke = q->invoke;
    if (is_block(tag, q->form)) {
        e = server_take_block(s, tag, q, &whole, answer);
        return e != ERR_OK || !whole ? e : answer_long(s, tag, answer);
    }
    if (tag != DLMS_SET_REQUEST && q->form == DLMS_GET_NEXT)
        return server_next(s, tag, q, answer);
    s->sending.tag = 0; /* another question ends the long answer */
    s->receiving.tag = 0;
    return q->n > 0 ? answer_list(s, tag, q->list, q->n, answer)
                    : answer_one(s, tag, &one, answer);
}
