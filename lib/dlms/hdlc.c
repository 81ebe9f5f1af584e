/* HDLC frames of format type 3 (IEC 62056-46, 6.4), read and written. */
#include "lib/dlms/framing.h"

#include "lib/dlms/cursor.h"

#define FLAG        0x7E
#define FORMAT_TYPE 0xA0 /* of the first byte's upper half: type 3 */
#define SEGMENTED   0x08
#define CONTROL_UI  0x13
#define SHORTEST    7 /* format 2, addresses 1 and 1, control, FCS 2 */

/* The frame check sequence of ISO/IEC 13239: CRC-16 of X.25. */
static uint16_t check_sequence(const uint8_t *p, size_t len)
{
    unsigned crc = 0xFFFF;

    for (size_t i = 0; i < len; i++) {
        crc ^= p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1) != 0 ? crc >> 1 ^ 0x8408 : crc >> 1;
    }
    return (uint16_t)~crc;
}

/* Sent low byte first, unlike all else. */
static bool check_stands(const uint8_t *p, size_t len)
{
    return check_sequence(p, len) == (p[len] | p[len + 1] << 8);
}

bool llc_starts(struct bytes b)
{
    return b.len >= LLC_LEN && b.at[0] == 0xE6 &&
           (b.at[1] == DLMS_LLC_COMMAND || b.at[1] == DLMS_LLC_RESPONSE) &&
           b.at[2] == 0;
}

ssize_t hdlc_len(const uint8_t *buf, size_t len)
{
    size_t flags = 0, body;

    while (flags < len && flags < DLMS_FRAME_MAX && buf[flags] == FLAG)
        flags++;
    if (flags == DLMS_FRAME_MAX) {
        (void)err_raise(ERR_PROTOCOL, "HDLC: nothing but flags");
        return -1;
    }
    if (len - flags < 2)
        return 0;
    body = (size_t)(buf[flags] & 7) << 8 | buf[flags + 1];
    if ((buf[flags] & 0xF0) != FORMAT_TYPE || body < SHORTEST) {
        (void)err_raise(ERR_PROTOCOL,
                        "offset %zu: HDLC frame format %02X%02X is not type 3",
                        flags, buf[flags], buf[flags + 1]);
        return -1;
    }
    if (len < flags + body + 1)
        return 0;
    if (buf[flags + body] != FLAG) {
        (void)err_raise(ERR_PROTOCOL,
                        "offset %zu: no HDLC flag behind %zu bytes",
                        flags + body, body);
        return -1;
    }
    /* A flag that both ends this frame and begins the next stays for it. */
    if (len > flags + body + 1 && (buf[flags + body + 1] & 0xF0) == FORMAT_TYPE)
        return (ssize_t)(flags + body);
    return (ssize_t)(flags + body + 1);
}

/* Seven bits a byte; the lowest bit is set in the last. */
static enum err read_address(struct cursor *c, struct dlms_address *out)
{
    uint8_t b[4];
    unsigned n = 0;
    enum err e;

    do {
        if (n == 4)
            return err_raise(ERR_PROTOCOL, "offset %zu: HDLC address too long",
                             c->at);
        if ((e = cursor_u8(c, "HDLC address", &b[n])) != ERR_OK)
            return e;
    } while ((b[n++] & 1) == 0);
    if (n == 3)
        return err_raise(ERR_PROTOCOL, "offset %zu: HDLC address of 3 bytes",
                         c->at - 3);
    *out = (struct dlms_address){ .octets = (uint8_t)n };
    out->upper = (uint16_t)(b[0] >> 1);
    if (n == 2)
        out->lower = (uint16_t)(b[1] >> 1);
    if (n == 4) {
        out->upper = (uint16_t)(b[0] >> 1 << 7 | b[1] >> 1);
        out->lower = (uint16_t)(b[2] >> 1 << 7 | b[3] >> 1);
    }
    return ERR_OK;
}

/* Addresses, control and, when information follows, the header's check. */
static enum err read_header(struct cursor *c, size_t start,
                            struct dlms_frame *out)
{
    enum err e;

    if ((e = read_address(c, &out->destination)) != ERR_OK ||
        (e = read_address(c, &out->source)) != ERR_OK ||
        (e = cursor_u8(c, "HDLC control", &out->control)) != ERR_OK)
        return e;
    if (cursor_left(c) == 0) /* no information, and no HCS */
        return ERR_OK;
    if ((e = cursor_need(c, 2, "HDLC header check")) != ERR_OK)
        return e;
    if (!check_stands(c->base + start, c->at - start))
        return err_raise(ERR_PROTOCOL, "offset %zu: wrong HDLC header check",
                         c->at);
    c->at += 2;
    return ERR_OK;
}

enum err hdlc_read(struct bytes frame, struct dlms_frame *out)
{
    struct cursor c = cursor_of(frame);
    size_t start, body;
    enum err e;

