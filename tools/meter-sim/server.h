/*
 * The meter's side of an association, as a DLMS server without a socket:
 * AARQ with none or low level security, GET of what a technician would look
 * at and of archives, SET of what can be told, ACTION on the valve and the
 * clock, RLRQ. What it does not know it refuses as the
 * standard says.
 */
#ifndef LAZUR_TOOLS_METER_SIM_SERVER_H
#define LAZUR_TOOLS_METER_SIM_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/apdu.h"
#include "lib/dlms/value.h"
#include "tools/meter-sim/meter.h"

struct server {
    bool associated;
    bool trusted; /* knows the password, or the meter has none */
    bool released;
};

/* Whoever does what is asked, and writes it down. */
struct server_hands {
    void *ctx;
    /* Moves the valve; returns enum dlms_result. */
    unsigned (*valve)(void *ctx, struct meter *m, bool is_open);
    /* Told before an attribute is written, or a clock moved. */
    void (*written)(void *ctx, struct meter *m,
                    const struct dlms_target *target, unsigned result,
                    struct bytes value);
};

/*
 * server_answer - an APDU in, the APDU to send back in out.
 * ERR_PROTOCOL when the bytes are no APDU at all: hang up.
 */
enum err server_answer(struct server *s, struct meter *m, int64_t now_us,
                       struct arena *a, struct bytes apdu,
                       const struct server_hands *hands,
                       struct dlms_out *out) MUST_CHECK;

#endif
