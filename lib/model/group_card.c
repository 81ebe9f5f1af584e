/* What an administrator does with groups of meters. */
#include "lib/model/group_card.h"

#include <string.h>

#include "lib/model/serials.h"

enum err group_card_find(struct db *db, struct arena *a, int64_t id,
                         struct group_card *out)
{
    struct rows r;
    enum err e = row_of_id(db, a, Q_GROUP_CARD, id, "group", &r);

    if (e != ERR_OK)
        return e;
    *out = (struct group_card){
        .id = id,
        .version = row_text(&r, 0, 0),
        .name = row_text(&r, 0, 1),
        .branch_id = row_int(&r, 0, 2),
        .balance_serial = row_text(&r, 0, 3),
        .members = row_int(&r, 0, 4),
    };
    return ERR_OK;
}

enum err group_taken(struct db *db, struct arena *a, const struct group_card *g,
                     bool *out)
{
    const char *const params[] = { g->name, param_id(a, g->id) };
    struct rows r;
    enum err e = db_query(db, a, Q_GROUP_TAKEN, params, &r);

    if (e == ERR_OK)
        *out = row_bool(&r, 0, 0);
    return e;
}

enum err group_card_put(struct db *db, struct arena *a,
                        const struct group_card *g, int64_t *id)
{
    const char *const params[] = { g->name, param_id(a, g->branch_id),
                                   param_id(a, g->balance_id),
                                   param_int(a, g->id), g->version };
    struct rows r;
    enum err e;

    *id = g->id;
    if (g->id != 0)
        return db_changed(db, a, Q_GROUP_CHANGE, params);
    e = db_query(db, a, Q_GROUP_ADD, params, &r);
    if (e == ERR_OK)
        *id = row_int(&r, 0, 0);
    return e;
}

enum err group_card_delete(struct db *db, struct arena *a, int64_t id,
                           const char *version)
{
    const char *const params[] = { param_int(a, id), version };

    return db_changed(db, a, Q_GROUP_DELETE, params);
}

static enum err counted(struct db *db, struct arena *a, enum query q,
                        const char *const *params, int64_t *n)
{
    struct rows r;
    enum err e = db_query(db, a, q, params, &r);

    if (e == ERR_OK)
        *n = row_int(&r, 0, 0);
    return e;
}

enum err group_join(struct db *db, struct arena *a, int64_t id, const char *ids,
                    int64_t *n)
{
    const char *const params[] = { param_int(a, id), ids };

    return counted(db, a, Q_GROUP_PUT_METERS, params, n);
}

enum err group_join_serials(struct db *db, struct arena *a, int64_t id,
                            const struct serials *s, int64_t *n)
{
    const char *params[5];

    param_serials(a, s, params);
    params[4] = param_int(a, id);
    return counted(db, a, Q_GROUP_PUT_SERIALS, params, n);
}

enum err group_leave(struct db *db, struct arena *a, int64_t id,
                     const char *ids, int64_t *n)
{
    const char *const params[] = { param_int(a, id), ids };

    return counted(db, a, Q_GROUP_DROP_METERS, params, n);
}

enum err meter_by_serial(struct db *db, struct arena *a, const char *serial,
                         int64_t *id)
{
    const char *const params[] = { serial };
    struct rows r;
    enum err e = db_query(db, a, Q_METER_BY_SERIAL, params, &r);

    if (e != ERR_OK)
        return e;
    *id = r.n == 0 ? 0 : r.n > 1 ? -1 : row_int(&r, 0, 0);
    return ERR_OK;
}

enum err meter_options(struct db *db, struct arena *a, const char *term,
                       const struct meter_option **out, size_t *n)
{
    const char *const params[] = { param_contains(a, term) };
    struct meter_option *list;
    struct rows r;
    enum err e;

    *n = 0;
    if (term[0] == '\0')
        return ERR_OK;
    e = db_query(db, a, Q_METER_OPTIONS, params, &r);
    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, r.n * sizeof(*list));
    for (size_t i = 0; i < r.n; i++)
        list[i] =
            (struct meter_option){ row_text(&r, i, 0), row_text(&r, i, 1) };
    *out = list;
    *n = r.n;
    return ERR_OK;
}
