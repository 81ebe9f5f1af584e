/*
 * A meter's side of one command behind its push: lets the client in, closes its
 * valve, shows it closed, and is released. As little work as there can be; for
 * load_client only.
 */
#ifndef LAZUR_TESTS_LOAD_OBEY_H
#define LAZUR_TESTS_LOAD_OBEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/bytes.h"

#define OBEY_HEAD 8 /* of the wrapper, IEC 62056-47 */
#define OBEY_MAX  64

enum obey_does { OBEY_ANSWERS, OBEY_WAITS, OBEY_IS_FREE };

/* AARE: accepted, GET SET ACTION; RLRE. */
static const uint8_t obey_aare[] = {
    0x61, 0x29, 0xA1, 0x09, 0x06, 0x07, 0x60, 0x85, 0x74, 0x05, 0x08,
    0x01, 0x01, 0xA2, 0x03, 0x02, 0x01, 0x00, 0xA3, 0x05, 0xA1, 0x03,
    0x02, 0x01, 0x00, 0xBE, 0x10, 0x04, 0x0E, 0x08, 0x00, 0x06, 0x5F,
    0x1F, 0x04, 0x00, 0x00, 0x1C, 0x1D, 0x04, 0x00, 0x00, 0x07
};
static const uint8_t obey_rlre[] = { 0x63, 0x03, 0x80, 0x01, 0x00 };

static inline size_t obey_put(uint8_t *out, const uint8_t *frame,
                              const void *apdu, size_t len)
{
    be16_put(out, 1);
    memcpy(out + 2, frame + 4, 2); /* to who asked */
    memcpy(out + 4, frame + 2, 2);
    be16_put(out + 6, (uint16_t)len);
    memcpy(out + OBEY_HEAD, apdu, len);
    return OBEY_HEAD + len;
}

/* The answer to a whole frame, its length in *len; deaf: none to an ACTION. */
static inline enum obey_does obey(const uint8_t *frame, bool deaf,
                                  uint8_t out[OBEY_MAX], size_t *len)
{
    const uint8_t *apdu = frame + OBEY_HEAD;
    const uint8_t acted[] = { 0xC7, 0x01, apdu[2], 0x00, 0x00 };
    const uint8_t closed[] = { 0xC4, 0x01, apdu[2], 0x00, 0x16, 0x00 };

    *len = 0;
    if (apdu[0] == 0x60)
        *len = obey_put(out, frame, obey_aare, sizeof(obey_aare));
    else if (apdu[0] == 0xC3 && !deaf)
        *len = obey_put(out, frame, acted, sizeof(acted));
    else if (apdu[0] == 0xC0)
        *len = obey_put(out, frame, closed, sizeof(closed));
    else if (apdu[0] == 0x62)
        *len = obey_put(out, frame, obey_rlre, sizeof(obey_rlre));
    if (apdu[0] == 0x62)
        return OBEY_IS_FREE;
    return *len > 0 ? OBEY_ANSWERS : OBEY_WAITS;
}

#endif
