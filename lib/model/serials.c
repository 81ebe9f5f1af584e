/* Expressions over serial numbers, as statements take them. */
#include "lib/model/serials.h"

#include <string.h>

/* Numbers asked about in one statement. */
#define ASKED_AT_ONCE 10000

char *param_digits(struct arena *a, const char *const *list, size_t n)
{
    size_t room = 3;
    char *text, *to;

    for (size_t i = 0; i < n; i++)
        room += strlen(list[i]) + 1;
    text = to = arena_alloc(a, room);
    *to++ = '{';
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(list[i]);

        if (i > 0)
            *to++ = ',';
        memcpy(to, list[i], len);
        to += len;
    }
    *to = '}';
    return text;
}

void param_serials(struct arena *a, const struct serials *s,
                   const char *params[SERIALS_PARAMS])
{
    const char **from = arena_alloc(a, s->n_ranges * sizeof(*from) + 1);
    const char **to = arena_alloc(a, s->n_ranges * sizeof(*to) + 1);

    for (size_t i = 0; i < s->n_ranges; i++) {
        from[i] = s->ranges[i].from;
        to[i] = s->ranges[i].to;
    }
    params[0] = param_digits(a, s->exact, s->n_exact);
    params[1] = param_digits(a, from, s->n_ranges);
    params[2] = param_digits(a, to, s->n_ranges);
    params[3] = param_digits(a, s->masks, s->n_masks);
}

enum err serials_count(struct db *db, struct arena *a, const struct serials *s,
                       struct serials_found *out)
{
    const char *params[SERIALS_PARAMS];
    struct rows rows;
    enum err e;

    memset(out, 0, sizeof(*out));
    param_serials(a, s, params);
    if ((e = db_query(db, a, Q_SERIALS_COUNT, params, &rows)) != ERR_OK)
        return e;
    out->n = row_int(&rows, 0, 0);
    if (s->all)
        return ERR_OK;
    out->more = out->n > SERIALS_COUNT_MAX;
    out->least = !out->more && !row_bool(&rows, 0, 1);
    if (out->more)
        out->n = SERIALS_COUNT_MAX;
    return ERR_OK;
}

/* The first unknown one of a piece: *no from 1, 0 when there is none. */
static enum err unknown_of(struct db *db, const char *const *list, size_t n,
                           int64_t *no)
{
    struct arena *piece = arena_new();
    const char *const params[] = { param_digits(piece, list, n) };
    struct rows rows;
    enum err e = db_query(db, piece, Q_SERIALS_UNKNOWN, params, &rows);

    *no = e == ERR_OK && rows.n > 0 ? row_int(&rows, 0, 0) : 0;
    arena_free(piece);
    return e;
}

enum err serials_unknown(struct db *db, struct arena *a, size_t n,
                         const char *(*number)(const void *ctx, size_t i),
                         const void *ctx, size_t *at)
{
    const char **list = arena_alloc(a, ASKED_AT_ONCE * sizeof(*list));
    int64_t no;

    for (size_t begun = 0; begun < n; begun += ASKED_AT_ONCE) {
        size_t asked = n - begun < ASKED_AT_ONCE ? n - begun : ASKED_AT_ONCE;
        enum err e;

        for (size_t i = 0; i < asked; i++)
            list[i] = number(ctx, begun + i);
        if ((e = unknown_of(db, list, asked, &no)) != ERR_OK)
            return e;
        if (no > 0) {
            *at = begun + (size_t)no - 1;
            return ERR_OK;
        }
    }
    *at = n;
    return ERR_OK;
}
