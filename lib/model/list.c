/* Parameters and fields that every list reads alike. */
#include "lib/model/list.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/hex.h"

#define COUNT_CAP 10000

struct figure row_figure(const struct rows *r, size_t row, int col)
{
    struct figure f = { .known = !row_null(r, row, col) };

    f.n = f.known ? row_int(r, row, col) : 0;
    return f;
}

struct moment row_moment(const struct rows *r, size_t row, int col)
{
    return (struct moment){ .us = row_int(r, row, col) };
}

int64_t rows_total(const struct rows *r, int col, bool *more)
{
    int64_t total = r->n > 0 ? row_int(r, 0, col) : 0;

    *more = total > COUNT_CAP;
    return *more ? COUNT_CAP : total;
}

enum err row_of_id(struct db *db, struct arena *a, enum query q, int64_t id,
                   const char *what, struct rows *out)
{
    const char *const params[] = { param_int(a, id) };
    enum err e = db_query(db, a, q, params, out);

    if (e == ERR_OK && out->n == 0)
        return err_raise(ERR_NOT_FOUND, "no %s %" PRId64, what, id);
    return e;
}

enum err history_page(struct db *db, struct arena *a, enum query q, int64_t id,
                      struct span span, struct rows *out)
{
    const char *params[3] = { param_int(a, id) };

    param_span(a, span, &params[1], &params[2]);
    return db_query(db, a, q, params, out);
}

enum err history_stream(struct db *db, struct arena *a, enum query q,
                        int64_t id,
                        enum err (*each)(const struct rows *row, void *ctx),
                        void *ctx)
{
    const char *const params[] = { param_int(a, id), NULL, "0" };
    enum err e = db_exec(db, a, Q_STREAM_BEGIN__GATHERED, NULL);

    return e != ERR_OK ? e : db_stream(db, q, params, each, ctx);
}

char *param_int(struct arena *a, int64_t n)
{
    return arena_printf(a, "%" PRId64, n);
}

const char *param_id(struct arena *a, int64_t id)
{
    return id != 0 ? param_int(a, id) : NULL;
}

const char *param_given(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

const char *param_bool(bool yes)
{
    return yes ? "t" : "f";
}

char *param_ids(struct arena *a, const int64_t *ids, size_t n)
{
    size_t room = n * 21 + 3, used = 1;
    char *text = arena_alloc(a, room);

    text[0] = '{';
    for (size_t i = 0; i < n; i++)
        used += (size_t)snprintf(text + used, room - used, "%s%" PRId64,
                                 i > 0 ? "," : "", ids[i]);
    text[used] = '}';
    return text;
}

void param_span(struct arena *a, struct span span, const char **limit,
                const char **offset)
{
    *limit = span.rows > 0 ? param_int(a, span.rows) : NULL;
    *offset = param_int(a, span.before);
}

char *param_literal(struct arena *a, const char *term)
{
    char *out = arena_alloc(a, strlen(term) * 2 + 1), *to = out;

    for (; *term != '\0'; term++) {
        if (strchr("%_\\", *term) != NULL)
            *to++ = '\\';
        *to++ = *term;
    }
    return out;
}

char *param_contains(struct arena *a, const char *term)
{
    return arena_printf(a, "%%%s%%", param_literal(a, term));
}

char *param_after(struct arena *a, const char *term)
{
    return arena_printf(a, "%s\xF4\x8F\xBF\xBF", term); /* U+10FFFF */
}

char *param_bytea(struct arena *a, struct bytes b)
{
    return b.len > 0 ? arena_printf(a, "\\x%s", hex_text(a, b)) : NULL;
}

static uint8_t nibble(char c)
{
    return (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
}

struct bytes row_bytea(struct arena *a, const struct rows *r, size_t row,
                       int col)
{
    const char *text = row_text(r, row, col);
    size_t len = strlen(text);
    uint8_t *at;

    if (len < 2)
        return (struct bytes){ NULL, 0 };
    len = len / 2 - 1;
    at = arena_alloc(a, len + 1);
    for (size_t i = 0; i < len; i++)
        at[i] =
            (uint8_t)(nibble(text[2 + 2 * i]) << 4 | nibble(text[3 + 2 * i]));
    return (struct bytes){ at, len };
}
