/* What the body of a push looks like, whatever its values are. */
#ifndef LAZUR_DAEMON_DRIVERS_DLMS_LAYOUT_H
#define LAZUR_DAEMON_DRIVERS_DLMS_LAYOUT_H

#include <stddef.h>

#include "lib/dlms/value.h"

/*
 * "27 objects 1a2b3c4d AIDON_V0001": two bodies of the same structures and
 * logical names, and of the same list version, have one layout. Types of
 * values do not count, for a meter may send null-data for what it has not now,
 * nor does the number of equal entries of an array.
 *
 * version  the list version the meter names, "" without
 */
void dlms_layout(const struct dlms_value *body, const char *version, char *out,
                 size_t size);

#endif
