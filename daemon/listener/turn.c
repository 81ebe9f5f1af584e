/* Rows of meter_turn. */
#include "daemon/listener/turn.h"

#include <string.h>

/* In the order of enum command_kind. */
static const char *const words[COMMAND_KINDS] = {
    "valve_close", "valve_open",     "auto_close",  "cutoff",
    "clock",       "radio_password", "keys",        "sync_reading",
    "pressure",    "period",         "report_hour", "balance",
    "archive",     "server_address", "firmware",    "hourly",
    "events",
};

const char *turn_word(enum command_kind kind)
{
    return words[kind];
}

bool turn_read(const struct rows *r, size_t row, int col, struct turn *out)
{
    const char *kind = row_text(r, row, col + 1);

    for (int i = 0; i < COMMAND_KINDS; i++) {
        if (strcmp(words[i], kind) != 0)
            continue;
        *out = (struct turn){
            .command_id = row_int(r, row, col),
            .kind = (enum command_kind)i,
            .verify = row_bool(r, row, col + 2),
            .a = row_int(r, row, col + 3),
            .b = row_int(r, row, col + 4),
            .word = row_text(r, row, col + 5),
            .sealed_hex =
                row_null(r, row, col + 6) ? NULL : row_text(r, row, col + 6),
        };
        return true;
    }
    return false;
}
