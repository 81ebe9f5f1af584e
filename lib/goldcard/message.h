/*
 * What a goldCard meter says, as far as its frames prove it (letters as in
 * frame.h). Messages of the variety 01 00 15 have blocks of two shapes:
 *
 *   objects   number of objects, then id (2 bytes), length (1), value        A
 *     C387, 24 bytes   0  clock of the meter, BCD YY MM DD hh mm ss          A
 *                      6  battery, mV                                        A
 *                      8  eight bytes, of the radio perhaps: unknown         C
 *                     16  the register, 0.001 m3                             B
 *                     20  four bytes, gas or water that went back, or flags:
 *                         unknown                                            C
 *     C388, 8 bytes    as C387 from 16 on                                    A
 *     210D, 1 byte     01: unknown                                           C
 *   days      00 51, number of months, then 126 bytes for each: BCD year and
 *             month, 31 registers of 4 bytes; a day that does not exist, or has
 *             no register yet, is 0                                          B
 *
 * Of «days» only one frame is known, with pieces missing: its lengths fit the
 * shape to the byte, and nothing says whether a day's register is that of its
 * beginning or its end. A new meter's 0.000 m3 cannot be told from no register.
 * The clock has no zone: it showed two hours more than the log it stood in.
 */
#ifndef LAZUR_LIB_GOLDCARD_MESSAGE_H
#define LAZUR_LIB_GOLDCARD_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/goldcard/frame.h"

/* Bytes whose meaning is not known, named by where they stand. */
struct goldcard_unknown {
    char name[24]; /* "C387 unknown 8-15", "ABCD unknown" */
    struct bytes value;
};

struct goldcard_object {
    uint16_t id;
    struct bytes value;
};

struct goldcard_day {
    int year, month, day;
    uint32_t volume_dm3;
};

/* Views into the frame; lists are the arena's. */
struct goldcard_message {
    bool has_clock;
    int64_t clock_s; /* of the meter's own zone, as if that were UTC */
    bool has_battery;
    uint16_t battery_mv;
    bool has_volume;
    uint32_t volume_dm3;
    bool is_days; /* else objects */
    size_t objects_n, unknown_n, days_n;
    struct goldcard_object *objects;
    struct goldcard_unknown *unknown;
    struct goldcard_day *days; /* those that have a register, as they stand */
};

/*
 * goldcard_message_read - the block of a message.
 *
 * An object whose id or length was never seen is kept whole as unknown; where
 * C387 gives no register, C388 does.
 * ERR_PROTOCOL: another variety or shape, objects that do not fill the block,
 * a clock or month that is none, a register on a day that does not exist.
 */
enum err goldcard_message_read(struct arena *a, const struct goldcard_frame *f,
                               struct goldcard_message *out) MUST_CHECK;

#endif
