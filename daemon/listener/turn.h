/* One thing to do with a meter, as the database tells it (meter_turn). */
#ifndef LAZUR_DAEMON_LISTENER_TURN_H
#define LAZUR_DAEMON_LISTENER_TURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/drivers/driver.h"
#include "lib/base/db.h"

struct turn {
    int64_t command_id; /* 0: a setting, which has no row */
    enum command_kind kind;
    bool verify;
    int64_t a, b;
    const char *word;       /* views of the rows: copy what is kept */
    const char *sealed_hex; /* "\\x..." or NULL */
};

/* command_id, kind, verify, a, b, word, sealed from column col on. False:
 * nothing is to be done, or a kind that this program does not know. */
bool turn_read(const struct rows *r, size_t row, int col, struct turn *out);

/* command.kind of the database. */
const char *turn_word(enum command_kind kind);

#endif
