/* The gas profile of docs/protocol.md as a template, for those who have no
 * database: lazur-decode, and tests. */
#ifndef LAZUR_LIB_DLMS_GAS_PROFILE_H
#define LAZUR_LIB_DLMS_GAS_PROFILE_H

#include "lib/dlms/push.h"

extern const struct dlms_push_template dlms_gas_profile;
/* With the base station behind it. */
extern const struct dlms_push_template dlms_gas_profile_cell;

#endif
