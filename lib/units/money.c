/* Kopecks as text. */
#include "lib/units/money.h"

#include "lib/units/quantity.h"

char *money_text(struct arena *a, struct money m)
{
    return decimal_text(a, m.kopecks, -2);
}
