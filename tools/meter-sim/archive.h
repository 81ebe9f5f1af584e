/* Archives of class 7: the records a meter has made of its days and hours. */
#ifndef LAZUR_TOOLS_METER_SIM_ARCHIVE_H
#define LAZUR_TOOLS_METER_SIM_ARCHIVE_H

#include "lib/base/arena.h"
#include "lib/dlms/apdu.h"
#include "tools/meter-sim/meter.h"

/* An archive of this meter, whatever attribute of it is meant. */
bool archive_is(const struct meter *m, const struct dlms_target *t);

/* capture_objects, or the buffer between the two moments of a range; enum
 * dlms_result. */
unsigned archive_get(const struct meter *m, int64_t now_us, struct arena *a,
                     const struct dlms_request *q, struct dlms_value *out);

#endif
