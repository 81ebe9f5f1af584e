/* M-Bus long frames that carry parts of an APDU (EN 13757-2, 5.3 and
 * EN 13757-3, transport layer CI 00 ... 1F). */
#include "lib/dlms/framing.h"

#define START       0x68
#define STOP        0x16
#define AROUND      6    /* 68 L L 68 before, checksum and 16 behind */
#define SHORTEST    5    /* C, A, CI, STSAP, DTSAP */
#define CI_LAST     0x1F /* of the transport */
#define CI_SEQUENCE 0x0F
#define CI_FINAL    0x10

ssize_t mbus_len(const uint8_t *buf, size_t len)
{
    size_t whole;

    if (len < 4)
        return 0;
    if (buf[1] != buf[2] || buf[3] != START || buf[1] < SHORTEST) {
        (void)err_raise(ERR_PROTOCOL, "offset 1: not an M-Bus long frame");
        return -1;
    }
    whole = (size_t)buf[1] + AROUND;
    if (len < whole)
        return 0;
    if (buf[whole - 1] != STOP) {
        (void)err_raise(ERR_PROTOCOL, "offset %zu: no M-Bus stop byte",
                        whole - 1);
        return -1;
    }
    return (ssize_t)whole;
}

enum err mbus_read(struct bytes frame, struct dlms_frame *out)
{
    const uint8_t *p = frame.at;
    uint8_t sum = 0;
    size_t n;

    if (mbus_len(p, frame.len) != (ssize_t)frame.len || frame.len == 0)
        return err_raise(ERR_PROTOCOL, "offset 0: not an M-Bus long frame");
    n = p[1];
    for (size_t i = 0; i < n; i++)
        sum = (uint8_t)(sum + p[4 + i]);
    if (sum != p[4 + n])
        return err_raise(ERR_PROTOCOL, "offset %zu: wrong M-Bus checksum",
                         4 + n);
    if (p[6] > CI_LAST)
        return err_raise(ERR_PROTOCOL,
                         "offset 6: M-Bus CI %02X carries no DLMS", p[6]);
    *out = (struct dlms_frame){ .framing = DLMS_FRAMING_MBUS };
    out->control = p[4];
    out->source = (struct dlms_address){ .upper = p[5], .lower = p[7] };
    out->destination = (struct dlms_address){ .upper = p[5], .lower = p[8] };
    out->sequence = p[6] & CI_SEQUENCE;
    out->last = (p[6] & CI_FINAL) != 0;
    out->info = (struct bytes){ p + 9, n - SHORTEST };
    return ERR_OK;
}
