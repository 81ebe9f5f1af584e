/* Each text counts with its end, so that "ab", "c" is not "a", "bc". */
#include "cgi-bin/operator/version.h"

uint64_t version_add(uint64_t version, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;

    do {
        version = (version ^ *p) * UINT64_C(0x100000001B3);
    } while (*p++ != '\0');
    return version;
}
