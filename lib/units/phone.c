/* One rule for what is typed into a form and what stands in a table. */
#include "lib/units/phone.h"

#include <stddef.h>
#include <string.h>

#define DIGITS_MIN 5
#define DIGITS_MAX 15

bool phone_fits(const char *text)
{
    size_t digits = 0;

    if (strlen(text) > PHONE_MAX)
        return false;
    for (const char *p = text; *p != '\0'; p++) {
        if (*p >= '0' && *p <= '9')
            digits++;
        else if (strchr(" +()-", *p) == NULL)
            return false;
    }
    return digits >= DIGITS_MIN && digits <= DIGITS_MAX;
}
