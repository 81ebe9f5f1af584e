/*
 * A file of serial numbers as a machine of five states (RFC 4180 and what
 * spreadsheets make of it): the separator is the first one that is met; a
 * line ends with \n, \r or both; an empty line is none.
 *
 * Numbers stand one after another in one block; a table of their places finds
 * duplicates. At SERIALS_CSV_NUMBERS_MAX that is less than 60 MB.
 */
#include "lib/units/serials_csv.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/report/utf8.h"
#include "lib/units/serials.h"

static const char *const why_names[SERIALS_CSV_WHYS] = {
    [SERIALS_CSV_FINE] = "fine",
    [SERIALS_CSV_FORMAT] = "format",
    [SERIALS_CSV_DIGITS] = "digits",
    [SERIALS_CSV_MANY_DIGITS] = "many_digits",
    [SERIALS_CSV_DUPLICATE] = "duplicate",
    [SERIALS_CSV_MANY_NUMBERS] = "many_numbers",
    [SERIALS_CSV_NOTHING] = "nothing",
};

const char *serials_csv_why_name(enum serials_csv_why why)
{
    return why_names[why];
}

enum state {
    LINE_BEGIN,
    FIELD_BEGIN,
    PLAIN,
    QUOTED,
    QUOTE_SEEN, /* inside of QUOTED: it ends, or is a quote doubled */
};

struct number {
    uint32_t at, line;
};

struct serials_csv {
    enum state state;
    char separator;     /* 0: none was met yet */
    size_t bom;         /* octets of the byte order mark that were seen */
    bool begun;         /* past the byte order mark */
    bool after_return;  /* a \n now belongs to it */
    bool first;         /* in the first field */
    int64_t line;       /* of the octet that comes */
    int64_t begun_line; /* where the row began */
    size_t in_line;

    char field[sizeof(((struct serials_csv_fault *)0)->text) - 8];
    size_t field_len; /* may be more than is kept */

    char *block;
    size_t used, room;
    struct number *number;
    size_t n, n_room;
    uint32_t *slot; /* 1 + index of number, 0: free */
    size_t n_slots; /* a power of two */
    bool failed;
};

static void *grown(void *p, size_t size)
{
    void *at = realloc(p, size);

    if (at == NULL)
        abort();
    return at;
}

struct serials_csv *serials_csv_new(void)
{
    struct serials_csv *c = calloc(1, sizeof(*c));

    if (c == NULL)
        abort();
    c->line = 1;
    c->begun_line = 1;
    c->first = true;
    return c;
}

void serials_csv_free(struct serials_csv *c)
{
    if (c == NULL)
        return;
    free(c->block);
    free(c->number);
    free(c->slot);
    free(c);
}

/* ---- saying what is wrong ---- */

/* Octets of who knows what encoding: what is no letter of UTF-8, or none that
 * is seen, is a question mark. */
static void say_field(const struct serials_csv *c, char *out)
{
    size_t n =
        c->field_len < sizeof(c->field) ? c->field_len : sizeof(c->field);
    char field[sizeof(c->field) + 1];

    memcpy(field, c->field, n);
    field[n] = '\0';
    for (const char *p = field, *at = p; at < field + n; at = p) {
        uint32_t letter = utf8_next(&p);

        if (letter == UTF8_BROKEN || letter < ' ' ||
            (letter > '~' && letter < 0xA0)) {
            *out++ = '?';
            p = p > at ? p : at + 1; /* it stays before a zero octet */
        } else {
            while (at < p)
                *out++ = *at++;
        }
    }
    snprintf(out, 8, "%s", c->field_len > n ? "…" : "");
}

static enum err wrong(struct serials_csv *c, enum serials_csv_why why,
                      struct serials_csv_fault *fault)
{
    memset(fault, 0, sizeof(*fault));
    fault->why = why;
    fault->line = c->begun_line;
    say_field(c, fault->text);
    c->failed = true;
    return err_raise(ERR_INVALID, "file of serial numbers: %s in line %lld",
                     why_names[why], (long long)fault->line);
}

