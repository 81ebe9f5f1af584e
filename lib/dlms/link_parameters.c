/* What SNRM and UA negotiate (IEC 62056-46, 6.4.4.4.3.2): groups of
 * parameters, each an identifier, a length and a number. */
#include "lib/dlms/link_inner.h"

#include "lib/dlms/cursor.h"

/* clang-format off */
enum { FORMAT = 0x81, GROUP = 0x80 };
enum { INFO_SEND = 5, INFO_RECEIVE = 6, WINDOW_SEND = 7, WINDOW_RECEIVE = 8 };
/* clang-format on */

static enum err read_number(struct cursor *c, uint32_t *out)
{
    uint8_t n = 0, b = 0;
    enum err e;

    *out = 0;
    if ((e = cursor_u8(c, "parameter", &n)) != ERR_OK)
        return e;
    if (n == 0 || n > 4)
        return err_raise(ERR_PROTOCOL, "offset %zu: a parameter of %u bytes",
                         c->at, n);
    for (; n > 0; n--) {
        if ((e = cursor_u8(c, "parameter", &b)) != ERR_OK)
            return e;
        *out = *out << 8 | b;
    }
    return ERR_OK;
}

static uint16_t length_of(uint32_t v)
{
    if (v == 0)
        return DLMS_LINK_INFO;
    return (uint16_t)(v < DLMS_LINK_INFO_MAX ? v : DLMS_LINK_INFO_MAX);
}

static uint8_t window_of(uint32_t v)
{
    return (uint8_t)(v == 0 ? 1 : v < 7 ? v : 7);
}

enum err link_parameters_read(struct bytes info, struct link_parameters *out)
{
    struct cursor c = cursor_of(info), in = { 0 };
    uint8_t format = 0, group = 0, id = 0, len = 0;
    uint32_t v = 0;
    enum err e;

    *out = (struct link_parameters){ DLMS_LINK_INFO, DLMS_LINK_INFO, 1, 1 };
    if (info.len == 0)
        return ERR_OK;
    if ((e = cursor_u8(&c, "format", &format)) != ERR_OK ||
        (e = cursor_u8(&c, "group", &group)) != ERR_OK ||
        (e = cursor_u8(&c, "length", &len)) != ERR_OK ||
        (e = cursor_need(&c, len, "parameters")) != ERR_OK)
        return e;
    if (format != FORMAT || group != GROUP)
        return ERR_OK; /* the maker's own: the defaults hold */
    in = c;
    in.end = in.at + len;
    while (cursor_left(&in) > 0) {
        if ((e = cursor_u8(&in, "parameter", &id)) != ERR_OK ||
            (e = read_number(&in, &v)) != ERR_OK)
            return e;
        if (id == INFO_SEND)
            out->info_send = length_of(v);
        else if (id == INFO_RECEIVE)
            out->info_receive = length_of(v);
        else if (id == WINDOW_SEND)
            out->window_send = window_of(v);
        else if (id == WINDOW_RECEIVE)
            out->window_receive = window_of(v);
    }
    return ERR_OK;
}

void link_parameters_put(struct dlms_out *o, const struct link_parameters *p)
{
    dlms_out_u8(o, FORMAT);
    dlms_out_u8(o, GROUP);
    dlms_out_u8(o, 20);
    dlms_out_u8(o, INFO_SEND);
    dlms_out_u8(o, 2);
    dlms_out_u16(o, p->info_send);
    dlms_out_u8(o, INFO_RECEIVE);
    dlms_out_u8(o, 2);
    dlms_out_u16(o, p->info_receive);
    dlms_out_u8(o, WINDOW_SEND);
    dlms_out_u8(o, 4);
    dlms_out_u32(o, p->window_send);
    dlms_out_u8(o, WINDOW_RECEIVE);
    dlms_out_u8(o, 4);
    dlms_out_u32(o, p->window_receive);
}

static uint16_t less(uint16_t a, uint16_t b)
{
    return a < b ? a : b;
}

/* What one end sends the other must be able to take. */
struct link_parameters
link_parameters_agree(const struct link_parameters *ours,
                      const struct link_parameters *theirs)
{
    return (struct link_parameters){
        less(ours->info_send, theirs->info_receive),
        less(ours->info_receive, theirs->info_send),
        (uint8_t)less(ours->window_send, theirs->window_receive),
        (uint8_t)less(ours->window_receive, theirs->window_send),
    };
}
