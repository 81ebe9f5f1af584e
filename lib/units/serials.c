/* Expressions over serial numbers: read, tidied, asked (serials.h). */
#include "lib/units/serials.h"

#include <stdlib.h>
#include <string.h>

/* Of an item that is wrong so much is said again. */
#define SAID_MAX 40

static const char *const why_names[SERIALS_WHYS] = {
    [SERIALS_FINE] = "fine",
    [SERIALS_NOTHING] = "nothing",
    [SERIALS_LONG_TEXT] = "long_text",
    [SERIALS_MANY_ITEMS] = "many_items",
    [SERIALS_EMPTY_ITEM] = "empty_item",
    [SERIALS_CHARACTER] = "character",
    [SERIALS_SPACE] = "space",
    [SERIALS_MANY_DIGITS] = "many_digits",
    [SERIALS_MASK_IN_RANGE] = "mask_in_range",
    [SERIALS_BOUND_MISSING] = "bound_missing",
    [SERIALS_MANY_BOUNDS] = "many_bounds",
    [SERIALS_BOUNDS_UNEQUAL] = "bounds_unequal",
    [SERIALS_BOUNDS_REVERSED] = "bounds_reversed",
    [SERIALS_MANY_LOOSE] = "many_loose",
};

const char *serials_why_name(enum serials_why why)
{
    return why_names[why];
}

/* A piece of the text that is read. */
struct piece {
    const char *at;
    size_t len;
};

/* What is being read. */
struct reading {
    struct arena *a;
    const char *text;
    size_t item; /* 1 is the first */
    const char **exact, **masks;
    struct serials_range *ranges;
    size_t n_exact, n_masks, n_ranges, n_loose;
    bool all;
    struct serials_fault *fault;
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_mask(char c)
{
    return c == '*' || c == '?';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_number(const char *text)
{
    size_t n = strspn(text, "0123456789");

    return n > 0 && text[n] == '\0';
}

static struct piece trimmed(struct piece p)
{
    while (p.len > 0 && is_space(p.at[0])) {
        p.at++;
        p.len--;
    }
    while (p.len > 0 && is_space(p.at[p.len - 1]))
        p.len--;
    return p;
}

/* The item as it is said again; cut between characters. */
static const char *said(struct arena *a, struct piece p)
{
    size_t n = p.len;

    if (n <= SAID_MAX)
        return arena_strndup(a, p.at, n);
    for (n = SAID_MAX; n > 0 && ((unsigned char)p.at[n] & 0xC0) == 0x80;)
        n--;
    return arena_printf(a, "%.*s…", (int)n, p.at);
}

static enum err wrong(struct reading *r, enum serials_why why, struct piece p,
                      const char *at)
{
    *r->fault = (struct serials_fault){
        .why = why,
        .item = r->item,
        .at = (size_t)(at - r->text),
        .text = said(r->a, p),
    };
    return err_raise(ERR_INVALID, "serial numbers: %s in item %zu",
                     why_names[why], r->item);
}

/* ---- one item ---- */

/* Nothing but what numbers and masks are made of, without a space inside. */
static enum err check_characters(struct reading *r, struct piece item,
                                 struct piece p)
{
    for (size_t i = 0; i < p.len; i++) {
        if (is_space(p.at[i]))
            return wrong(r, SERIALS_SPACE, item, p.at + i);
        if (!is_digit(p.at[i]) && !is_mask(p.at[i]))
            return wrong(r, SERIALS_CHARACTER, item, p.at + i);
    }
    if (p.len > SERIAL_DIGITS_MAX)
        return wrong(r, SERIALS_MANY_DIGITS, item, p.at + SERIAL_DIGITS_MAX);
    return ERR_OK;
}

/* Runs of ? and * in one way: as many ? as there are more than one, then *. */
static char *mask_tidied(struct arena *a, struct piece p)
{
    char *out = arena_alloc(a, p.len + 1), *to = out;
    bool star = false;

    for (size_t i = 0; i < p.len; i++) {
        if (is_mask(p.at[i])) {
            star = star || p.at[i] == '*';
            *to++ = '?';
            if (i + 1 < p.len && is_mask(p.at[i + 1]))
                continue;
            if (star)
                to[-1] = '*';
            star = false;
        } else {
            *to++ = p.at[i];
        }
    }
    return out;
}

static enum err read_mask(struct reading *r, struct piece p)
{
    const char *mask = mask_tidied(r->a, p);

    if (strcmp(mask, "*") == 0)
        r->all = true;
    else if (!is_digit(mask[0]) && ++r->n_loose > SERIALS_LOOSE_MAX)
        return wrong(r, SERIALS_MANY_LOOSE, p, p.at);
    r->masks[r->n_masks++] = mask;
    return ERR_OK;
}

static enum err read_single(struct reading *r, struct piece p)
{
    enum err e = check_characters(r, p, p);

    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < p.len; i++) {
        if (is_mask(p.at[i]))
            return read_mask(r, p);
    }
    r->exact[r->n_exact++] = arena_strndup(r->a, p.at, p.len);
    return ERR_OK;
}

static enum err check_bound(struct reading *r, struct piece item,
                            struct piece bound)
{
    enum err e;

