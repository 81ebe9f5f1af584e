/* The meaning of a pushed body: values to a reading in Lazur's units. */
#ifndef LAZUR_DAEMON_DRIVERS_DLMS_READING_H
#define LAZUR_DAEMON_DRIVERS_DLMS_READING_H

#include "daemon/drivers/reading.h"
#include "daemon/drivers/template.h"
#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/dlms/apdu.h"
#include "lib/dlms/push.h"

/* What names a meter that does not name itself, and the time of receipt. */
struct dlms_reading_from {
    const char *title; /* system title in hex, "" without one */
    const char *line;  /* address of the line */
    int64_t received_us;
    int zone_minutes;
};

/*
 * dlms_reading - a reading of a notification by its template; registers are
 * in a.
 *
 * names  the values of the body that have names, for named templates
 * ERR_PROTOCOL when the body cannot be what the template says, e.g. an
 * identity longer than READING_NAME_MAX.
 */
enum err dlms_reading(struct arena *a, const struct dlms_notification *n,
                      const struct template *t, const struct dlms_push *names,
                      const struct dlms_reading_from *from,
                      struct reading *out) MUST_CHECK;

#endif
