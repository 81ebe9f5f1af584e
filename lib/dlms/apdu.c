/* Which APDU it is, the short ones, and the names of all. */
#include "lib/dlms/apdu.h"

#include "lib/dlms/cipher.h"
#include "lib/dlms/parts.h"

/* exception-response: invocation-counter-error brings the counter. */
#define COUNTER_ERROR 6

/*
 * date-time of a notification: a length of 0 or 12. Kaifa's meters put the
 * tag of an octet-string before it; 09 cannot be a length here.
 */
static enum err read_datetime(struct cursor *c, bool *has,
                              struct dlms_datetime *out)
{
    struct bytes b;
    uint8_t tag;
    enum err e;

    if ((e = cursor_need(c, 1, "date-time")) != ERR_OK)
        return e;
    if (c->base[c->at] == DLMS_OCTET_STRING &&
        (e = cursor_u8(c, "date-time", &tag)) != ERR_OK)
        return e;
    if ((e = cursor_octets(c, "date-time", &b)) != ERR_OK)
        return e;
    *has = b.len > 0;
    if (!*has)
        return ERR_OK;
    if (b.len != DLMS_DATETIME_LEN)
        return err_raise(ERR_PROTOCOL,
                         "offset %zu: a date-time of %zu bytes, not 12",
                         c->at - b.len, b.len);
    return dlms_datetime_read(b, out);
}

static enum err notification_read(struct arena *a, struct cursor *c,
                                  struct dlms_notification *out)
{
    enum err e;

    if ((e = cursor_u32(c, "long-invoke-id", &out->invoke)) != ERR_OK ||
        (e = read_datetime(c, &out->has_datetime, &out->datetime)) != ERR_OK)
        return e;
    return value_at_cursor(a, c, &out->body);
}

static enum err confirm_read(struct cursor *c, struct dlms_confirm *out)
{
    enum err e;

    if ((e = cursor_u32(c, "long-invoke-id", &out->invoke)) != ERR_OK)
        return e;
    return read_datetime(c, &out->has_datetime, &out->datetime);
}

static enum err exception_read(struct cursor *c, struct dlms_exception *out)
{
    enum err e;

    if ((e = cursor_u8(c, "state-error", &out->state_error)) != ERR_OK ||
        (e = cursor_u8(c, "service-error", &out->service_error)) != ERR_OK)
        return e;
    out->has_counter =
        out->service_error == COUNTER_ERROR && cursor_left(c) > 0;
    if (!out->has_counter)
        return ERR_OK;
    return cursor_u32(c, "invocation counter", &out->counter);
}

static void exception_put(struct dlms_out *o, const struct dlms_exception *x)
{
    dlms_out_u8(o, DLMS_EXCEPTION_RESPONSE);
    dlms_out_u8(o, x->state_error);
    dlms_out_u8(o, x->service_error);
    if (x->has_counter)
        dlms_out_u32(o, x->counter);
}

/* block-control: last block, streaming, window of six bits. */
#define LAST_BLOCK 0x80u
#define STREAMING  0x40u
#define WINDOW     0x3Fu

static enum err general_block_read(struct cursor *c,
                                   struct dlms_general_block *out)
{
    uint8_t control;
    enum err e;

    if ((e = cursor_u8(c, "block-control", &control)) != ERR_OK ||
        (e = cursor_u16(c, "block-number", &out->number)) != ERR_OK ||
        (e = cursor_u16(c, "block-number-ack", &out->confirmed)) != ERR_OK)
        return e;
    out->last = (control & LAST_BLOCK) != 0;
    out->streaming = (control & STREAMING) != 0;
    out->window = control & WINDOW;
    return cursor_octets(c, "block-data", &out->raw);
}

static void general_block_put(struct dlms_out *o,
                              const struct dlms_general_block *b)
{
    dlms_out_u8(o, DLMS_GENERAL_BLOCK_TRANSFER);
    dlms_out_u8(o, (b->last ? LAST_BLOCK : 0) | (b->streaming ? STREAMING : 0) |
                       (b->window & WINDOW));
    dlms_out_u16(o, b->number);
    dlms_out_u16(o, b->confirmed);
    dlms_out_length(o, b->raw.len);
    dlms_out_raw(o, b->raw.at, b->raw.len);
}

static enum err ciphered_read(struct cursor *c, uint8_t tag,
                              struct dlms_ciphered *out)
{
    struct cursor in;
    enum err e;

    if ((tag == DLMS_GENERAL_GLO_CIPHERING ||
         tag == DLMS_GENERAL_DED_CIPHERING) &&
        (e = cursor_octets(c, "system title", &out->title)) != ERR_OK)
        return e;
    if ((e = cursor_inside(c, "ciphered content", &in)) != ERR_OK ||
        (e = cursor_u8(&in, "security control", &out->control)) != ERR_OK ||
        (e = cursor_u32(&in, "invocation counter", &out->counter)) != ERR_OK)
        return e;
    return cursor_take(&in, cursor_left(&in), "ciphertext", &out->content);
}

enum err dlms_ciphered_read(struct bytes b, struct dlms_ciphered *out)
{
    struct cursor c = cursor_of(b);
    uint8_t tag = 0;
    enum err e;

