/*
 * The meter's side of an association: a DLMS server (lib/dlms/server.h) that
 * is made when somebody speaks to the meter and forgotten when the session
 * ends. Who is let in: anybody as a reader; with the password of low level
 * security where the meter has one; by high level security, ciphered where it
 * has both keys, where it has a secret. A meter without any of these obeys
 * everybody.
 */
#ifndef LAZUR_TOOLS_METER_SIM_SERVER_H
#define LAZUR_TOOLS_METER_SIM_SERVER_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/value.h"
#include "tools/meter-sim/objects.h"

#define SERVER_PDU_MAX 1024 /* either way, as meters have */

struct server;

/* Whose server it is, as it stands when a request comes. */
struct server_of {
    struct meter *m;
    int64_t now_us;
    bool wrong_key; /* it does not have the secrets it should have */
    uint64_t *chance;
    struct server_hands hands;
};

/*
 * server_hear - an APDU in, the APDU to send back in out; it may be empty.
 * *s is NULL at first, and freed by server_free.
 * ERR_PROTOCOL when the bytes are no APDU at all: hang up.
 */
enum err server_hear(struct server **s, const struct server_of *of,
                     struct arena *a, struct bytes apdu,
                     struct dlms_out *out) MUST_CHECK;
void server_free(struct server *s); /* s may be NULL */

#endif
