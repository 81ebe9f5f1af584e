/*
 * A session of the exchange log as telegrams, for people: what the listener
 * has kept piece by piece (lib/exchange/frames.h), cut as the driver cuts it.
 */
#ifndef LAZUR_DAEMON_DRIVERS_TRANSCRIPT_H
#define LAZUR_DAEMON_DRIVERS_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"

struct told {
    int64_t first_ms, last_ms; /* since the meter called; of its pieces */
    bool to_meter, hidden;
    bool whole;      /* a telegram, as far as its driver sees */
    struct bytes is; /* in the arena, or in frames */
};

struct transcript {
    struct told *told;
    size_t n;
    bool cut; /* what is kept ends inside of a piece */
};

/* protocol  as the log has it; "": no driver knew it, pieces stay pieces
 * ERR_PROTOCOL: kept by another version of the listener */
enum err transcript_read(struct arena *a, const char *protocol,
                         struct bytes frames,
                         struct transcript *out) MUST_CHECK;

/* What bytes say, line by line, each level two spaces deeper; "" when their
 * protocol is not known. */
const char *transcript_text(struct arena *a, const char *protocol,
                            struct bytes b);

#endif