    if (bound.len == 0)
        return wrong(r, SERIALS_BOUND_MISSING, item, bound.at);
    if ((e = check_characters(r, item, bound)) != ERR_OK)
        return e;
    for (size_t i = 0; i < bound.len; i++) {
        if (is_mask(bound.at[i]))
            return wrong(r, SERIALS_MASK_IN_RANGE, item, bound.at + i);
    }
    return ERR_OK;
}

static enum err read_range(struct reading *r, struct piece p, size_t dash)
{
    const char *second = memchr(p.at + dash + 1, '-', p.len - dash - 1);
    struct piece from = trimmed((struct piece){ p.at, dash });
    struct piece to =
        trimmed((struct piece){ p.at + dash + 1, p.len - dash - 1 });
    enum err e;

    if (second != NULL)
        return wrong(r, SERIALS_MANY_BOUNDS, p, second);
    if ((e = check_bound(r, p, from)) != ERR_OK ||
        (e = check_bound(r, p, to)) != ERR_OK)
        return e;
    if (from.len != to.len)
        return wrong(r, SERIALS_BOUNDS_UNEQUAL, p, to.at);
    if (memcmp(from.at, to.at, from.len) > 0)
        return wrong(r, SERIALS_BOUNDS_REVERSED, p, to.at);
    r->ranges[r->n_ranges++] =
        (struct serials_range){ arena_strndup(r->a, from.at, from.len),
                                arena_strndup(r->a, to.at, to.len) };
    return ERR_OK;
}

static enum err read_item(struct reading *r, struct piece p)
{
    const char *dash;

    p = trimmed(p);
    if (p.len == 0)
        return wrong(r, SERIALS_EMPTY_ITEM, p, p.at);
    dash = memchr(p.at, '-', p.len);
    if (dash != NULL)
        return read_range(r, p, (size_t)(dash - p.at));
    return read_single(r, p);
}

/* ---- tidying ---- */

static int text_order(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Shorter numbers first: within one length text order is that of numbers. */
static int range_order(const void *a, const void *b)
{
    const struct serials_range *x = a, *y = b;
    size_t m = strlen(x->from), n = strlen(y->from);

    return m != n ? (m > n) - (m < n) : strcmp(x->from, y->from);
}

static size_t texts_tidied(const char **list, size_t n)
{
    size_t kept = 0;

    qsort(list, n, sizeof(*list), text_order);
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || strcmp(list[kept - 1], list[i]) != 0)
            list[kept++] = list[i];
    }
    return kept;
}

static size_t ranges_tidied(struct serials_range *list, size_t n)
{
    size_t kept = 0;

    qsort(list, n, sizeof(*list), range_order);
    for (size_t i = 0; i < n; i++) {
        struct serials_range *last = kept > 0 ? &list[kept - 1] : NULL;

        if (last == NULL || strlen(last->from) != strlen(list[i].from) ||
            strcmp(last->to, list[i].from) < 0)
            list[kept++] = list[i];
        else if (strcmp(last->to, list[i].to) < 0)
            last->to = list[i].to;
    }
    return kept;
}

