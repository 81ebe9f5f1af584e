/*
 * A frame as people read it: the tree that lazur-decode shows, and the JSON
 * that tests compare. English, with Russian words beside known objects.
 */
#ifndef LAZUR_LIB_DLMS_PRINT_H
#define LAZUR_LIB_DLMS_PRINT_H

#include <stdio.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/apdu.h"
#include "lib/dlms/cipher.h"

/*
 * dlms_print - everything in b: frames in any framing one after another, or
 * one APDU with or without LLC. keys may be NULL: a ciphered APDU is then
 * shown closed.
 * ERR_PROTOCOL, after the tree as far as it could be read.
 */
enum err dlms_print(struct arena *a, struct bytes b,
                    const struct dlms_keys *keys, FILE *out) MUST_CHECK;

/*
 * dlms_json - one line: what the first APDU of b says. A notification with
 * named objects gives "obis", else "values" (os: octets, u32: number ...).
 */
enum err dlms_json(struct arena *a, struct bytes b,
                   const struct dlms_keys *keys, FILE *out) MUST_CHECK;

#endif
