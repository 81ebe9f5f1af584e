/* RFC 4180 with the separator of locales whose decimal sign is a comma. */
#include "lib/report/csv.h"

#include <string.h>

void csv_put_number(struct buf *b, bool first, const char *number)
{
    if (!first)
        buf_putc(b, ';');
    buf_puts(b, number);
}

/* An account, a serial number: a name made of digits. */
static bool is_digits(const char *text)
{
    return text[0] != '\0' && text[strspn(text, "0123456789")] == '\0';
}

void csv_put_text(struct buf *b, bool first, const char *text)
{
    const char *apostrophe =
        text[0] != '\0' && strchr("=+-@\t\r", text[0]) ? "'" : "";

    if (!first)
        buf_putc(b, ';');
    if (strpbrk(text, ";\"\r\n") == NULL && !is_digits(text)) {
        buf_puts(b, apostrophe);
        buf_puts(b, text);
        return;
    }
    buf_putc(b, '"');
    buf_puts(b, apostrophe);
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"')
            buf_putc(b, '"');
        buf_putc(b, *p);
    }
    buf_putc(b, '"');
}

void csv_put_end(struct buf *b)
{
    buf_add(b, "\r\n", 2);
}
