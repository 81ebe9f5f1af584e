/* Reading GET, SET and ACTION: normal forms, lists and blocks (IEC 62056-5-3,
 * 9.3 and 9.5). */
#include "lib/dlms/parts.h"

enum err value_at_cursor(struct arena *a, struct cursor *c,
                         struct dlms_value *out)
{
    /* A long APDU came in general blocks. */
    size_t most = c->end > DLMS_NODES_MAX ? DLMS_NODES_LONG : DLMS_NODES_MAX;

    return dlms_value_read_most(a, (struct bytes){ c->base, c->end }, &c->at,
                                most, out);
}

static enum err read_target(struct cursor *c, struct dlms_target *out)
{
    struct bytes name;
    enum err e;

    if ((e = cursor_u16(c, "class-id", &out->class_id)) != ERR_OK ||
        (e = cursor_take(c, sizeof(out->name.at), "instance-id", &name)) !=
            ERR_OK ||
        (e = obis_of_bytes(name, &out->name)) != ERR_OK)
        return e;
    return cursor_u8(c, "attribute or method", &out->index);
}

/* access-selection, behind an attribute. */
static enum err read_selection(struct arena *a, struct cursor *c,
                               struct dlms_asked *out)
{
    uint8_t there;
    enum err e;

    if ((e = cursor_u8(c, "access selection", &there)) != ERR_OK || there == 0)
        return e;
    out->has_selection = true;
    if ((e = cursor_u8(c, "access selector", &out->selector)) != ERR_OK)
        return e;
    return value_at_cursor(a, c, &out->selection);
}

static enum err read_block(struct cursor *c, struct dlms_block *out)
{
    uint8_t last;
    enum err e;

    if ((e = cursor_u8(c, "last-block", &last)) != ERR_OK ||
        (e = cursor_u32(c, "block-number", &out->number)) != ERR_OK)
        return e;
    out->last = last != 0;
    return cursor_octets(c, "raw-data", &out->raw);
}

/* A count that the bytes left can hold, each element of so many at least. */
static enum err read_count(struct cursor *c, size_t each, size_t *n)
{
    enum err e;

    if ((e = cursor_length(c, n)) != ERR_OK)
        return e;
    if (*n == 0 || *n > DLMS_LIST_MAX)
        return err_raise(ERR_PROTOCOL, "offset %zu: a list of %zu", c->at, *n);
    return cursor_need(c, *n * each, "list");
}

static enum err read_list(struct arena *a, struct cursor *c, uint8_t tag,
                          struct dlms_request *out)
{
    enum err e;

    if ((e = read_count(c, 9, &out->n)) != ERR_OK)
        return e;
    out->list = arena_alloc(a, out->n * sizeof(*out->list));
    for (size_t i = 0; i < out->n; i++)
        if ((e = read_target(c, &out->list[i].target)) != ERR_OK ||
            (tag != DLMS_ACTION_REQUEST &&
             (e = read_selection(a, c, &out->list[i])) != ERR_OK))
            return e;
    return ERR_OK;
}

static enum err read_values(struct arena *a, struct cursor *c,
                            struct dlms_asked *list, size_t n)
{
    size_t count;
    enum err e;

    if ((e = cursor_length(c, &count)) != ERR_OK)
        return e;
    if (count != n)
        return err_raise(ERR_PROTOCOL,
                         "offset %zu: %zu values for a list of %zu", c->at,
                         count, n);
    for (size_t i = 0; i < n; i++) {
        list[i].has_value = true;
        if ((e = value_at_cursor(a, c, &list[i].value)) != ERR_OK)
            return e;
    }
    return ERR_OK;
}

enum err dlms_values_read(struct arena *a, struct bytes b,
                          struct dlms_asked *list, size_t n)
{
    struct cursor c = cursor_of(b);
    enum err e = read_values(a, &c, list, n);

    return e != ERR_OK ? e : cursor_end(&c, "values");
}

static enum err request_one(struct arena *a, struct cursor *c, uint8_t tag,
                            struct dlms_request *out)
{
    struct dlms_asked one = { 0 };
    uint8_t there = 0;
    enum err e;

    if ((e = read_target(c, &out->target)) != ERR_OK)
        return e;
    if (tag != DLMS_ACTION_REQUEST &&
        (e = read_selection(a, c, &one)) != ERR_OK)
        return e;
    out->has_selection = one.has_selection;
    out->selector = one.selector;
    out->selection = one.selection;
    if (out->form != DLMS_NORMAL) /* the first block holds the value's start */
        return read_block(c, &out->block);
    if (tag == DLMS_ACTION_REQUEST &&
        (e = cursor_u8(c, "parameters", &there)) != ERR_OK)
        return e;
    out->has_value = tag == DLMS_SET_REQUEST || there != 0;
    return out->has_value ? value_at_cursor(a, c, &out->value) : ERR_OK;
}

