/* Which framing a telegram came in, the TCP wrapper, and the way back. */
#include "lib/dlms/frame.h"

#include <string.h>

#include "lib/dlms/framing.h"

static ssize_t wrapper_len(const uint8_t *buf, size_t len)
{
    size_t whole;

    if (len >= 2 && buf[1] != 1) {
        (void)err_raise(ERR_PROTOCOL, "offset 0: wrapper version %u, not 1",
                        be16_get(buf));
        return -1;
    }
    if (len < DLMS_WRAPPER_LEN)
        return 0;
    whole = (size_t)be16_get(buf + 6) + DLMS_WRAPPER_LEN;
    if (whole > DLMS_FRAME_MAX) {
        (void)err_raise(ERR_PROTOCOL,
                        "offset 6: a frame of %zu bytes, %d are the most",
                        whole, DLMS_FRAME_MAX);
        return -1;
    }
    return len < whole ? 0 : (ssize_t)whole;
}

static enum err wrapper_read(struct bytes frame, struct dlms_frame *out)
{
    const uint8_t *p = frame.at;

    if (frame.len < DLMS_WRAPPER_LEN || be16_get(p) != 1 ||
        (size_t)be16_get(p + 6) + DLMS_WRAPPER_LEN != frame.len)
        return err_raise(ERR_PROTOCOL, "offset 0: not one wrapper frame");
    *out = (struct dlms_frame){ .framing = DLMS_FRAMING_WRAPPER, .last = true };
    out->source.lower = be16_get(p + 2);
    out->destination.lower = be16_get(p + 4);
    out->info =
        (struct bytes){ p + DLMS_WRAPPER_LEN, frame.len - DLMS_WRAPPER_LEN };
    return ERR_OK;
}

/* A byte of A0 ... AF is HDLC too: the flag before it was taken as the end of
 * the frame before. */
static bool starts_hdlc(uint8_t first)
{
    return first == 0x7E || (first & 0xF0) == 0xA0;
}

ssize_t dlms_frame_len(const uint8_t *buf, size_t len)
{
    if (len == 0)
        return 0;
    if (buf[0] == 0)
        return wrapper_len(buf, len);
    if (starts_hdlc(buf[0]))
        return hdlc_len(buf, len);
    if (buf[0] == 0x68)
        return mbus_len(buf, len);
    (void)err_raise(ERR_PROTOCOL, "offset 0: no framing starts with %02X",
                    buf[0]);
    return -1;
}

enum err dlms_frame_read(struct bytes frame, struct dlms_frame *out)
{
    if (frame.len > 0 && frame.at[0] == 0)
        return wrapper_read(frame, out);
    if (frame.len > 0 && starts_hdlc(frame.at[0]))
        return hdlc_read(frame, out);
    if (frame.len > 0 && frame.at[0] == 0x68)
        return mbus_read(frame, out);
    return err_raise(ERR_PROTOCOL, "offset 0: no framing starts so");
}

char *dlms_line_address(struct arena *a, const struct dlms_frame *f)
{
    switch (f->framing) {
    case DLMS_FRAMING_WRAPPER:
        return arena_printf(a, "wrapper/%u", f->source.lower);
    case DLMS_FRAMING_HDLC:
        if (f->source.octets == 1)
            return arena_printf(a, "hdlc/%u", f->source.upper);
        return arena_printf(a, "hdlc/%u.%u", f->source.upper, f->source.lower);
    case DLMS_FRAMING_MBUS:
        return arena_printf(a, "mbus/%u.%u", f->source.upper, f->source.lower);
    case DLMS_FRAMING_BARE:
    case DLMS_FRAMING_LLC:
        break;
    }
    return arena_strdup(a, "");
}

/* ---- APDUs of several frames ---- */

static bool same_address(struct dlms_address a, struct dlms_address b)
{
    return a.upper == b.upper && a.lower == b.lower && a.octets == b.octets;
}

static bool same_line(const struct dlms_frame *a, const struct dlms_frame *b)
{
    return a->framing == b->framing && same_address(a->source, b->source) &&
           same_address(a->destination, b->destination);
}

/* The LLC header stands once, before the first part. */
static struct bytes without_llc(const struct dlms_frame *f, struct bytes b)
{
    if ((f->framing == DLMS_FRAMING_HDLC || f->framing == DLMS_FRAMING_LLC) &&
        llc_starts(b))
        return (struct bytes){ b.at + LLC_LEN, b.len - LLC_LEN };
    return b;
}

