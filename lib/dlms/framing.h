/* The framings behind frame.h, one .c file each. For lib/dlms only. */
#ifndef LAZUR_LIB_DLMS_FRAMING_H
#define LAZUR_LIB_DLMS_FRAMING_H

#include "lib/dlms/frame.h"

/* Length and reading as frame.h says, for one framing. */
ssize_t hdlc_len(const uint8_t *buf, size_t len);
enum err hdlc_read(struct bytes frame, struct dlms_frame *out) MUST_CHECK;
/* One frame with any control field. */
enum err hdlc_put(struct dlms_out *o, struct dlms_address source,
                  struct dlms_address destination, uint8_t control, bool last,
                  struct bytes info) MUST_CHECK;
ssize_t mbus_len(const uint8_t *buf, size_t len);
enum err mbus_read(struct bytes frame, struct dlms_frame *out) MUST_CHECK;

/* IEC 62056-46, 5.3.3: LLC header E6 E6 00 or E6 E7 00. */
#define LLC_LEN 3
bool llc_starts(struct bytes b);

#endif
