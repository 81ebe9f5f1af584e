/*
 * Firmware by image transfer, over as many sessions as it takes: the blocks a
 * meter has already are not sent again.
 */
#include "daemon/drivers/dlms_inner.h"

#include <string.h>

static const struct obis image_transfer = { { 0, 0, 44, 0, 0, 255 } };

enum err dlms_firmware_start(struct dlms_command *c)
{
    const struct command *now = &c->now;

    if (now->image.len == 0)
        return err_raise(ERR_INVALID, "the firmware of this job is gone");
    memset(&c->image, 0, sizeof(c->image));
    c->image.name = image_transfer;
    c->image.image = now->image;
    c->image.identifier = (struct bytes){ (const uint8_t *)now->image_name,
                                          strlen(now->image_name) };
    c->image.resume = now->verify;
    return ERR_OK;
}

enum err dlms_firmware_ask(struct dlms_command *c, struct arena *a,
                           struct dlms_out *apdu)
{
    enum dlms_service service;
    struct dlms_asked asked;

    if (!dlms_image_next(&c->image, a, &service, &asked))
        return err_raise(ERR_INVALID, "nothing is left of the firmware");
    return dlms_session_ask(c->session, service, &asked, 1, apdu);
}

enum command_end dlms_firmware_answer(struct dlms_command *c, struct arena *a,
                                      const struct dlms_given *answer,
                                      struct command_step *step)
{
    dlms_image_take(&c->image, a, answer);
    if (c->image.phase == DLMS_IMAGE_P_DONE)
        return COMMAND_EXECUTED;
    if (c->image.phase == DLMS_IMAGE_P_FAILED) {
        step->why = c->image.why;
        return COMMAND_REFUSED;
    }
    /* The meter checks or activates: its next session tells how that went. */
    return c->image.waits ? COMMAND_SEEN : COMMAND_GOES_ON;
}
