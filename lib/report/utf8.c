/* RFC 3629: decoding that never reads past the end, whatever the bytes. */
#include "lib/report/utf8.h"

/* How many bytes follow the first one; -1 when it cannot be a first one. */
static int followers(unsigned char first)
{
    if (first < 0x80)
        return 0;
    if (first >= 0xC2 && first < 0xE0)
        return 1;
    if (first >= 0xE0 && first < 0xF0)
        return 2;
    if (first >= 0xF0 && first < 0xF5)
        return 3;
    return -1;
}

uint32_t utf8_next(const char **p)
{
    static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
    const unsigned char *s = (const unsigned char *)*p;
    int n = followers(s[0]);
    uint32_t c;

    if (s[0] == '\0')
        return 0;
    if (n <= 0) {
        *p += 1;
        return n == 0 ? s[0] : UTF8_BROKEN;
    }
    c = s[0] & (0x3Fu >> n);
    for (int i = 1; i <= n; i++) {
        if ((s[i] & 0xC0u) != 0x80) {
            *p += i;
            return UTF8_BROKEN;
        }
        c = c << 6 | (s[i] & 0x3Fu);
    }
    *p += n + 1;
    return c < least[n] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)
               ? UTF8_BROKEN
               : c;
}

size_t utf8_put(char at[4], uint32_t c)
{
    if (c < 0x80) {
        at[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        at[0] = (char)(0xC0 | c >> 6);
        at[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        at[0] = (char)(0xE0 | c >> 12);
        at[1] = (char)(0x80 | (c >> 6 & 0x3F));
        at[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    at[0] = (char)(0xF0 | c >> 18);
    at[1] = (char)(0x80 | (c >> 12 & 0x3F));
    at[2] = (char)(0x80 | (c >> 6 & 0x3F));
    at[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

size_t utf8_len_of(const char *s, size_t n)
{
    const char *p = s;

    for (size_t i = 0; i < n && utf8_next(&p) != 0; i++)
        ;
    return (size_t)(p - s);
}
