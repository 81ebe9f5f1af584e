/* Writing GET, SET and ACTION: see service.c for the clauses. */
#include "lib/dlms/parts.h"

static void put_target(struct dlms_out *o, const struct dlms_target *t)
{
    dlms_out_u16(o, t->class_id);
    dlms_out_raw(o, t->name.at, sizeof(t->name.at));
    dlms_out_u8(o, t->index);
}

static void put_block(struct dlms_out *o, const struct dlms_block *b)
{
    dlms_out_u8(o, b->last);
    dlms_out_u32(o, b->number);
    dlms_out_length(o, b->raw.len);
    dlms_out_raw(o, b->raw.at, b->raw.len);
}

static enum err put_selection(struct dlms_out *o, bool has, uint8_t selector,
                              const struct dlms_value *selection)
{
    dlms_out_u8(o, has);
    if (!has)
        return ERR_OK;
    dlms_out_u8(o, selector);
    return dlms_value_put(o, selection);
}

enum err dlms_values_put(struct dlms_out *o, const struct dlms_asked *list,
                         size_t n)
{
    enum err e;

    dlms_out_length(o, n);
    for (size_t i = 0; i < n; i++) {
        if (!list[i].has_value)
            dlms_put_null(o);
        else if ((e = dlms_value_put(o, &list[i].value)) != ERR_OK)
            return e;
    }
    return ERR_OK;
}

static enum err put_list(struct dlms_out *o, uint8_t tag,
                         const struct dlms_request *q)
{
    enum err e;

    if (q->n == 0 || q->n > DLMS_LIST_MAX)
        return err_raise(ERR_INVALID, "a list of %zu", q->n);
    dlms_out_length(o, q->n);
    for (size_t i = 0; i < q->n; i++) {
        const struct dlms_asked *one = &q->list[i];

        put_target(o, &one->target);
        if (tag != DLMS_ACTION_REQUEST &&
            (e = put_selection(o, one->has_selection, one->selector,
                               &one->selection)) != ERR_OK)
            return e;
    }
    return ERR_OK;
}

static enum err put_one(struct dlms_out *o, uint8_t tag,
                        const struct dlms_request *q, bool blocks)
{
    enum err e;

    put_target(o, &q->target);
    if (tag != DLMS_ACTION_REQUEST &&
        (e = put_selection(o, q->has_selection, q->selector, &q->selection)) !=
            ERR_OK)
        return e;
    if (blocks) {
        put_block(o, &q->block);
        return ERR_OK;
    }
    if (tag == DLMS_ACTION_REQUEST)
        dlms_out_u8(o, q->has_value);
    return q->has_value ? dlms_value_put(o, &q->value) : ERR_OK;
}

/* What the choice of a form means; the numbers differ by service. */
struct shape {
    uint8_t tag, form;
    bool list, values, first, block, number;
};

/* clang-format off */
static const struct shape shapes[] = {
    { DLMS_GET_REQUEST,    DLMS_GET_NEXT,         .number = true },
    { DLMS_GET_REQUEST,    DLMS_GET_LIST,         .list = true },
    { DLMS_SET_REQUEST,    DLMS_SET_FIRST_BLOCK,  .first = true },
    { DLMS_SET_REQUEST,    DLMS_SET_BLOCK,        .block = true },
    { DLMS_SET_REQUEST,    DLMS_SET_LIST,         .list = true, .values = true },
    { DLMS_SET_REQUEST,    DLMS_SET_LIST_FIRST_BLOCK, .list = true,
                                                  .block = true },
    { DLMS_ACTION_REQUEST, DLMS_ACTION_NEXT,      .number = true },
    { DLMS_ACTION_REQUEST, DLMS_ACTION_LIST,      .list = true, .values = true },
    { DLMS_ACTION_REQUEST, DLMS_ACTION_FIRST_BLOCK, .first = true },
    { DLMS_ACTION_REQUEST, DLMS_ACTION_LIST_FIRST_BLOCK, .list = true,
                                                  .block = true },
    { DLMS_ACTION_REQUEST, DLMS_ACTION_BLOCK,     .block = true },
};
/* clang-format on */

static const struct shape *shape_of(uint8_t tag, uint8_t form)
{
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
        if (shapes[i].tag == tag && shapes[i].form == form)
            return &shapes[i];
    return NULL;
}

static enum err put_shaped(struct dlms_out *o, const struct shape *s,
                           const struct dlms_request *q)
{
    enum err e;

    if (s->number) {
        dlms_out_u32(o, q->block.number);
        return ERR_OK;
    }
    if (s->first)
        return put_one(o, s->tag, q, true);
    if (s->list && (e = put_list(o, s->tag, q)) != ERR_OK)
        return e;
    if (s->block)
        put_block(o, &q->block);
    return s->values ? dlms_values_put(o, q->list, q->n) : ERR_OK;
}