    *out = (struct dlms_ciphered){ 0 };
    if ((e = cursor_u8(&c, "an APDU", &tag)) != ERR_OK)
        return e;
    if (!dlms_tag_ciphered(tag))
        return err_raise(ERR_PROTOCOL, "offset 0: %02X is not ciphered", tag);
    if ((e = ciphered_read(&c, tag, out)) != ERR_OK)
        return e;
    return cursor_end(&c, dlms_tag_name(tag));
}

static enum err read_by_tag(struct arena *a, struct cursor *c,
                            struct dlms_apdu *out)
{
    switch (out->tag) {
    case DLMS_DATA_NOTIFICATION:
        return notification_read(a, c, &out->notification);
    case DLMS_DATA_NOTIFICATION_CONFIRM:
        return confirm_read(c, &out->confirm);
    case DLMS_AARQ:
        return aarq_read(c, &out->aarq);
    case DLMS_AARE:
        return aare_read(c, &out->aare);
    case DLMS_RLRQ:
    case DLMS_RLRE:
        return release_read(c, &out->release);
    case DLMS_GET_REQUEST:
    case DLMS_SET_REQUEST:
    case DLMS_ACTION_REQUEST:
        return request_read(a, c, out->tag, &out->request);
    case DLMS_GET_RESPONSE:
    case DLMS_SET_RESPONSE:
    case DLMS_ACTION_RESPONSE:
        return response_read(a, c, out->tag, &out->response);
    case DLMS_EXCEPTION_RESPONSE:
        return exception_read(c, &out->exception);
    case DLMS_CONFIRMED_SERVICE_ERROR:
        return service_error_read(c, &out->service_error);
    case DLMS_GENERAL_BLOCK_TRANSFER:
        return general_block_read(c, &out->general_block);
    default:
        break;
    }
    if (dlms_tag_ciphered(out->tag))
        return ciphered_read(c, out->tag, &out->ciphered);
    if (dlms_tag_name(out->tag) != NULL)
        return err_raise(ERR_PROTOCOL, "offset 0: %s is not implemented",
                         dlms_tag_name(out->tag));
    return err_raise(ERR_PROTOCOL, "offset 0: no APDU begins with %02X",
                     out->tag);
}

enum err dlms_apdu_read(struct arena *a, struct bytes b, struct dlms_apdu *out)
{
    struct cursor c = cursor_of(b);
    enum err e;

    *out = (struct dlms_apdu){ 0 };
    if ((e = cursor_u8(&c, "an APDU", &out->tag)) != ERR_OK ||
        (e = read_by_tag(a, &c, out)) != ERR_OK)
        return e;
    return cursor_end(&c, dlms_tag_name(out->tag));
}

void dlms_notification_put(struct dlms_out *o, uint32_t invoke,
                           const struct dlms_datetime *t)
{
    uint8_t at[DLMS_DATETIME_LEN];

    dlms_out_u8(o, DLMS_DATA_NOTIFICATION);
    dlms_out_u32(o, invoke);
    dlms_out_u8(o, t != NULL ? DLMS_DATETIME_LEN : 0);
    if (t == NULL)
        return;
    dlms_datetime_write(at, t);
    dlms_out_raw(o, at, sizeof(at));
}

void dlms_confirm_put(struct dlms_out *o, uint32_t invoke)
{
    dlms_out_u8(o, DLMS_DATA_NOTIFICATION_CONFIRM);
    dlms_out_u32(o, invoke);
    dlms_out_u8(o, 0);
}

enum err dlms_apdu_put(struct dlms_out *o, const struct dlms_apdu *apdu)
{
    switch (apdu->tag) {
    case DLMS_DATA_NOTIFICATION:
        dlms_notification_put(o, apdu->notification.invoke,
                              apdu->notification.has_datetime
                                  ? &apdu->notification.datetime
                                  : NULL);
        return dlms_value_put(o, &apdu->notification.body);
    case DLMS_DATA_NOTIFICATION_CONFIRM:
        dlms_confirm_put(o, apdu->confirm.invoke);
        return ERR_OK;
    case DLMS_AARQ:
        aarq_put(o, &apdu->aarq);
        return ERR_OK;
    case DLMS_AARE:
        aare_put(o, &apdu->aare);
        return ERR_OK;
    case DLMS_RLRQ:
    case DLMS_RLRE:
        release_put(o, apdu->tag, &apdu->release);
        return ERR_OK;
    case DLMS_GET_REQUEST:
    case DLMS_SET_REQUEST:
    case DLMS_ACTION_REQUEST:
        return request_put(o, apdu->tag, &apdu->request);
    case DLMS_GET_RESPONSE:
    case DLMS_SET_RESPONSE:
    case DLMS_ACTION_RESPONSE:
        return response_put(o, apdu->tag, &apdu->response);
    case DLMS_EXCEPTION_RESPONSE:
        exception_put(o, &apdu->exception);
        return ERR_OK;
    case DLMS_GENERAL_BLOCK_TRANSFER:
        general_block_put(o, &apdu->general_block);
        return ERR_OK;
    case DLMS_CONFIRMED_SERVICE_ERROR:
        service_error_put(o, &apdu->service_error);
        return ERR_OK;
    default:
        return err_raise(ERR_INVALID, "APDU %02X is not encoded here",
                         apdu->tag);
    }
}
