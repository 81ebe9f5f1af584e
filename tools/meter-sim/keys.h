/*
 * Meters with keys: their pushes are ciphered, and they let in whoever knows
 * the keys or the secret. Who has which is said by a file of the form that
 * `lazur-secret load` takes, so that one file serves both ends.
 */
#ifndef LAZUR_TOOLS_METER_SIM_KEYS_H
#define LAZUR_TOOLS_METER_SIM_KEYS_H

#include "lib/base/secret.h"
#include "lib/dlms/security.h"
#include "tools/meter-sim/fleet.h"

struct keys {
    struct secret secret;
    uint32_t counter; /* the next of ours */
    uint32_t pushed;  /* the counter of the telegram that was last made */
    bool heard;
    uint32_t heard_counter; /* of clients */
};

/*
 * keys_open - lines "SERIAL name=value ..." (lib/base/secret.h), for meters
 * that are played. Counters begin with the seconds of the clock, eight for
 * each, so that a simulator that starts again never uses one twice.
 * ERR_INVALID names the line.
 */
enum err keys_open(const struct fleet *f, const char *path,
                   int64_t now_us) MUST_CHECK;

/* NULL: the meter has no more than a password, if that. */
struct keys *keys_of(const struct meter *m);

/* Its pushes and sessions are ciphered. */
bool keys_cipher(const struct meter *m);

/* The eight bytes it is known by: those of its keys, or LZS and the serial. */
void keys_title(const struct meter *m, uint8_t out[SECRET_TITLE_LEN]);

/* How this meter protects; is_wrong: by keys it does not really have. */
void keys_security(const struct meter *m, bool is_wrong,
                   struct dlms_security *out);
/* What a session has used up and heard. */
void keys_used(const struct meter *m, const struct dlms_security *s);

#endif