static enum err wrong_format(struct serials_csv *c,
                             struct serials_csv_fault *fault)
{
    c->field_len = 0; /* of a file that is no text nothing is said again */
    return wrong(c, SERIALS_CSV_FORMAT, fault);
}

/* ---- the numbers ---- */

static size_t place_of(const struct serials_csv *c, const char *serial,
                       size_t len)
{
    uint64_t h = 0xCBF29CE484222325;

    for (size_t i = 0; i < len; i++)
        h = (h ^ (unsigned char)serial[i]) * 0x100000001B3;
    return (size_t)(h ^ h >> 29) & (c->n_slots - 1);
}

static void slots_fill(struct serials_csv *c)
{
    memset(c->slot, 0, c->n_slots * sizeof(*c->slot));
    for (size_t i = 0; i < c->n; i++) {
        const char *serial = c->block + c->number[i].at;
        size_t at = place_of(c, serial, strlen(serial));

        while (c->slot[at] != 0)
            at = (at + 1) & (c->n_slots - 1);
        c->slot[at] = (uint32_t)i + 1;
    }
}

static void make_room(struct serials_csv *c)
{
    if (c->n == c->n_room) {
        c->n_room = c->n_room > 0 ? c->n_room * 2 : 1024;
        c->n_slots = c->n_room * 2;
        c->number = grown(c->number, c->n_room * sizeof(*c->number));
        c->slot = grown(c->slot, c->n_slots * sizeof(*c->slot));
        slots_fill(c);
    }
    if (c->room - c->used <= SERIAL_DIGITS_MAX) {
        c->room = c->room > 0 ? c->room * 2 : 32768;
        c->block = grown(c->block, c->room);
    }
}

static enum err number_add(struct serials_csv *c,
                           struct serials_csv_fault *fault)
{
    size_t len = c->field_len, at;
    enum err e;

    make_room(c);
    for (at = place_of(c, c->field, len); c->slot[at] != 0;
         at = (at + 1) & (c->n_slots - 1)) {
        const struct number *seen = &c->number[c->slot[at] - 1];

        if (strncmp(c->block + seen->at, c->field, len) == 0 &&
            c->block[seen->at + len] == '\0') {
            e = wrong(c, SERIALS_CSV_DUPLICATE, fault);
            fault->first = seen->line;
            return e;
        }
    }
    c->number[c->n] =
        (struct number){ (uint32_t)c->used, (uint32_t)c->begun_line };
    memcpy(c->block + c->used, c->field, len);
    c->block[c->used + len] = '\0';
    c->used += len + 1;
    c->slot[at] = (uint32_t)++c->n;
    return ERR_OK;
}

static bool field_is_number(const struct serials_csv *c)
{
    size_t n =
        c->field_len < sizeof(c->field) ? c->field_len : sizeof(c->field);

    for (size_t i = 0; i < n; i++) {
        if (c->field[i] < '0' || c->field[i] > '9')
            return false;
    }
    return n > 0;
}

/* The first field of a row has ended. */
static enum err first_field(struct serials_csv *c,
                            struct serials_csv_fault *fault)
{
    if (!field_is_number(c))
        return wrong(c, SERIALS_CSV_DIGITS, fault);
    if (c->field_len > SERIAL_DIGITS_MAX)
        return wrong(c, SERIALS_CSV_MANY_DIGITS, fault);
    if (c->n >= SERIALS_CSV_NUMBERS_MAX)
        return wrong(c, SERIALS_CSV_MANY_NUMBERS, fault);
    return number_add(c, fault);
}

/* ---- the machine ---- */

static enum err field_end(struct serials_csv *c,
                          struct serials_csv_fault *fault)
{
    bool first = c->first;

    c->first = false;
    c->state = FIELD_BEGIN;
    return first ? first_field(c, fault) : ERR_OK;
}

static enum err line_end(struct serials_csv *c, struct serials_csv_fault *fault)
{
    enum err e = ERR_OK;

    if (c->state != LINE_BEGIN)
        e = field_end(c, fault);
    c->state = LINE_BEGIN;
    c->first = true;
    c->field_len = 0;
    c->in_line = 0;
    return e;
}