/* Ranges are apart and sorted: only the last that begins before may hold it. */
static bool in_ranges(const struct serials_range *list, size_t n,
                      const char *serial)
{
    struct serials_range asked = { serial, serial };
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (range_order(&list[middle], &asked) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && strlen(list[low - 1].from) == strlen(serial) &&
           strcmp(serial, list[low - 1].to) <= 0;
}

static size_t exact_outside(const char **list, size_t n,
                            const struct serials_range *ranges, size_t n_ranges)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        if (!in_ranges(ranges, n_ranges, list[i]))
            list[kept++] = list[i];
    }
    return kept;
}

static void tidy(struct reading *r, struct serials *out)
{
    static const char *const everything[] = { "*" };

    if (r->all) {
        *out =
            (struct serials){ .all = true, .masks = everything, .n_masks = 1 };
        return;
    }
    out->all = false;
    out->n_ranges = ranges_tidied(r->ranges, r->n_ranges);
    out->ranges = r->ranges;
    out->n_exact = texts_tidied(r->exact, r->n_exact);
    out->n_exact =
        exact_outside(r->exact, out->n_exact, out->ranges, out->n_ranges);
    out->exact = r->exact;
    out->n_masks = texts_tidied(r->masks, r->n_masks);
    out->masks = r->masks;
}

/* ---- the whole ---- */

static enum err check_size(struct reading *r, struct piece text, size_t *items)
{
    *items = 1;
    if (text.len > SERIALS_TEXT_MAX)
        return wrong(r, SERIALS_LONG_TEXT, (struct piece){ text.at, 0 },
                     text.at);
    if (trimmed(text).len == 0)
        return wrong(r, SERIALS_NOTHING, (struct piece){ text.at, 0 }, text.at);
    for (size_t i = 0; i < text.len; i++)
        *items += text.at[i] == ',';
    if (*items > SERIALS_ITEMS_MAX)
        return wrong(r, SERIALS_MANY_ITEMS, (struct piece){ text.at, 0 },
                     text.at);
    return ERR_OK;
}

static enum err read_items(struct reading *r, struct piece text)
{
    const char *at = text.at, *end = text.at + text.len;
    enum err e = ERR_OK;

    for (;;) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *stop = comma != NULL ? comma : end;

        r->item++;
        e = read_item(r, (struct piece){ at, (size_t)(stop - at) });
        if (e != ERR_OK || comma == NULL)
            return e;
        at = comma + 1;
    }
}

enum err serials_parse(struct arena *a, const char *text, size_t len,
                       struct serials *out, struct serials_fault *fault)
{
    struct reading r = { .a = a, .text = text, .fault = fault };
    struct piece whole = { text, len };
    size_t items;
    enum err e;

    memset(out, 0, sizeof(*out));
    memset(fault, 0, sizeof(*fault));
    if ((e = check_size(&r, whole, &items)) != ERR_OK)
        return e;
    r.exact = arena_alloc(a, items * sizeof(*r.exact));
    r.masks = arena_alloc(a, items * sizeof(*r.masks));
    r.ranges = arena_alloc(a, items * sizeof(*r.ranges));
    if ((e = read_items(&r, whole)) == ERR_OK)
        tidy(&r, out);
    return e;
}

/* ---- asking ---- */

/*
 * The usual walk with one place to come back to: a star first takes a single
 * digit, and one more each time that the rest does not fit.
 */
static bool mask_fits(const char *mask, const char *serial)
{
    const char *star = NULL, *taken = NULL;

    while (*serial != '\0') {
        if (*mask == '*') {
            star = mask++;
            taken = ++serial;
        } else if (*mask == '?' || *mask == *serial) {
            mask++;
            serial++;
        } else if (star != NULL) {
            mask = star + 1;
            serial = ++taken;
        } else {
            return false;
        }
    }
    return *mask == '\0';
}

bool serials_include(const struct serials *s, const char *serial)
{
    if (s->all)
        return true;
    if (!is_number(serial))
        return false;
    if (s->n_exact > 0 && bsearch(&serial, s->exact, s->n_exact,
                                  sizeof(*s->exact), text_order) != NULL)
        return true;
    if (in_ranges(s->ranges, s->n_ranges, serial))
        return true;
    for (size_t i = 0; i < s->n_masks; i++) {
        if (mask_fits(s->masks[i], serial))
            return true;
    }
    return false;
}

bool serials_meant(const char *phrase)
{
    return strpbrk(phrase, "*?,-") != NULL;
}
