/*
 * The language in which people name meters (GC-196 ... GC-200):
 *
 *   1500001              that serial number
 *   1500232-1500245      from first to last, both included
 *   16000*               these digits, then one or more of any digits
 *   17000?               these digits, then exactly one
 *   *                    every serial number
 *
 * Items are joined with commas and mean their union; spaces around an item do
 * not count. Serial numbers are text: leading zeros matter, and a range names
 * those that have as many digits as its bounds.
 */
#ifndef LAZUR_LIB_UNITS_SERIALS_H
#define LAZUR_LIB_UNITS_SERIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

#define SERIALS_TEXT_MAX  65536 /* octets of an expression */
#define SERIALS_ITEMS_MAX 10000
#define SERIAL_DIGITS_MAX 32 /* of a number or a mask */

/* Masks that no index helps to find: without a digit at their beginning. */
#define SERIALS_LOOSE_MAX 20

struct serials_range {
    const char *from, *to; /* as many digits each, from <= to */
};

/*
 * What an expression means, tidied: numbers sorted and each once, ranges
 * sorted and apart from one another, no number inside a range; masks each
 * once, of equal meaning too (?* and *? are ?*).
 */
struct serials {
    bool all; /* every serial; then masks is "*" alone */
    const char *const *exact;
    size_t n_exact;
    const struct serials_range *ranges;
    size_t n_ranges;
    const char *const *masks;
    size_t n_masks;
};

enum serials_why {
    SERIALS_FINE,
    SERIALS_NOTHING,        /* no text at all */
    SERIALS_LONG_TEXT,      /* more than SERIALS_TEXT_MAX */
    SERIALS_MANY_ITEMS,     /* more than SERIALS_ITEMS_MAX */
    SERIALS_EMPTY_ITEM,     /* "1,,2", "1," */
    SERIALS_CHARACTER,      /* neither a digit nor - * ? , */
    SERIALS_SPACE,          /* inside of an item: a comma is missing */
    SERIALS_MANY_DIGITS,    /* more than SERIAL_DIGITS_MAX */
    SERIALS_MASK_IN_RANGE,  /* "15*-16" */
    SERIALS_BOUND_MISSING,  /* "15-", "-15" */
    SERIALS_MANY_BOUNDS,    /* "15-16-17" */
    SERIALS_BOUNDS_UNEQUAL, /* "99-100" */
    SERIALS_BOUNDS_REVERSED,
    SERIALS_MANY_LOOSE, /* more than SERIALS_LOOSE_MAX such masks */
    SERIALS_WHYS
};

/* What is wrong with an expression, so that a person finds the place. */
struct serials_fault {
    enum serials_why why;
    size_t item;      /* 1 is the first; 0: the text as a whole */
    size_t at;        /* octet of the text where it is wrong */
    const char *text; /* the item, cut when it is long */
};

/*
 * serials_parse - what an expression means.
 *
 * ERR_INVALID with *fault filled; then nothing of *out is to be used.
 * Takes time and memory in proportion to len, which is bounded.
 */
enum err serials_parse(struct arena *a, const char *text, size_t len,
                       struct serials *out,
                       struct serials_fault *fault) MUST_CHECK;

/* Whether it names this serial number. */
bool serials_include(const struct serials *s, const char *serial);

/*
 * Whether a phrase that somebody searches for is meant in this language: it
 * has a mask, a comma or a dash.
 */
bool serials_meant(const char *phrase);

/* "empty_item", "bounds_reversed" ...: the name of its words. */
const char *serials_why_name(enum serials_why why);

#endif
