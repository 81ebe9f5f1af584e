/* Two digits of each octet. */
#include "lib/base/hex.h"

char *hex_text(struct arena *a, struct bytes b)
{
    static const char digits[] = "0123456789ABCDEF";
    char *s = arena_alloc(a, b.len * 2 + 1);

    for (size_t i = 0; i < b.len; i++) {
        s[2 * i] = digits[b.at[i] >> 4];
        s[2 * i + 1] = digits[b.at[i] & 15];
    }
    return s;
}