static enum err request_list(struct arena *a, struct cursor *c, uint8_t tag,
                             bool blocks, struct dlms_request *out)
{
    enum err e = read_list(a, c, tag, out);

    if (e != ERR_OK || tag == DLMS_GET_REQUEST)
        return e;
    return blocks ? read_block(c, &out->block)
                  : read_values(a, c, out->list, out->n);
}

static enum err unknown_form(const struct cursor *c, uint8_t tag, uint8_t form)
{
    return err_raise(ERR_PROTOCOL, "offset %zu: %s of choice %u is not known",
                     c->at, dlms_tag_name(tag), form);
}

static enum err get_request(struct arena *a, struct cursor *c, uint8_t tag,
                            struct dlms_request *out)
{
    if (out->form == DLMS_GET_NEXT)
        return cursor_u32(c, "block-number", &out->block.number);
    if (out->form == DLMS_GET_LIST)
        return request_list(a, c, tag, false, out);
    return unknown_form(c, tag, out->form);
}

static enum err set_request(struct arena *a, struct cursor *c, uint8_t tag,
                            struct dlms_request *out)
{
    if (out->form == DLMS_SET_FIRST_BLOCK)
        return request_one(a, c, tag, out);
    if (out->form == DLMS_SET_BLOCK)
        return read_block(c, &out->block);
    if (out->form == DLMS_SET_LIST || out->form == DLMS_SET_LIST_FIRST_BLOCK)
        return request_list(a, c, tag, out->form != DLMS_SET_LIST, out);
    return unknown_form(c, tag, out->form);
}

static enum err action_request(struct arena *a, struct cursor *c, uint8_t tag,
                               struct dlms_request *out)
{
    if (out->form == DLMS_ACTION_NEXT)
        return cursor_u32(c, "block-number", &out->block.number);
    if (out->form == DLMS_ACTION_FIRST_BLOCK)
        return request_one(a, c, tag, out);
    if (out->form == DLMS_ACTION_BLOCK)
        return read_block(c, &out->block);
    if (out->form == DLMS_ACTION_LIST ||
        out->form == DLMS_ACTION_LIST_FIRST_BLOCK)
        return request_list(a, c, tag, out->form != DLMS_ACTION_LIST, out);
    return unknown_form(c, tag, out->form);
}

enum err request_read(struct arena *a, struct cursor *c, uint8_t tag,
                      struct dlms_request *out)
{
    enum err e;

    if ((e = cursor_u8(c, "choice", &out->form)) != ERR_OK ||
        (e = cursor_u8(c, "invoke-id", &out->invoke)) != ERR_OK)
        return e;
    if (out->form == DLMS_NORMAL)
        return request_one(a, c, tag, out);
    if (tag == DLMS_GET_REQUEST)
        return get_request(a, c, tag, out);
    return tag == DLMS_SET_REQUEST ? set_request(a, c, tag, out)
                                   : action_request(a, c, tag, out);
}

/* ---- responses ---- */

/* Get-Data-Result, which is also what an action returns. */
static enum err read_data_or_result(struct arena *a, struct cursor *c,
                                    uint8_t *result, bool *has,
                                    struct dlms_value *value)
{
    uint8_t choice;
    enum err e;

    if ((e = cursor_u8(c, "data or result", &choice)) != ERR_OK)
        return e;
    if (choice > 1)
        return err_raise(ERR_PROTOCOL, "offset %zu: neither data nor a result",
                         c->at - 1);
    *has = choice == 0;
    return *has ? value_at_cursor(a, c, value)
                : cursor_u8(c, "data-access-result", result);
}

static enum err get_given(struct arena *a, struct cursor *c,
                          struct dlms_given *out)
{
    enum err e;

    if ((e = read_data_or_result(a, c, &out->result, &out->has_value,
                                 &out->value)) != ERR_OK)
        return e;
    if (!out->has_value && out->result == DLMS_SUCCESS)
        return err_raise(ERR_PROTOCOL, "offset %zu: success without data",
                         c->at - 1);
    return ERR_OK;
}

/* Action-Response-With-Optional-Data. */
static enum err action_given(struct arena *a, struct cursor *c,
                             struct dlms_given *out)
{
    uint8_t there, returned;
    enum err e;

