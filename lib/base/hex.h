/* Octets as people write them. */
#ifndef LAZUR_LIB_BASE_HEX_H
#define LAZUR_LIB_BASE_HEX_H

#include "lib/base/arena.h"
#include "lib/base/bytes.h"

/* "0FA7": upper case, nothing between. */
char *hex_text(struct arena *a, struct bytes b);

#endif
