/* What hangs on a device: the rules are the database's. */
#include "lib/model/attached.h"

enum err attached_types(struct db *db, struct arena *a,
                        const struct attached_type **out, size_t *n)
{
    struct attached_type *list;
    struct rows r;
    enum err e = db_query(db, a, Q_ATTACHED_TYPES, NULL, &r);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, r.n * sizeof(*list) + 1);
    for (size_t i = 0; i < r.n; i++)
        list[i] = (struct attached_type){
            .id = row_int(&r, i, 0),
            .name = row_text(&r, i, 1),
            .manufacturer = row_text(&r, i, 2),
            .connection = row_text(&r, i, 3),
            .pulse_dm3 = row_figure(&r, i, 4),
            .corrects_temperature = row_bool(&r, i, 5),
            .corrects_pressure = row_bool(&r, i, 6),
            .detects_tamper = row_bool(&r, i, 7),
        };
    *out = list;
    *n = r.n;
    return ERR_OK;
}

enum err attached_taken(struct db *db, struct arena *a, int64_t device,
                        const struct attached *it, const char **by)
{
    const char *const params[] = { param_int(a, it->type_id), it->serial,
                                   param_int(a, device) };
    struct rows r;
    enum err e = db_query(db, a, Q_ATTACHED_TAKEN, params, &r);

    if (e == ERR_OK)
        *by = r.n > 0 ? row_text(&r, 0, 0) : "";
    return e;
}

enum err attached_put(struct db *db, struct arena *a, int64_t device,
                      const struct attached *it, const char *address)
{
    const char *const params[] = {
        param_int(a, device),
        param_int(a, it->version),
        param_int(a, it->type_id),
        it->serial,
        param_bool(it->corrects_temperature),
        param_bool(it->corrects_pressure),
        param_bool(it->detects_tamper),
        address,
    };

    return db_exec(db, a, Q_ATTACHED_PUT, params);
}

enum err attached_drop(struct db *db, struct arena *a, int64_t device,
                       int64_t version, const char *address)
{
    const char *const params[] = { param_int(a, device), param_int(a, version),
                                   address };

    return db_exec(db, a, Q_ATTACHED_DROP, params);
}