/* The most that the parts may come to: an APDU and what stands before it. */
static size_t most(const struct dlms_assembler *as, const struct dlms_frame *f)
{
    struct bytes begin = as->busy ? (struct bytes){ as->at, as->len } : f->info;

    return DLMS_APDU_MAX + begin.len - without_llc(f, begin).len;
}

/* Whether f is the part that is awaited. */
static enum err check_order(const struct dlms_assembler *as,
                            const struct dlms_frame *f)
{
    if (as->busy && !same_line(&as->head, f))
        return err_raise(ERR_PROTOCOL,
                         "a part of another APDU, %zu bytes into one", as->len);
    if (f->framing == DLMS_FRAMING_MBUS && f->sequence != as->next)
        return err_raise(ERR_PROTOCOL, "part %u came, part %u was awaited",
                         f->sequence, as->next);
    if (as->len + f->info.len > most(as, f))
        return err_raise(ERR_PROTOCOL, "an APDU longer than %d bytes",
                         DLMS_APDU_MAX);
    return ERR_OK;
}

static void add_part(struct dlms_assembler *as, struct arena *a,
                     struct bytes part)
{
    if (part.len > as->cap - as->len) {
        size_t cap = as->cap * 2 + part.len;
        uint8_t *more = arena_alloc(a, cap);

        if (as->len > 0)
            memcpy(more, as->at, as->len);
        as->at = more;
        as->cap = cap;
    }
    if (part.len > 0)
        memcpy(as->at + as->len, part.at, part.len);
    as->len += part.len;
}

enum err dlms_assemble(struct dlms_assembler *as, struct arena *a,
                       const struct dlms_frame *f, struct bytes *apdu,
                       bool *whole)
{
    enum err e;

    *whole = false;
    if ((e = check_order(as, f)) != ERR_OK) {
        *as = (struct dlms_assembler){ 0 };
        return e;
    }
    if (!as->busy && f->last) {
        *apdu = without_llc(f, f->info);
        *whole = true;
        return ERR_OK;
    }
    if (!as->busy)
        as->head = *f;
    as->busy = true;
    add_part(as, a, f->info);
    as->next = (as->next + 1) & 0x0F;
    if (!f->last)
        return ERR_OK;
    *apdu = without_llc(f, (struct bytes){ as->at, as->len });
    *whole = true;
    *as = (struct dlms_assembler){ 0 };
    return ERR_OK;
}

/* ---- writing ---- */

enum err dlms_wrapper_put(struct dlms_out *o, uint16_t source,
                          uint16_t destination, struct bytes apdu)
{
    if (apdu.len == 0 || apdu.len > DLMS_FRAME_MAX - DLMS_WRAPPER_LEN)
        return err_raise(ERR_INVALID, "an APDU of %zu bytes", apdu.len);
    dlms_out_u16(o, 1);
    dlms_out_u16(o, source);
    dlms_out_u16(o, destination);
    dlms_out_u16(o, (unsigned)apdu.len);
    dlms_out_raw(o, apdu.at, apdu.len);
    return ERR_OK;
}

static enum err put_back(struct dlms_out *o, enum dlms_framing framing,
                         struct dlms_address source,
                         struct dlms_address destination, struct bytes apdu)
{
    if (framing == DLMS_FRAMING_WRAPPER)
        return dlms_wrapper_put(o, source.lower, destination.lower, apdu);
    if (framing == DLMS_FRAMING_HDLC)
        return dlms_hdlc_put(o, source, destination, DLMS_LLC_COMMAND, apdu);
    return err_raise(ERR_INVALID, "this framing has no way back");
}

enum err dlms_reply_put(struct dlms_out *o, const struct dlms_frame *f,
                        struct bytes apdu)
{
    return put_back(o, f->framing, f->destination, f->source, apdu);
}

enum err dlms_request_put(struct dlms_out *o, const struct dlms_frame *f,
                          uint16_t client, uint16_t server, struct bytes apdu)
{
    struct dlms_address from = { 0 }, to = f->source;

    if (f->framing == DLMS_FRAMING_HDLC) {
        from.upper = client;
        from.octets = 1;
        to.upper = server;
    } else {
        from.lower = client;
        to.lower = server;
    }
    return put_back(o, f->framing, from, to, apdu);
}
