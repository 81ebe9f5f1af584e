/* What the files of the DLMS driver share. */
#ifndef LAZUR_DAEMON_DRIVERS_DLMS_INNER_H
#define LAZUR_DAEMON_DRIVERS_DLMS_INNER_H

#include "daemon/drivers/driver.h"
#include "lib/dlms/client.h"
#include "lib/dlms/frame.h"

/* The far end of a connection, as struct driver's line. */
struct dlms_line {
    enum dlms_framing framing;
    struct dlms_address source, destination;
};
_Static_assert(sizeof(struct dlms_line) <= LINE_MAX_LEN, "line is too long");

#define DLMS_COMMAND_STEPS 2

/* A command on its way: the method, then the state it led to. */
struct dlms_command {
    struct dlms_client client;
    struct dlms_step steps[DLMS_COMMAND_STEPS];
    struct dlms_value parameter;
    struct dlms_frame far;
    enum command_kind kind;
    uint16_t client_sap;
    uint8_t result; /* of the method */
};

/* The APDU of all the frames of a telegram, and the first of them. */
enum err dlms_unpack(struct arena *a, struct bytes telegram,
                     struct dlms_frame *head, struct bytes *apdu,
                     const char **fault) MUST_CHECK;

enum err dlms_command_start(void *state, struct arena *a,
                            const uint8_t line[LINE_MAX_LEN],
                            const struct secret *keys, enum command_kind kind,
                            struct bytes *out) MUST_CHECK;
enum err dlms_command_answer(void *state, struct arena *a,
                             struct bytes telegram,
                             struct command_step *step) MUST_CHECK;

#endif
