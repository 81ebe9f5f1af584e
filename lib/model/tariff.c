/* Tariffs: what gas costs, and from when. */
#include "lib/model/tariff.h"

enum err tariff_find(struct db *db, struct arena *a, int64_t id,
                     struct tariff *out)
{
    struct rows r;
    enum err e = row_of_id(db, a, Q_TARIFF_FIND, id, "tariff", &r);

    if (e != ERR_OK)
        return e;
    *out = (struct tariff){
        .id = id,
        .version = row_text(&r, 0, 1),
        .name = row_text(&r, 0, 2),
        .description = row_text(&r, 0, 3),
        .price = { row_int(&r, 0, 4) },
        .in_use = row_bool(&r, 0, 5),
    };
    return ERR_OK;
}

enum err tariff_prices(struct db *db, struct arena *a, int64_t id,
                       const struct tariff_price **out, size_t *n)
{
    const char *const params[] = { param_int(a, id) };
    struct tariff_price *list;
    struct rows r;
    enum err e = db_query(db, a, Q_TARIFF_PRICES, params, &r);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, r.n * sizeof(*list));
    for (size_t i = 0; i < r.n; i++) {
        list[i] = (struct tariff_price){
            .valid_from = row_moment(&r, i, 0),
            .price = { row_int(&r, i, 1) },
            .set_by = row_text(&r, i, 2),
            .begun = row_bool(&r, i, 4),
        };
    }
    *out = list;
    *n = r.n;
    return ERR_OK;
}

enum err tariff_taken(struct db *db, struct arena *a, const struct tariff *t,
                      bool *out)
{
    const char *const params[] = { t->name, param_id(a, t->id) };
    struct rows r;
    enum err e = db_query(db, a, Q_TARIFF_TAKEN, params, &r);

    if (e == ERR_OK)
        *out = row_bool(&r, 0, 0);
    return e;
}

enum err tariff_add(struct db *db, struct arena *a, const struct tariff *t,
                    int64_t *id)
{
    const char *const params[] = { t->name, t->description,
                                   param_int(a, t->price.kopecks) };
    struct rows r;
    enum err e = db_query(db, a, Q_TARIFF_ADD, params, &r);

    if (e == ERR_OK)
        *id = row_int(&r, 0, 0);
    return e;
}

enum err tariff_change(struct db *db, struct arena *a, const struct tariff *t)
{
    const char *const params[] = { t->name, t->description,
                                   param_int(a, t->price.kopecks),
                                   param_int(a, t->id), t->version };

    return db_changed(db, a, Q_TARIFF_CHANGE, params);
}

enum err tariff_price_set(struct db *db, struct arena *a, int64_t id,
                          const char *day, struct money price,
                          const char *login)
{
    const char *const params[] = { param_int(a, id), day,
                                   param_int(a, price.kopecks), login };

    return db_exec(db, a, Q_TARIFF_PRICE_SET, params);
}

enum err tariff_price_drop(struct db *db, struct arena *a, int64_t id)
{
    const char *const params[] = { param_int(a, id) };

    return db_exec(db, a, Q_TARIFF_PRICE_DROP, params);
}

enum err tariff_delete(struct db *db, struct arena *a, int64_t id,
                       const char *version)
{
    const char *const params[] = { param_int(a, id), version };

    return db_changed(db, a, Q_TARIFF_DELETE, params);
}