static void keep(struct serials_csv *c, char octet)
{
    if (c->first && c->field_len < sizeof(c->field))
        c->field[c->field_len] = octet;
    if (c->first)
        c->field_len++;
}

static bool is_separator(struct serials_csv *c, char octet)
{
    if (c->separator == '\0' && (octet == ';' || octet == ','))
        c->separator = octet;
    return octet == c->separator;
}

/* Between quotes a line end is a character like others. */
static enum err quoted(struct serials_csv *c, char octet)
{
    if (octet == '"')
        c->state = QUOTE_SEEN;
    else
        keep(c, octet);
    return ERR_OK;
}

static enum err unquoted(struct serials_csv *c, char octet,
                         struct serials_csv_fault *fault)
{
    bool begins = c->state == LINE_BEGIN || c->state == FIELD_BEGIN;

    if (octet == '\n' || octet == '\r')
        return line_end(c, fault);
    if (c->state == LINE_BEGIN)
        c->begun_line = c->line;
    if (is_separator(c, octet))
        return field_end(c, fault);
    if (octet == '"' && (begins || c->state == QUOTE_SEEN)) {
        if (c->state == QUOTE_SEEN)
            keep(c, octet);
        c->state = QUOTED;
        return ERR_OK;
    }
    if (c->state == QUOTE_SEEN)
        return wrong_format(c, fault);
    c->state = PLAIN;
    keep(c, octet);
    return ERR_OK;
}

static enum err step(struct serials_csv *c, char octet,
                     struct serials_csv_fault *fault)
{
    bool half = octet == '\n' && c->after_return;
    unsigned char u = (unsigned char)octet;
    enum err e = ERR_OK;

    if (++c->in_line > SERIALS_CSV_LINE_MAX ||
        (u < ' ' && octet != '\t' && octet != '\n' && octet != '\r') ||
        u == 127)
        return wrong_format(c, fault);
    c->after_return = octet == '\r';
    if (c->state == QUOTED)
        e = quoted(c, octet);
    else if (!half)
        e = unquoted(c, octet, fault);
    if ((octet == '\n' || octet == '\r') && !half)
        c->line++;
    return e;
}

/* The octet belongs to the mark at the file's beginning. */
static bool is_mark(struct serials_csv *c, unsigned char octet)
{
    static const unsigned char mark[] = { 0xEF, 0xBB, 0xBF };

    if (c->bom < sizeof(mark) && octet == mark[c->bom]) {
        c->bom++;
        return true;
    }
    return false;
}

/* The first octets: a whole mark or none of it. */
static enum err begin(struct serials_csv *c, char octet,
                      struct serials_csv_fault *fault)
{
    if (is_mark(c, (unsigned char)octet)) {
        c->begun = c->bom == 3;
        return ERR_OK;
    }
    c->begun = true;
    return c->bom == 0 ? step(c, octet, fault) : wrong_format(c, fault);
}

enum err serials_csv_feed(struct serials_csv *c, const void *octets, size_t len,
                          struct serials_csv_fault *fault)
{
    const char *at = octets;
    enum err e = ERR_OK;

    if (c->failed)
        return wrong_format(c, fault);
    for (size_t i = 0; i < len && e == ERR_OK; i++) {
        e = c->begun ? step(c, at[i], fault) : begin(c, at[i], fault);
    }
    return e;
}

enum err serials_csv_end(struct serials_csv *c, struct serials_csv_fault *fault)
{
    enum err e;

    if (c->failed || c->state == QUOTED || (c->bom > 0 && !c->begun))
        return wrong_format(c, fault);
    if ((e = line_end(c, fault)) != ERR_OK)
        return e;
    if (c->n == 0) {
        c->begun_line = 0;
        return wrong(c, SERIALS_CSV_NOTHING, fault);
    }
    return ERR_OK;
}

size_t serials_csv_count(const struct serials_csv *c)
{
    return c->n;
}

const char *serials_csv_number(const struct serials_csv *c, size_t i)
{
    return c->block + c->number[i].at;
}

int64_t serials_csv_line(const struct serials_csv *c, size_t i)
{
    return c->number[i].line;
}