    while (cursor_left(&c) > 0 && frame.at[c.at] == FLAG)
        c.at++;
    start = c.at;
    if ((e = cursor_need(&c, SHORTEST, "HDLC frame")) != ERR_OK)
        return e;
    body = (size_t)(frame.at[start] & 7) << 8 | frame.at[start + 1];
    if (body < SHORTEST || start + body > frame.len)
        return err_raise(ERR_PROTOCOL,
                         "offset %zu: HDLC length %zu does not "
                         "fit",
                         start, body);
    if (!check_stands(frame.at + start, body - 2))
        return err_raise(ERR_PROTOCOL, "offset %zu: wrong HDLC frame check",
                         start + body - 2);
    *out = (struct dlms_frame){ .framing = DLMS_FRAMING_HDLC };
    out->last = (frame.at[start] & SEGMENTED) == 0;
    c.at = start + 2;
    c.end = start + body - 2;
    if ((e = read_header(&c, start, out)) != ERR_OK)
        return e;
    return cursor_take(&c, cursor_left(&c), "information", &out->info);
}

void dlms_frame_seal(uint8_t *frame, size_t len)
{
    size_t start = 0, body;
    uint16_t check;

    while (start < len && frame[start] == FLAG)
        start++;
    if (start == 0 || len - start < SHORTEST)
        return; /* no HDLC */
    body = (size_t)(frame[start] & 7) << 8 | frame[start + 1];
    if (body < SHORTEST || start + body > len)
        return;
    check = check_sequence(frame + start, body - 2);
    frame[start + body - 2] = (uint8_t)check;
    frame[start + body - 1] = (uint8_t)(check >> 8);
}

static enum err put_address(struct dlms_out *o, struct dlms_address at)
{
    unsigned u = at.upper, l = at.lower;
    unsigned limit = at.octets == 4 ? 0x4000 : 0x80;

    if ((at.octets != 1 && at.octets != 2 && at.octets != 4) || u >= limit ||
        l >= limit || (at.octets == 1 && l != 0))
        return err_raise(ERR_INVALID,
                         "HDLC address %u.%u does not fit %u "
                         "bytes",
                         u, l, at.octets);
    if (at.octets == 4)
        dlms_out_u8(o, u >> 7 << 1);
    dlms_out_u8(o, (u & 0x7F) << 1 | (at.octets == 1));
    if (at.octets == 4)
        dlms_out_u8(o, l >> 7 << 1);
    if (at.octets > 1)
        dlms_out_u8(o, (l & 0x7F) << 1 | 1);
    return ERR_OK;
}

static void put_check(struct dlms_out *o, size_t from)
{
    uint16_t check = check_sequence(o->at + from, o->len - from);

    dlms_out_u8(o, check & 0xFF);
    dlms_out_u8(o, check >> 8);
}

enum err hdlc_put(struct dlms_out *o, struct dlms_address source,
                  struct dlms_address destination, uint8_t control, bool last,
                  struct bytes info)
{
    /* Without information there is no header check sequence. */
    size_t body = (info.len > 0 ? 7u : 5u) + source.octets +
                  destination.octets + info.len;
    size_t from;
    enum err e;

    dlms_out_u8(o, FLAG);
    from = o->len;
    dlms_out_u16(o, (unsigned)(FORMAT_TYPE << 8 | (last ? 0 : SEGMENTED << 8) |
                               (int)body));
    if ((e = put_address(o, destination)) != ERR_OK ||
        (e = put_address(o, source)) != ERR_OK)
        return e;
    dlms_out_u8(o, control);
    put_check(o, from);
    if (info.len > 0) {
        dlms_out_raw(o, info.at, info.len);
        put_check(o, from);
    }
    dlms_out_u8(o, FLAG);
    return ERR_OK;
}

enum err dlms_hdlc_put(struct dlms_out *o, struct dlms_address source,
                       struct dlms_address destination, enum dlms_llc llc,
                       struct bytes apdu)
{
    size_t most = DLMS_HDLC_MAX - 7u - source.octets - destination.octets;
    struct dlms_out whole;
    enum err e;

    if (apdu.len == 0 || apdu.len > DLMS_APDU_MAX)
        return err_raise(ERR_INVALID, "an APDU of %zu bytes", apdu.len);
    dlms_out_init(&whole, o->a);
    dlms_out_u8(&whole, 0xE6);
    dlms_out_u8(&whole, llc);
    dlms_out_u8(&whole, 0);
    dlms_out_raw(&whole, apdu.at, apdu.len);
    for (size_t at = 0; at < whole.len; at += most) {
        size_t n = whole.len - at < most ? whole.len - at : most;

        if ((e = hdlc_put(o, source, destination, CONTROL_UI,
                          at + n == whole.len,
                          (struct bytes){ whole.at + at, n })) != ERR_OK)
            return e;
    }
    return ERR_OK;
}
