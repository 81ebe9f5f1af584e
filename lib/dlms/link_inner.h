/* What the files of the HDLC link share. For lib/dlms only. */
#ifndef LAZUR_LIB_DLMS_LINK_INNER_H
#define LAZUR_LIB_DLMS_LINK_INNER_H

#include "lib/dlms/framing.h"
#include "lib/dlms/link.h"

struct link_parameters {
    uint16_t info_send, info_receive;
    uint8_t window_send, window_receive;
};

/* Defaults where info is empty or says nothing. */
enum err link_parameters_read(struct bytes info,
                              struct link_parameters *out) MUST_CHECK;
void link_parameters_put(struct dlms_out *o, const struct link_parameters *p);
struct link_parameters
link_parameters_agree(const struct link_parameters *ours,
                      const struct link_parameters *theirs);

#endif
