/* Kopecks as text and back, and what a volume costs. */
#include "lib/units/money.h"

#include <stdbool.h>
#include <string.h>

#include "lib/units/quantity.h"

char *money_text(struct arena *a, struct money m)
{
    return decimal_text(a, m.kopecks, -2);
}

enum err money_of_volume(int64_t volume_dm3, int64_t price_kopecks_per_1000_m3,
                         struct exact_money *out)
{
    int64_t exact, rest;

    if (volume_dm3 < 0 || price_kopecks_per_1000_m3 < 0 ||
        __builtin_mul_overflow(volume_dm3, price_kopecks_per_1000_m3, &exact))
        return err_raise(ERR_INVALID, "money: the product cannot be");
    out->shown.kopecks = exact / MONEY_CARRY;
    rest = exact % MONEY_CARRY;
    if (rest >= MONEY_CARRY / 2) {
        out->shown.kopecks++;
        rest -= MONEY_CARRY;
    }
    out->carry = (int32_t)rest;
    return ERR_OK;
}

/* ---- what people type ---- */

static bool skip(const char **p, const char *what)
{
    size_t n = strlen(what);

    if (strncmp(*p, what, n) != 0)
        return false;
    *p += n;
    return true;
}

/* Plain, no-break, narrow no-break and thin spaces: of a keyboard, of a page.
 */
static bool skip_space(const char **p)
{
    return skip(p, " ") || skip(p, "\t") || skip(p, "\xC2\xA0") ||
           skip(p, "\xE2\x80\xAF") || skip(p, "\xE2\x80\x89");
}

static void skip_spaces(const char **p)
{
    while (skip_space(p))
        ;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* False on overflow; then *n stays large enough to be beyond any limit. */
static bool add_digit(int64_t *n, char digit)
{
    return !__builtin_mul_overflow(*n, 10, n) &&
           !__builtin_add_overflow(*n, digit - '0', n);
}

/* Digits with spaces between them; the number of digits. */
static int read_whole(const char **p, int64_t *n, bool *fits)
{
    int digits = 0;

    for (;;) {
        const char *at = *p;

        skip_spaces(&at);
        if (!is_digit(*at))
            return digits;
        *fits = *fits && add_digit(n, *at);
        *p = at + 1;
        digits++;
    }
}

static enum money_fault read_fraction(const char **p, int64_t *n, bool *fits)
{
    int digits = 0;

    if (!skip(p, ",") && !skip(p, ".")) {
        *fits = *fits && add_digit(n, '0') && add_digit(n, '0');
        return MONEY_GOOD;
    }
    for (; is_digit(**p); (*p)++, digits++) {
        if (digits < 2)
            *fits = *fits && add_digit(n, **p);
    }
    if (digits == 0)
        return MONEY_NO_NUMBER;
    if (digits == 1)
        *fits = *fits && add_digit(n, '0');
    return digits > 2 ? MONEY_DECIMALS : MONEY_GOOD;
}

enum money_fault money_read(const char *text, struct money limit,
                            struct money *out)
{
    const char *p = text;
    int64_t n = 0;
    bool minus, fits = true;
    enum money_fault fault;

    skip_spaces(&p);
    if (*p == '\0')
        return MONEY_EMPTY;
    minus = skip(&p, "-") || skip(&p, "\xE2\x88\x92"); /* U+2212 too */
    if (!minus)
        (void)skip(&p, "+");
    if (read_whole(&p, &n, &fits) == 0)
        return MONEY_NO_NUMBER;
    fault = read_fraction(&p, &n, &fits);
    skip_spaces(&p);
    if (*p != '\0')
        return MONEY_NO_NUMBER;
    if (fault != MONEY_GOOD)
        return fault;
    if (!fits || n > limit.kopecks)
        return MONEY_TOO_LARGE;
    out->kopecks = minus ? -n : n;
    return MONEY_GOOD;
}
