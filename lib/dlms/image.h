/*
 * Image transfer, class 18 (IEC 62056-6-2, 4.4.6): a new firmware into a meter
 * over as many sessions as it takes, as a state machine that says what to ask
 * next and takes the answer.
 *
 *   struct dlms_image i = { .name, .image, .identifier, .resume };
 *   while (dlms_image_next(&i, a, &service, &asked))
 *       ... session.h ... dlms_image_take(&i, a, &answer)
 *
 * Steps: is transfer enabled (5, set if not), block size (2), status (6);
 * initiate (method 1), or when resuming the bitmap of blocks that are there
 * (3); blocks (method 2); first not transferred (4), sent again while there is
 * one; verify (method 3), waited for by status; activate (method 4), waited
 * for by status.
 *
 * What outlives a session is the caller's: that this image was begun (resume).
 * A meter that holds blocks of another size or number starts from the first.
 * Not implemented: image_to_activate_info (7) is not compared, signatures are
 * the meter's to check.
 */
#ifndef LAZUR_LIB_DLMS_IMAGE_H
#define LAZUR_LIB_DLMS_IMAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/dlms/cosem.h"

/* clang-format off */
enum dlms_image_attribute {
    DLMS_IMAGE_BLOCK_SIZE = 2, DLMS_IMAGE_BLOCKS_STATUS = 3,
    DLMS_IMAGE_FIRST_MISSING = 4, DLMS_IMAGE_ENABLED = 5,
    DLMS_IMAGE_STATUS = 6, DLMS_IMAGE_TO_ACTIVATE = 7,
};
enum dlms_image_method {
    DLMS_IMAGE_INITIATE = 1, DLMS_IMAGE_BLOCK = 2, DLMS_IMAGE_VERIFY = 3,
    DLMS_IMAGE_ACTIVATE = 4,
};
enum dlms_image_status {
    DLMS_IMAGE_NOT_INITIATED = 0, DLMS_IMAGE_INITIATED = 1,
    DLMS_IMAGE_VERIFYING = 2, DLMS_IMAGE_VERIFIED = 3,
    DLMS_IMAGE_NOT_VERIFIED = 4, DLMS_IMAGE_ACTIVATING = 5,
    DLMS_IMAGE_ACTIVATED = 6, DLMS_IMAGE_NOT_ACTIVATED = 7,
};
/* clang-format on */

enum dlms_image_phase {
    DLMS_IMAGE_P_ENABLED, /* reading attribute 5 */
    DLMS_IMAGE_P_ENABLE,
    DLMS_IMAGE_P_SIZE,
    DLMS_IMAGE_P_STATUS,
    DLMS_IMAGE_P_BITMAP,
    DLMS_IMAGE_P_INITIATE,
    DLMS_IMAGE_P_BLOCKS,
    DLMS_IMAGE_P_MISSING,
    DLMS_IMAGE_P_VERIFY,
    DLMS_IMAGE_P_VERIFYING, /* status, until the meter has finished */
    DLMS_IMAGE_P_ACTIVATE,
    DLMS_IMAGE_P_ACTIVATING,
    DLMS_IMAGE_P_DONE,
    DLMS_IMAGE_P_FAILED,
};

struct dlms_image {
    /* The caller's, for the machine's life. */
    struct obis name;        /* 0.0.44.0.0.255 */
    struct bytes image;      /* whole */
    struct bytes identifier; /* image_identifier */
    bool resume;             /* this image was begun in a session before */
    bool verify_only;        /* activation follows by a schedule */

    /* The machine's; zeroed before first use. */
    enum dlms_image_phase phase;
    uint32_t block_size, blocks;
    uint32_t at;     /* the block that is out, or next */
    uint32_t again;  /* blocks sent a second time */
    uint8_t *there;  /* bitmap: blocks the meter has; NULL: none known */
    bool waits;      /* the meter is busy: ask again after a while */
    const char *why; /* FAILED: the reason */
};

/*
 * dlms_image_next - what to ask. False when DONE or FAILED.
 * When i->waits the caller lets some time pass first (a second or more); in a
 * session that has no such time it closes, and goes on in the next.
 */
bool dlms_image_next(const struct dlms_image *i, struct arena *a,
                     enum dlms_service *service, struct dlms_asked *asked);

/* The answer to it. life keeps the bitmap, for the machine's life. */
void dlms_image_take(struct dlms_image *i, struct arena *life,
                     const struct dlms_given *answer);

/* Blocks that are there, for a bar of progress. */
uint32_t dlms_image_sent(const struct dlms_image *i);

#endif
