/*
 * General block transfer (IEC 62056-5-3, 9.4.6.13), one end of it: any APDU in
 * parts, each with its number and the number it confirms. For lib/dlms only.
 *
 * Blocks are sent one at a time and confirmed one by one; they are received in
 * windows, and a lost one is asked for again.
 */
#ifndef LAZUR_LIB_DLMS_GBT_H
#define LAZUR_LIB_DLMS_GBT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/dlms/apdu.h"

struct gbt {
    uint8_t window;   /* of ours: blocks we take without a confirmation */
    size_t max;       /* bytes we take in all */
    uint16_t number;  /* of the block we sent last */
    uint16_t next;    /* of the block awaited */
    unsigned run;     /* blocks since we confirmed */
    unsigned again;   /* times something was asked for again */
    bool started;     /* a block with data has come */
    bool gap;         /* a block of this window is missing */
    struct bytes out; /* what is sent; of the caller */
    size_t at, part;  /* how far; bytes of a block */
    struct dlms_out in;
};

/* Ready for one exchange. in grows in a. */
void gbt_init(struct gbt *g, struct arena *a, uint8_t window, size_t max);

bool gbt_receiving(const struct gbt *g);

/* Send apdu in blocks of pdu bytes: the first goes to o. */
enum err gbt_send(struct gbt *g, struct bytes apdu, size_t pdu,
                  struct dlms_out *o) MUST_CHECK;

/*
 * gbt_hear - a block that came; what is to be sent for it, if anything, to o.
 * *whole turns true when g->in is a whole APDU.
 * ERR_PROTOCOL: more than max bytes, or no progress after three attempts.
 */
enum err gbt_hear(struct gbt *g, const struct dlms_general_block *b,
                  struct dlms_out *o, bool *whole) MUST_CHECK;

#endif
