/* What both ends of a session do with an APDU that goes out. For lib/dlms
 * only. */
#ifndef LAZUR_LIB_DLMS_WIRE_H
#define LAZUR_LIB_DLMS_WIRE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/dlms/gbt.h"
#include "lib/dlms/security.h"

/* Where an APDU goes: who protects it, and what the other end can take. */
struct wire {
    struct arena *work;
    struct dlms_security *security;
    struct gbt *gbt;
    size_t pdu; /* of the other end; 0: no bound */
    bool general_blocks;
};

/* A copy in a; empty stays empty. */
struct bytes wire_keep(struct arena *a, struct bytes b);

/* How long a plain APDU may be; SIZE_MAX without a bound. */
size_t wire_room(const struct dlms_security *s, size_t pdu);

/* Protected, and in general blocks when too long. ERR_INVALID when it is too
 * long and those were not agreed on. */
enum err wire_send(const struct wire *w, const struct dlms_out *plain,
                   struct dlms_out *out) MUST_CHECK;

#endif
