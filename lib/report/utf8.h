/* Characters of UTF-8 text, for writers that cut, wrap or recode it. */
#ifndef LAZUR_LIB_REPORT_UTF8_H
#define LAZUR_LIB_REPORT_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_BROKEN 0xFFFDu /* stands for bytes that are no UTF-8 */

/* The character at *p, which moves behind it; 0 at the end, *p stays. */
uint32_t utf8_next(const char **p);

/* Puts c into at (four bytes are enough); returns how many it took. */
size_t utf8_put(char at[4], uint32_t c);

/* Bytes of the first n characters of s, or of all of it. */
size_t utf8_len_of(const char *s, size_t n);

#endif
