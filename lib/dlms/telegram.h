/* Frames one after another in pasted bytes, and the APDUs they carry. For
 * print.c and json.c. */
#ifndef LAZUR_LIB_DLMS_TELEGRAM_H
#define LAZUR_LIB_DLMS_TELEGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/apdu.h"
#include "lib/dlms/cipher.h"
#include "lib/dlms/frame.h"

struct telegram {
    struct arena *a;
    struct bytes b;
    size_t at; /* of the next frame */
    struct dlms_assembler parts;
    struct bytes frame; /* the last frame read, as it is */
    struct dlms_frame head;
    struct bytes apdu; /* when whole */
    bool whole;
};

void telegram_init(struct telegram *t, struct arena *a, struct bytes b);
bool telegram_more(const struct telegram *t);

/* The next frame; t->whole when it completes an APDU. */
enum err telegram_next(struct telegram *t) MUST_CHECK;

/* The APDU inside a ciphered one. keys may be NULL: ERR_INVALID. */
enum err telegram_open(struct arena *a, const struct dlms_ciphered *c,
                       const struct dlms_keys *keys,
                       struct bytes *apdu) MUST_CHECK;

#endif
