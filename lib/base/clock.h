/* Two clocks: the world's for what is stored, the monotonic for timeouts. */
#ifndef LAZUR_LIB_BASE_CLOCK_H
#define LAZUR_LIB_BASE_CLOCK_H

#include <stdint.h>

int64_t clock_now_us(void);       /* microseconds since 1970-01-01 UTC */
int64_t clock_monotonic_us(void); /* microseconds since some start */

#endif
