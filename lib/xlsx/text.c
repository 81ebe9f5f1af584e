/* ST_Xstring (ECMA-376 Part 1, 22.9.2.19): _x000D_ is a carriage return. */
#include "lib/xlsx/parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lib/report/utf8.h"

/* "_xHHHH_" at p; the character, 0 when it is nothing of the kind. */
static uint32_t escaped(const char *p, const char *end)
{
    char digits[5];

    if (end - p < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_')
        return 0;
    memcpy(digits, p + 2, 4);
    digits[4] = '\0';
    for (int i = 0; i < 4; i++) {
        if (!isxdigit((unsigned char)digits[i]))
            return 0;
    }
    return (uint32_t)strtoul(digits, NULL, 16);
}

/* No character of UTF-8 is left in two. */
static void cut(struct buf *text)
{
    size_t n = XLSX_TEXT_MAX;

    if (text->len <= n)
        return;
    while (n > 0 && ((unsigned char)text->at[n] & 0xC0) == 0x80)
        n--;
    text->len = n;
    text->at[n] = '\0';
}

void text_finish(struct buf *text)
{
    char *from, *to, *end;

    cut(text);
    if (text->len == 0 || memchr(text->at, '_', text->len) == NULL)
        return;
    from = to = text->at;
    end = from + text->len;
    while (from < end) {
        uint32_t c = escaped(from, end);

        /* Halves of a pair are left as they are written. */
        if (c != 0 && (c < 0xD800 || c > 0xDFFF)) {
            to += utf8_put(to, c);
            from += 7;
        } else {
            *to++ = *from++;
        }
    }
    *to = '\0';
    text->len = (size_t)(to - text->at);
}
