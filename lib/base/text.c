/* What is typed, before anybody looks at what it says. */
#include "lib/base/text.h"

#include <string.h>

static const char around[] = " \t\r\n";

size_t text_length(const char *utf8)
{
    size_t n = 0;

    for (; *utf8 != '\0'; utf8++)
        n += ((unsigned char)*utf8 & 0xC0) != 0x80;
    return n;
}

char *text_trimmed(struct arena *a, const char *text)
{
    const char *from = text + strspn(text, around);
    size_t n = strlen(from);

    while (n > 0 && strchr(around, from[n - 1]) != NULL)
        n--;
    return arena_strndup(a, from, n);
}

char *text_lines(struct arena *a, const char *text)
{
    char *out = text_trimmed(a, text), *to = out;

    for (const char *p = out; *p != '\0'; p++) {
        if (*p != '\r')
            *to++ = *p;
    }
    *to = '\0';
    return out;
}