enum err request_put(struct dlms_out *o, uint8_t tag,
                     const struct dlms_request *q)
{
    uint8_t form = q->form != 0 ? q->form : DLMS_NORMAL;
    const struct shape *s = shape_of(tag, form);

    if (form != DLMS_NORMAL && s == NULL)
        return err_raise(ERR_INVALID, "%s has no choice %u", dlms_tag_name(tag),
                         form);
    if (form == DLMS_NORMAL && ((tag == DLMS_GET_REQUEST && q->has_value) ||
                                (tag == DLMS_SET_REQUEST && !q->has_value)))
        return err_raise(ERR_INVALID, "%s %s a value", dlms_tag_name(tag),
                         q->has_value ? "takes no" : "needs");
    dlms_out_u8(o, tag);
    dlms_out_u8(o, form);
    dlms_out_u8(o, q->invoke);
    return s == NULL ? put_one(o, tag, q, false) : put_shaped(o, s, q);
}

/* ---- responses ---- */

static enum err put_given(struct dlms_out *o, uint8_t tag,
                          const struct dlms_given *g)
{
    if (tag == DLMS_GET_RESPONSE && g->has_value != (g->result == 0))
        return err_raise(ERR_INVALID, "a get-response is data or a failure");
    if (tag == DLMS_GET_RESPONSE) {
        dlms_out_u8(o, !g->has_value);
        if (!g->has_value)
            dlms_out_u8(o, g->result);
    } else {
        dlms_out_u8(o, g->result);
    }
    if (tag == DLMS_ACTION_RESPONSE) {
        dlms_out_u8(o, g->has_value);
        if (g->has_value)
            dlms_out_u8(o, 0);
    }
    if (tag == DLMS_SET_RESPONSE || !g->has_value)
        return ERR_OK;
    return dlms_value_put(o, &g->value);
}

enum err dlms_given_put(struct dlms_out *o, uint8_t tag,
                        const struct dlms_given *list, size_t n)
{
    enum err e;

    if (n == 0 || n > DLMS_LIST_MAX)
        return err_raise(ERR_INVALID, "a list of %zu", n);
    dlms_out_length(o, n);
    for (size_t i = 0; i < n; i++)
        if ((e = put_given(o, tag, &list[i])) != ERR_OK)
            return e;
    return ERR_OK;
}

static enum err put_get_block(struct dlms_out *o, const struct dlms_response *r)
{
    dlms_out_u8(o, r->block.last);
    dlms_out_u32(o, r->block.number);
    dlms_out_u8(o, r->result != DLMS_SUCCESS);
    if (r->result != DLMS_SUCCESS) {
        dlms_out_u8(o, r->result);
        return ERR_OK;
    }
    dlms_out_length(o, r->block.raw.len);
    dlms_out_raw(o, r->block.raw.at, r->block.raw.len);
    return ERR_OK;
}

static enum err put_set_response(struct dlms_out *o,
                                 const struct dlms_response *r)
{
    enum err e;

    if (r->form == DLMS_SET_LAST_BLOCK)
        dlms_out_u8(o, r->result);
    if ((r->form == DLMS_SET_LAST_BLOCK_LIST ||
         r->form == DLMS_SET_LIST_DONE) &&
        (e = dlms_given_put(o, DLMS_SET_RESPONSE, r->list, r->n)) != ERR_OK)
        return e;
    if (r->form != DLMS_SET_LIST_DONE)
        dlms_out_u32(o, r->block.number);
    return ERR_OK;
}

static enum err put_response_form(struct dlms_out *o, uint8_t tag,
                                  const struct dlms_response *r)
{
    if (tag == DLMS_SET_RESPONSE && r->form <= DLMS_SET_LIST_DONE)
        return put_set_response(o, r);
    if (tag != DLMS_SET_RESPONSE && r->form == DLMS_GOT_LIST)
        return dlms_given_put(o, tag, r->list, r->n);
    if (tag == DLMS_GET_RESPONSE && r->form == DLMS_GOT_BLOCK)
        return put_get_block(o, r);
    if (tag == DLMS_ACTION_RESPONSE && r->form == DLMS_ACTED_BLOCK) {
        put_block(o, &r->block);
        return ERR_OK;
    }
    if (tag == DLMS_ACTION_RESPONSE && r->form == DLMS_ACTED_NEXT) {
        dlms_out_u32(o, r->block.number);
        return ERR_OK;
    }
    return err_raise(ERR_INVALID, "%s has no choice %u", dlms_tag_name(tag),
                     r->form);
}

enum err response_put(struct dlms_out *o, uint8_t tag,
                      const struct dlms_response *r)
{
    const struct dlms_given one = { r->result, r->has_value, r->value };
    uint8_t form = r->form != 0 ? r->form : DLMS_NORMAL;

    dlms_out_u8(o, tag);
    dlms_out_u8(o, form);
    dlms_out_u8(o, r->invoke);
    return form == DLMS_NORMAL ? put_given(o, tag, &one)
                               : put_response_form(o, tag, r);
}
