/*
 * HDLC in connection mode (IEC 62056-46, 6.4 and 6.5), either end of it, as a
 * state machine without line or clock: frames in, frames out.
 *
 *   l = dlms_link_new(&settings)
 *   dlms_link_connect   SNRM                      -> out
 *   dlms_link_hear      UA with what is agreed    -> CONNECTED
 *   dlms_link_send      an APDU in I frames       -> out
 *   dlms_link_hear      RR, I frames ...          -> APDU
 *   dlms_link_again     the caller's clock says no answer came: sent again
 *   dlms_link_close     DISC                      -> out, UA or DM -> CLOSED
 *
 * Implemented: addresses of 1, 2 and 4 bytes, negotiation of both windows and
 * both information lengths, N(S) and N(R), windows of 1 ... 7, RR, RNR,
 * segmentation and reassembly, retransmission (go back N), UI frames in
 * between, DM, FRMR sent by the server and heard by the client, LLC.
 * Not implemented: REJ and SREJ (the standard has none), extended sequence
 * numbers, byte stuffing: frames are found by their length (frame.h).
 *
 * A frame that is broken, or not for us, is as if it had not come. How long to
 * wait, and when a silent line is given up (inactivity), is the caller's.
 */
#ifndef LAZUR_LIB_DLMS_LINK_H
#define LAZUR_LIB_DLMS_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/frame.h"
#include "lib/dlms/value.h"

#define DLMS_LINK_INFO     128 /* bytes of information without negotiation */
#define DLMS_LINK_INFO_MAX 2030
#define DLMS_LINK_ATTEMPTS 3

/* Zeroes are the defaults said beside. */
struct dlms_link_settings {
    bool is_server;
    struct dlms_address ours, theirs;
    uint16_t info_send, info_receive;    /* 0: DLMS_LINK_INFO */
    uint8_t window_send, window_receive; /* 1 ... 7; 0: 1 */
    unsigned attempts;                   /* 0: DLMS_LINK_ATTEMPTS */
};

enum dlms_link_event {
    DLMS_LINK_GOES_ON,   /* send what is in out, or wait */
    DLMS_LINK_CONNECTED, /* UA came (client), SNRM came (server) */
    DLMS_LINK_REFUSED,   /* DM instead of UA; over */
    DLMS_LINK_APDU,      /* apdu is whole */
    DLMS_LINK_PUSH,      /* apdu came in UI frames */
    DLMS_LINK_CLOSED,    /* DISC was said, or DM came; over */
    DLMS_LINK_BROKEN,    /* FRMR came: connect again */
};

struct dlms_link_heard {
    enum dlms_link_event event;
    struct bytes apdu; /* without LLC, valid until the next call of hear */
};

struct dlms_link;

struct dlms_link *dlms_link_new(const struct dlms_link_settings *settings);
void dlms_link_free(struct dlms_link *l); /* l may be NULL */

/* Client: write the SNRM. */
enum err dlms_link_connect(struct dlms_link *l,
                           struct dlms_out *out) MUST_CHECK;

/*
 * dlms_link_send - as many I frames of apdu as the window lets; the others
 * follow from hear. ERR_INVALID when not connected, another APDU is still on
 * its way, or it is longer than DLMS_APDU_MAX.
 */
enum err dlms_link_send(struct dlms_link *l, struct bytes apdu,
                        struct dlms_out *out) MUST_CHECK;

/*
 * dlms_link_hear - one frame, of the length dlms_frame_len said.
 * ERR_PROTOCOL: the other end confirms what was never sent, an APDU grows
 * beyond DLMS_APDU_MAX, or there is no progress after so many attempts.
 */
enum err dlms_link_hear(struct dlms_link *l, struct bytes frame,
                        struct dlms_link_heard *heard,
                        struct dlms_out *out) MUST_CHECK;

/* No answer came in time: what is unconfirmed is sent again, or asked for.
 * ERR_PROTOCOL after so many attempts without progress. */
enum err dlms_link_again(struct dlms_link *l, struct dlms_out *out) MUST_CHECK;

/* Client: write the DISC. */
enum err dlms_link_close(struct dlms_link *l, struct dlms_out *out) MUST_CHECK;

bool dlms_link_is_connected(const struct dlms_link *l);

/* What was agreed on: our sending end. */
size_t dlms_link_info(const struct dlms_link *l);
unsigned dlms_link_window(const struct dlms_link *l);

#endif
