/* GET, SET and ACTION, the normal forms (IEC 62056-5-3, 9.3 and 9.5). */
#include "lib/dlms/parts.h"

#define NORMAL 1

enum err value_at_cursor(struct arena *a, struct cursor *c,
                         struct dlms_value *out)
{
    return dlms_value_read(a, (struct bytes){ c->base, c->end }, &c->at, out);
}

/* The choice behind the tag, and invoke-id-and-priority. */
static enum err read_head(struct cursor *c, uint8_t tag, uint8_t *invoke)
{
    uint8_t choice;
    enum err e;

    if ((e = cursor_u8(c, "choice", &choice)) != ERR_OK)
        return e;
    if (choice != NORMAL)
        return err_raise(ERR_PROTOCOL,
                         "offset %zu: %s of choice %u (blocks, lists) is not "
                         "implemented",
                         c->at - 1, dlms_tag_name(tag), choice);
    return cursor_u8(c, "invoke-id", invoke);
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

enum err request_read(struct arena *a, struct cursor *c, uint8_t tag,
                      struct dlms_request *out)
{
    uint8_t there;
    enum err e;

    if ((e = read_head(c, tag, &out->invoke)) != ERR_OK ||
        (e = read_target(c, &out->target)) != ERR_OK ||
        (e = cursor_u8(c, "optional part", &there)) != ERR_OK)
        return e;
    /* GET and SET: access selection; ACTION: parameters. */
    if (tag != DLMS_ACTION_REQUEST && there != 0)
        return err_raise(ERR_PROTOCOL,
                         "offset %zu: selective access is not implemented",
                         c->at - 1);
    out->has_value = tag == DLMS_SET_REQUEST || there != 0;
    return out->has_value ? value_at_cursor(a, c, &out->value) : ERR_OK;
}

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

static enum err read_get_result(struct arena *a, struct cursor *c,
                                struct dlms_response *out)
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

enum err response_read(struct arena *a, struct cursor *c, uint8_t tag,
                       struct dlms_response *out)
{
    uint8_t there, returned;
    enum err e;

    if ((e = read_head(c, tag, &out->invoke)) != ERR_OK)
        return e;
    if (tag == DLMS_GET_RESPONSE)
        return read_get_result(a, c, out);
    if ((e = cursor_u8(c, "result", &out->result)) != ERR_OK ||
        tag == DLMS_SET_RESPONSE)
        return e;
    if ((e = cursor_u8(c, "return parameters", &there)) != ERR_OK || there == 0)
        return e;
    /* A result inside a result says no more than the outer one. */
    return read_data_or_result(a, c, &returned, &out->has_value, &out->value);
}

enum err request_put(struct dlms_out *o, uint8_t tag,
                     const struct dlms_request *q)
{
    if ((tag == DLMS_GET_REQUEST && q->has_value) ||
        (tag == DLMS_SET_REQUEST && !q->has_value))
        return err_raise(ERR_INVALID, "%s %s a value", dlms_tag_name(tag),
                         q->has_value ? "takes no" : "needs");
    dlms_out_u8(o, tag);
    dlms_out_u8(o, NORMAL);
    dlms_out_u8(o, q->invoke);
    dlms_out_u16(o, q->target.class_id);
    dlms_out_raw(o, q->target.name.at, sizeof(q->target.name.at));
    dlms_out_u8(o, q->target.index);
    dlms_out_u8(o, tag == DLMS_ACTION_REQUEST && q->has_value);
    return q->has_value ? dlms_value_put(o, &q->value) : ERR_OK;
}

enum err response_put(struct dlms_out *o, uint8_t tag,
                      const struct dlms_response *r)
{
    if (tag == DLMS_GET_RESPONSE && r->has_value != (r->result == 0))
        return err_raise(ERR_INVALID, "a get-response is data or a failure");
    dlms_out_u8(o, tag);
    dlms_out_u8(o, NORMAL);
    dlms_out_u8(o, r->invoke);
    if (tag == DLMS_GET_RESPONSE) {
        dlms_out_u8(o, !r->has_value);
        if (!r->has_value)
            dlms_out_u8(o, r->result);
    } else {
        dlms_out_u8(o, r->result);
    }
    if (tag == DLMS_ACTION_RESPONSE) {
        dlms_out_u8(o, r->has_value);
        if (r->has_value)
            dlms_out_u8(o, 0);
    }
    if (tag == DLMS_SET_RESPONSE || !r->has_value)
        return ERR_OK;
    return dlms_value_put(o, &r->value);
}
