/*
 * What a telegram travels in, and how its APDU is taken out:
 *   wrapper   IEC 62056-47, 00 01, source, destination, length
 *   HDLC      IEC 62056-46, 7E, frame format type 3, addresses of 1, 2 or 4
 *             bytes, HCS and FCS, segmentation bit, LLC E6 E7 00 / E6 E6 00
 *   M-Bus     EN 13757-2 long frame 68 L L 68 with the transport layer of
 *             EN 13757-3, CI 00 ... 1F: one APDU over several frames
 *   LLC, bare an APDU with and without E6 E7 00, as people paste them into
 *             lazur-decode; never recognised on a connection
 * HDLC here is single frames; its connection mode (SNRM, I frames, windows) is
 * link.h. Not implemented: byte stuffing, frames are found by their length.
 */
#ifndef LAZUR_LIB_DLMS_FRAME_H
#define LAZUR_LIB_DLMS_FRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/value.h"

#define DLMS_FRAME_MAX 16384 /* a longer one is not ours */
#define DLMS_APDU_MAX  16384 /* of all the frames of one APDU together */

#define DLMS_WRAPPER_LEN 8
#define DLMS_HDLC_MAX    2047 /* frame length field: 11 bits */

enum dlms_framing {
    DLMS_FRAMING_BARE,
    DLMS_FRAMING_LLC,
    DLMS_FRAMING_WRAPPER,
    DLMS_FRAMING_HDLC,
    DLMS_FRAMING_MBUS,
};

/*
 * One end of the line.
 *   wrapper  lower is the wPort
 *   HDLC     upper is the logical, lower the physical device; an address of
 *            one byte has only upper (a client's SAP)
 *   M-Bus    upper is the address field (the meter's, both ways), lower the
 *            transport's STSAP or DTSAP
 */
struct dlms_address {
    uint16_t upper, lower;
    uint8_t octets; /* HDLC: 1, 2 or 4 as sent; else 0 */
};

struct dlms_frame {
    enum dlms_framing framing;
    struct dlms_address source, destination;
    uint8_t control;   /* HDLC control or M-Bus C field; UI is 13 */
    uint8_t sequence;  /* M-Bus: number of this frame in its APDU, 0 ... 15 */
    bool last;         /* no more frames of this APDU follow */
    struct bytes info; /* an APDU or a part; dlms_assemble takes off the LLC */
};

/*
 * dlms_frame_len - how long the first whole frame in buf is.
 *
 * 0: read more. -1: not ours (unknown start, wrapper version not 1, longer
 * than DLMS_FRAME_MAX), err_reason() says why. Flags between HDLC frames
 * belong to the frame that follows; frames may share one.
 */
ssize_t dlms_frame_len(const uint8_t *buf, size_t len);

/*
 * dlms_frame_read - take apart one frame of the length dlms_frame_len said.
 * out->info points into frame. ERR_PROTOCOL on a wrong check sequence or sum,
 * a length that does not fit, an M-Bus CI that is no transport of DLMS.
 */
enum err dlms_frame_read(struct bytes frame, struct dlms_frame *out) MUST_CHECK;

/* After a change of its information: the check sequence of HDLC is that of
 * what stands there now. Frames of other framings are left as they are. */
void dlms_frame_seal(uint8_t *frame, size_t len);

/* A name for the meter at the far end when nothing else names it:
 * "wrapper/1", "hdlc/16.65", "mbus/255.1". */
char *dlms_line_address(struct arena *a, const struct dlms_frame *f);

/* ---- APDUs of several frames ---- */

/* Zeroed before first use; the caller owns it. */
struct dlms_assembler {
    uint8_t *at; /* in the arena given to dlms_assemble */
    size_t len, cap;
    struct dlms_frame head; /* addresses all the others must repeat */
    bool busy;              /* a part has come and the last has not */
    uint8_t next;           /* M-Bus sequence expected */
};

/*
 * dlms_assemble - add a frame's information.
 *
 * *whole turns true when *apdu is complete; it is a view into the frame when
 * that was the only one, else memory of a. a must outlive the frames of one
 * APDU; when it is reset, zero the assembler too.
 * ERR_PROTOCOL when parts come out of order or from someone else, or grow
 * beyond DLMS_APDU_MAX; the assembler is then empty again.
 */
enum err dlms_assemble(struct dlms_assembler *as, struct arena *a,
                       const struct dlms_frame *f, struct bytes *apdu,
                       bool *whole) MUST_CHECK;

/* ---- writing ---- */

/* ERR_INVALID when the APDU is longer than a frame may be. */
enum err dlms_wrapper_put(struct dlms_out *o, uint16_t source,
                          uint16_t destination, struct bytes apdu) MUST_CHECK;

enum dlms_llc { DLMS_LLC_COMMAND = 0xE6, DLMS_LLC_RESPONSE = 0xE7 };

/*
 * UI frames, segmented when the APDU needs several: source, destination as
 * struct dlms_address says (octets 1, 2 or 4). ERR_INVALID beyond
 * DLMS_APDU_MAX or for an address that does not fit its octets.
 */
enum err dlms_hdlc_put(struct dlms_out *o, struct dlms_address source,
                       struct dlms_address destination, enum dlms_llc llc,
                       struct bytes apdu) MUST_CHECK;

/*
 * dlms_reply_put - apdu back to whom f came from, in f's framing, addresses
 * swapped (HDLC: as a command, for the meter is the server).
 * ERR_INVALID for framings that have no way back (M-Bus, LLC, bare).
 */
enum err dlms_reply_put(struct dlms_out *o, const struct dlms_frame *f,
                        struct bytes apdu) MUST_CHECK;

/*
 * The same to another logical device and as another client: what the driver
 * sends when it acts as the client on the connection of a push (wrapper:
 * client is the wPort, e.g. 16 or 32; server usually 1).
 */
enum err dlms_request_put(struct dlms_out *o, const struct dlms_frame *f,
                          uint16_t client, uint16_t server,
                          struct bytes apdu) MUST_CHECK;

#endif