    if ((e = cursor_u8(c, "result", &out->result)) != ERR_OK ||
        (e = cursor_u8(c, "return parameters", &there)) != ERR_OK || there == 0)
        return e;
    /* A result inside a result says no more than the outer one. */
    return read_data_or_result(a, c, &returned, &out->has_value, &out->value);
}

static enum err read_given(struct arena *a, struct cursor *c, uint8_t tag,
                           struct dlms_given *out)
{
    if (tag == DLMS_GET_RESPONSE)
        return get_given(a, c, out);
    return tag == DLMS_SET_RESPONSE ? cursor_u8(c, "result", &out->result)
                                    : action_given(a, c, out);
}

static enum err read_given_list(struct arena *a, struct cursor *c, uint8_t tag,
                                struct dlms_given **list, size_t *n)
{
    enum err e;

    if ((e = read_count(c, 1, n)) != ERR_OK)
        return e;
    *list = arena_alloc(a, *n * sizeof(**list));
    for (size_t i = 0; i < *n; i++)
        if ((e = read_given(a, c, tag, &(*list)[i])) != ERR_OK)
            return e;
    return ERR_OK;
}

enum err dlms_given_read(struct arena *a, struct bytes b, uint8_t tag,
                         struct dlms_given **list, size_t *n)
{
    struct cursor c = cursor_of(b);
    enum err e = read_given_list(a, &c, tag, list, n);

    return e != ERR_OK ? e : cursor_end(&c, "results");
}

static enum err response_one(struct arena *a, struct cursor *c, uint8_t tag,
                             struct dlms_response *out)
{
    struct dlms_given one = { 0 };
    enum err e = read_given(a, c, tag, &one);

    out->result = one.result;
    out->has_value = one.has_value;
    out->value = one.value;
    return e;
}

/* DataBlock-G: raw data, or why there is none. */
static enum err got_block(struct cursor *c, struct dlms_response *out)
{
    uint8_t last, choice;
    enum err e;

    if ((e = cursor_u8(c, "last-block", &last)) != ERR_OK ||
        (e = cursor_u32(c, "block-number", &out->block.number)) != ERR_OK ||
        (e = cursor_u8(c, "raw data or result", &choice)) != ERR_OK)
        return e;
    out->block.last = last != 0;
    if (choice == 0)
        return cursor_octets(c, "raw-data", &out->block.raw);
    if (choice != 1)
        return err_raise(ERR_PROTOCOL, "offset %zu: neither data nor a result",
                         c->at - 1);
    if ((e = cursor_u8(c, "data-access-result", &out->result)) != ERR_OK)
        return e;
    if (out->result == DLMS_SUCCESS)
        return err_raise(ERR_PROTOCOL, "offset %zu: success without data",
                         c->at - 1);
    return ERR_OK;
}

static enum err set_response(struct arena *a, struct cursor *c,
                             struct dlms_response *out)
{
    enum err e = ERR_OK;

    if (out->form == DLMS_SET_LAST_BLOCK)
        e = cursor_u8(c, "result", &out->result);
    else if (out->form == DLMS_SET_LAST_BLOCK_LIST ||
             out->form == DLMS_SET_LIST_DONE)
        e = read_given_list(a, c, DLMS_SET_RESPONSE, &out->list, &out->n);
    else if (out->form != DLMS_SET_BLOCK_TAKEN)
        return unknown_form(c, DLMS_SET_RESPONSE, out->form);
    if (e != ERR_OK || out->form == DLMS_SET_LIST_DONE)
        return e;
    return cursor_u32(c, "block-number", &out->block.number);
}

enum err response_read(struct arena *a, struct cursor *c, uint8_t tag,
                       struct dlms_response *out)
{
    enum err e;

    if ((e = cursor_u8(c, "choice", &out->form)) != ERR_OK ||
        (e = cursor_u8(c, "invoke-id", &out->invoke)) != ERR_OK)
        return e;
    if (out->form == DLMS_NORMAL)
        return response_one(a, c, tag, out);
    if (tag == DLMS_SET_RESPONSE)
        return set_response(a, c, out);
    if (out->form == DLMS_GOT_LIST) /* ACTED_LIST is the same number */
        return read_given_list(a, c, tag, &out->list, &out->n);
    if (tag == DLMS_GET_RESPONSE && out->form == DLMS_GOT_BLOCK)
        return got_block(c, out);
    if (tag == DLMS_ACTION_RESPONSE && out->form == DLMS_ACTED_BLOCK)
        return read_block(c, &out->block);
    if (tag == DLMS_ACTION_RESPONSE && out->form == DLMS_ACTED_NEXT)
        return cursor_u32(c, "block-number", &out->block.number);
    return unknown_form(c, tag, out->form);
}
