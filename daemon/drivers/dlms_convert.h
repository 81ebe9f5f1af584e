/* COSEM values as whole numbers and as text. */
#ifndef LAZUR_DAEMON_DRIVERS_DLMS_CONVERT_H
#define LAZUR_DAEMON_DRIVERS_DLMS_CONVERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/dlms/value.h"

/*
 * value * 10^exponent, rounded half away from zero. False when the value is
 * no number or the result does not fit; *exact when nothing was rounded.
 */
bool dlms_scaled(const struct dlms_value *v, int exponent, int64_t *out,
                 bool *exact);

/* Text as it is, other octets in hex, numbers in decimal; NULL: nothing. */
const char *dlms_text(struct arena *a, const struct dlms_value *v);

/* A copy of s without outer spaces, cut to fit at the start of a UTF-8
 * character. */
void word_copy(char *out, size_t size, const char *s);

#endif
