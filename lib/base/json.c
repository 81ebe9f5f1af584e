/* Strings of JSON. */
#include "lib/base/json.h"

#include <stdio.h>

void json_put_text(struct buf *to, const char *text)
{
    buf_putc(to, '"');
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < 0x20 || c == '<') {
            char escaped[8];

            snprintf(escaped, sizeof(escaped), "\\u%04x", c);
            buf_puts(to, escaped);
            continue;
        }
        if (c == '"' || c == '\\')
            buf_putc(to, '\\');
        buf_putc(to, (char)c);
    }
    buf_putc(to, '"');
}
