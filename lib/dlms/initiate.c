/* xDLMS InitiateRequest and InitiateResponse in A-XDR (IEC 62056-5-3, 9.4.6
 * and 9.5). */
#include "lib/dlms/parts.h"

/* clang-format off */
enum { INITIATE_REQUEST = 0x01, INITIATE_RESPONSE = 0x08,
       CONFORMANCE_BLOCK = 0x5F1F, CONFORMANCE_LEN = 0x0400 };
/* clang-format on */

/* OPTIONAL or DEFAULT byte: 00 it is not there, 01 and the byte. */
static enum err skip_optional(struct cursor *c, const char *what)
{
    uint8_t there, b;
    enum err e;

    if ((e = cursor_u8(c, what, &there)) != ERR_OK || there == 0)
        return e;
    return cursor_u8(c, what, &b);
}

/* Conformance, with its BER head inside A-XDR, and the PDU size. */
static enum err read_block(struct cursor *c, struct dlms_initiate *out)
{
    uint16_t head, len;
    uint8_t high;
    uint16_t low;
    enum err e;

    if ((e = cursor_u8(c, "DLMS version", &out->version)) != ERR_OK ||
        (e = cursor_u16(c, "conformance", &head)) != ERR_OK ||
        (e = cursor_u16(c, "conformance", &len)) != ERR_OK ||
        (e = cursor_u8(c, "conformance", &high)) != ERR_OK ||
        (e = cursor_u16(c, "conformance", &low)) != ERR_OK)
        return e;
    if (head != CONFORMANCE_BLOCK || len != CONFORMANCE_LEN)
        return err_raise(ERR_PROTOCOL,
                         "offset %zu: conformance begins with %04X%04X",
                         c->at - 7, head, len);
    out->conformance = (uint32_t)high << 16 | low;
    return cursor_u16(c, "max-receive-pdu-size", &out->max_pdu);
}

enum err initiate_request_read(struct cursor *c, struct dlms_initiate *out)
{
    uint8_t there;
    enum err e;

    if ((e = cursor_u8(c, "dedicated-key", &there)) != ERR_OK)
        return e;
    if (there != 0 &&
        (e = cursor_octets(c, "dedicated-key", &out->dedicated_key)) != ERR_OK)
        return e;
    if ((e = skip_optional(c, "response-allowed")) != ERR_OK ||
        (e = skip_optional(c, "quality-of-service")) != ERR_OK ||
        (e = read_block(c, out)) != ERR_OK)
        return e;
    return cursor_end(c, "InitiateRequest");
}

enum err initiate_response_read(struct cursor *c, struct dlms_initiate *out)
{
    uint16_t vaa;
    enum err e;

    if ((e = skip_optional(c, "quality-of-service")) != ERR_OK ||
        (e = read_block(c, out)) != ERR_OK ||
        (e = cursor_u16(c, "vaa-name", &vaa)) != ERR_OK)
        return e;
    return cursor_end(c, "InitiateResponse");
}

static enum err after_tag(struct cursor *c, uint8_t tag, const char *what)
{
    uint8_t got = 0;
    enum err e;

    if ((e = cursor_u8(c, what, &got)) != ERR_OK)
        return e;
    return got == tag ? ERR_OK
                      : err_raise(ERR_PROTOCOL, "offset 0: %s begins with %02X",
                                  what, got);
}

enum err dlms_initiate_request_read(struct bytes b, struct dlms_initiate *out)
{
    struct cursor c = cursor_of(b);
    enum err e = after_tag(&c, INITIATE_REQUEST, "InitiateRequest");

    return e != ERR_OK ? e : initiate_request_read(&c, out);
}

enum err dlms_initiate_response_read(struct bytes b, struct dlms_initiate *out)
{
    struct cursor c = cursor_of(b);
    enum err e = after_tag(&c, INITIATE_RESPONSE, "InitiateResponse");

    return e != ERR_OK ? e : initiate_response_read(&c, out);
}

static void put_block(struct dlms_out *o, const struct dlms_initiate *i)
{
    dlms_out_u8(o, i->version);
    dlms_out_u32(o, 0x5F1F0400); /* [APPLICATION 31], 4 bytes, 0 unused bits */
    dlms_out_u8(o, i->conformance >> 16 & 0xFF);
    dlms_out_u16(o, i->conformance & 0xFFFF);
    dlms_out_u16(o, i->max_pdu);
}

void dlms_initiate_request_put(struct dlms_out *o,
                               const struct dlms_initiate *i)
{
    dlms_out_u8(o, INITIATE_REQUEST);
    dlms_out_u8(o, i->dedicated_key.len > 0);
    if (i->dedicated_key.len > 0) {
        dlms_out_length(o, i->dedicated_key.len);
        dlms_out_raw(o, i->dedicated_key.at, i->dedicated_key.len);
    }
    dlms_out_u8(o, 0); /* response-allowed: by default */
    dlms_out_u8(o, 0); /* no quality of service */
    put_block(o, i);
}

void dlms_initiate_response_put(struct dlms_out *o,
                                const struct dlms_initiate *i)
{
    dlms_out_u8(o, INITIATE_RESPONSE);
    dlms_out_u8(o, 0);
    put_block(o, i);
    dlms_out_u16(o, 0x0007); /* vaa-name with logical names */
}
