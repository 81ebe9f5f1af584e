/* Frames one after another in pasted bytes, and the APDUs they carry. */
#include "lib/dlms/telegram.h"

#include "lib/dlms/framing.h"

void telegram_init(struct telegram *t, struct arena *a, struct bytes b)
{
    *t = (struct telegram){ .a = a, .b = b };
}

bool telegram_more(const struct telegram *t)
{
    return t->at < t->b.len;
}

/* Without any framing: all that is left is one APDU, perhaps behind LLC. */
static bool read_bare(struct telegram *t, struct bytes rest)
{
    uint8_t first = rest.at[0];

    if (llc_starts(rest))
        t->head = (struct dlms_frame){ .framing = DLMS_FRAMING_LLC };
    else if (dlms_tag_name(first) != NULL)
        t->head = (struct dlms_frame){ .framing = DLMS_FRAMING_BARE };
    else
        return false;
    t->frame = rest;
    t->head.info = rest;
    t->head.last = true;
    return true;
}

enum err telegram_next(struct telegram *t)
{
    struct bytes rest = { t->b.at + t->at, t->b.len - t->at };
    enum err e;

    t->whole = false;
    t->frame = (struct bytes){ 0 };
    if (!read_bare(t, rest)) {
        ssize_t n = dlms_frame_len(rest.at, rest.len);

        if (n < 0)
            return ERR_PROTOCOL;
        if (n == 0)
            return err_raise(ERR_PROTOCOL, "offset %zu: the frame is cut short",
                             rest.len);
        t->frame = (struct bytes){ rest.at, (size_t)n };
        if ((e = dlms_frame_read(t->frame, &t->head)) != ERR_OK)
            return e;
    }
    t->at += t->frame.len;
    return dlms_assemble(&t->parts, t->a, &t->head, &t->apdu, &t->whole);
}

enum err telegram_open(struct arena *a, const struct dlms_ciphered *c,
                       const struct dlms_keys *keys, struct bytes *apdu)
{
    const struct bytes no_title = { 0 };

    if (keys == NULL)
        return err_raise(ERR_INVALID, "ciphered, and no key is given");
    return dlms_decipher(a, c, no_title, keys, apdu);
}
