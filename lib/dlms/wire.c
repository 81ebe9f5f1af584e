/* Out of either end of a session: see wire.h. */
#include "lib/dlms/wire.h"

struct bytes wire_keep(struct arena *a, struct bytes b)
{
    if (b.len == 0)
        return (struct bytes){ NULL, 0 };
    return (struct bytes){ arena_memdup(a, b.at, b.len), b.len };
}

size_t wire_room(const struct dlms_security *s, size_t pdu)
{
    size_t overhead = dlms_security_overhead(s, pdu);

    if (pdu == 0)
        return SIZE_MAX;
    return pdu > overhead ? pdu - overhead : 0;
}

enum err wire_send(const struct wire *w, const struct dlms_out *plain,
                   struct dlms_out *out)
{
    struct dlms_out o;
    enum err e;

    dlms_out_init(&o, w->work);
    if (plain->len > wire_room(w->security, w->pdu) && !w->general_blocks)
        return err_raise(ERR_INVALID,
                         "%zu bytes are more than the %zu of a PDU", plain->len,
                         w->pdu);
    if ((e = dlms_security_wrap(w->security, dlms_out_bytes(plain), &o)) !=
        ERR_OK)
        return e;
    if (w->pdu != 0 && o.len > w->pdu)
        return gbt_send(w->gbt, dlms_out_bytes(&o), w->pdu, out);
    dlms_out_raw(out, o.at, o.len);
    return ERR_OK;
}
