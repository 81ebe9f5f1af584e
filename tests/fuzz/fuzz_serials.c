/*
 * Expressions over serial numbers and files of them, of whoever: what is
 * taken is tidy and means the same when it is written out and read again;
 * what is refused says where. A file reads alike in whatever pieces it comes.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/units/serials.h"
#include "lib/units/serials_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static const char *written(struct arena *a, const struct serials *s)
{
    const char *text = "";

    for (size_t i = 0; i < s->n_exact; i++)
        text = arena_printf(a, "%s,%s", text, s->exact[i]);
    for (size_t i = 0; i < s->n_ranges; i++)
        text = arena_printf(a, "%s,%s-%s", text, s->ranges[i].from,
                            s->ranges[i].to);
    for (size_t i = 0; i < s->n_masks; i++)
        text = arena_printf(a, "%s,%s", text, s->masks[i]);
    return text + 1;
}

static void expression(struct arena *a, const char *text, size_t len)
{
    struct serials s, again;
    struct serials_fault fault;
    const char *tidy;

    if (serials_parse(a, text, len, &s, &fault) != ERR_OK) {
        must(fault.why > SERIALS_FINE && fault.why < SERIALS_WHYS);
        must(fault.at <= len && serials_why_name(fault.why) != NULL);
        return;
    }
    must(s.n_exact + s.n_ranges + s.n_masks > 0);
    for (size_t i = 0; i < s.n_exact; i++)
        must(serials_include(&s, s.exact[i]));
    for (size_t i = 0; i < s.n_ranges; i++)
        must(serials_include(&s, s.ranges[i].from) &&
             serials_include(&s, s.ranges[i].to));
    must(s.all || !serials_include(&s, "x"));
    if (len > 512)
        return;
    tidy = written(a, &s);
    must(serials_parse(a, tidy, strlen(tidy), &again, &fault) == ERR_OK);
    must(strcmp(written(a, &again), tidy) == 0);
}

static struct serials_csv *read_file(const char *text, size_t len, size_t piece,
                                     struct serials_csv_fault *fault)
{
    struct serials_csv *c = serials_csv_new();
    enum err e = ERR_OK;

    memset(fault, 0, sizeof(*fault));
    for (size_t at = 0; at < len && e == ERR_OK; at += piece)
        e = serials_csv_feed(c, text + at, len - at < piece ? len - at : piece,
                             fault);
    if (e == ERR_OK)
        e = serials_csv_end(c, fault);
    must((e == ERR_OK) == (fault->why == SERIALS_CSV_FINE));
    return c;
}

static void file(const char *text, size_t len)
{
    struct serials_csv_fault f, g;
    struct serials_csv *whole = read_file(text, len, len + 1, &f);
    struct serials_csv *pieces = read_file(text, len, 1, &g);

    must(f.why == g.why && f.line == g.line && f.first == g.first);
    must(serials_csv_count(whole) == serials_csv_count(pieces));
    for (size_t i = 0; i < serials_csv_count(whole); i++) {
        const char *number = serials_csv_number(whole, i);

        must(strspn(number, "0123456789") == strlen(number));
        must(strcmp(number, serials_csv_number(pieces, i)) == 0);
    }
    serials_csv_free(whole);
    serials_csv_free(pieces);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new();

    expression(a, (const char *)data, size);
    file((const char *)data, size);
    arena_free(a);
    return 0;
}
