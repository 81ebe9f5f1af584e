/*
 * The truth file: what the meters know, for a comparison with what the
 * database says. Lines, appended, fields by one space:
 *   S serial meter_time volume status valve      about to be sent; each try
 *   A serial meter_time                          confirmed: must be stored
 *   U serial meter_time                          unconfirmed push, connection
 *                                                closed in order
 *   C serial close|open at result valve          command done; valve is after
 *   V serial at valve button|leak|limit|stuck|repair|control
 *                                                valve moved by itself
 *   W serial at class logical_name attribute result value
 *                                                attribute written, or method
 *                                                called, but for the valve's
 *                                                and the image's; value is its
 *                                                encoding in hex
 * meter_time is seconds, at microseconds since 1970 UTC; volume is dm3, or Wh
 * of electricity meters; valve is - where there is none; result as in
 * enum dlms_result.
 *
 * S lines reach the kernel before the first byte of their telegram does, C,
 * V and W lines before the meter changes.
 */
#ifndef LAZUR_TOOLS_METER_SIM_TRUTH_H
#define LAZUR_TOOLS_METER_SIM_TRUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/apdu.h"
#include "tools/meter-sim/meter.h"

struct truth {
    int fd; /* -1: nobody wants to know */
    size_t len;
    char buf[65536];
};

enum err truth_open(struct truth *t, const char *path) MUST_CHECK;
void truth_close(struct truth *t);

/* Hand what is buffered to the kernel; a full disk ends the process. */
void truth_flush(struct truth *t);

/* A line of another file that is kept the same way. */
void truth_line(struct truth *t, const char *fmt, ...) PRINTF(2, 3);

void truth_sent(struct truth *t, const struct meter *m);
void truth_confirmed(struct truth *t, const struct meter *m, bool by_answer);

/* These flush: the meter changes next. */
void truth_command(struct truth *t, const struct meter *m, bool is_open,
                   int64_t at_us, unsigned result, unsigned valve);
void truth_write(struct truth *t, const struct meter *m, int64_t at_us,
                 const struct dlms_target *target, unsigned result,
                 struct bytes value);
void truth_valve(struct truth *t, const struct meter *m, int64_t at_us,
                 unsigned valve, const char *why);

#endif
