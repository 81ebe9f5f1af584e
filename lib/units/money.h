/*
 * Money in whole kopecks; a struct, so that it cannot be added to gas.
 *
 * The rule of rounding, for the whole product (sql/schema/040_accounts.sql
 * keeps accounts by it): a tariff is in kopecks for 1000 m3, which is a million
 * litres, so litres times tariff is the cost in whole millionths of a kopeck.
 * Sums are made of these exact integers; what people read is the exact sum
 * rounded half away from zero to a kopeck, and the rest is carried. So a sum of
 * rounded debits may differ from the balance, and the balance is right.
 */
#ifndef LAZUR_LIB_UNITS_MONEY_H
#define LAZUR_LIB_UNITS_MONEY_H

#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

#define MONEY_CARRY 1000000 /* millionths in a kopeck */

struct money {
    int64_t kopecks;
};

/* kopecks * MONEY_CARRY + carry is the exact sum; |carry| <= MONEY_CARRY / 2 */
struct exact_money {
    struct money shown;
    int32_t carry;
};

/* "-1234.50": two decimals, point, no grouping (the view groups). */
char *money_text(struct arena *a, struct money m);

/*
 * money_of_volume - what a volume costs.
 *
 * volume_dm3                 litres, >= 0
 * price_kopecks_per_1000_m3  as the regulator publishes it, >= 0
 * ERR_INVALID on a negative argument or an overflow.
 */
enum err money_of_volume(int64_t volume_dm3, int64_t price_kopecks_per_1000_m3,
                         struct exact_money *out) MUST_CHECK;

/* What is wrong with a sum that a person has typed. */
enum money_fault {
    MONEY_GOOD,
    MONEY_EMPTY,
    MONEY_NO_NUMBER,
    MONEY_DECIMALS, /* more than two */
    MONEY_TOO_LARGE,
};

/*
 * money_read - "1 234,50", "-0.5", "+23" in roubles, as people type it: a comma
 * or a point, spaces between the thousands.
 *
 * limit  the largest sum that is taken, of either sign
 */
enum money_fault money_read(const char *text, struct money limit,
                            struct money *out) MUST_CHECK;

#endif
