/* Keys of meters: their statements. */
#include "lib/model/keys.h"

#include "lib/model/job.h"

enum {
    METER,
    IDENTITY,
    SEALED,
    CHANGED_AT,
    USED_AT,
    STATE,
    CANDIDATE,
    CHANGING,
    ASKED_AT,
    ASKED_BY,
    ENDED_AT,
    REFUSAL,
};

enum err keys_list(struct db *db, struct arena *a, const int64_t *meters,
                   size_t n, struct keys_list *out)
{
    const char *const params[] = { param_ids(a, meters, n) };
    struct keys_row *list;
    struct rows r;
    enum err e = db_query(db, a, Q_METER_KEYS_LIST, params, &r);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, r.n * sizeof(*list) + 1);
    for (size_t i = 0; i < r.n; i++) {
        list[i] = (struct keys_row){
            .meter_id = row_int(&r, i, METER),
            .identity = row_text(&r, i, IDENTITY),
            .sealed = row_bytea(a, &r, i, SEALED),
            .changed_at = row_moment(&r, i, CHANGED_AT),
            .used_at = row_moment(&r, i, USED_AT),
            .state = row_text(&r, i, STATE),
            .changing = row_text(&r, i, CHANGING),
            .asked_at = row_moment(&r, i, ASKED_AT),
            .ended_at = row_moment(&r, i, ENDED_AT),
            .asked_by = row_text(&r, i, ASKED_BY),
            .refusal = row_text(&r, i, REFUSAL),
        };
    }
    *out = (struct keys_list){ list, r.n };
    return ERR_OK;
}

enum err keys_items(struct db *db, struct arena *a, int64_t meter_id,
                    const struct keys_item **out, size_t *n)
{
    const char *const params[] = { param_int(a, meter_id) };
    struct keys_item *list;
    struct rows r;
    enum err e = db_query(db, a, Q_METER_KEYS_ITEMS, params, &r);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, r.n * sizeof(*list) + 1);
    for (size_t i = 0; i < r.n; i++) {
        list[i] = (struct keys_item){
            .name = row_text(&r, i, 0),
            .set_at = row_moment(&r, i, 1),
            .set_by = row_text(&r, i, 2),
            .how = row_text(&r, i, 3),
        };
    }
    *out = list;
    *n = r.n;
    return ERR_OK;
}

enum err keys_viewed(struct db *db, struct arena *a, int64_t meter_id,
                     const char *name, const char *address)
{
    return db_exec(
        db, a, Q_METER_KEYS_VIEWED,
        (const char *const[]){ param_int(a, meter_id), name, address });
}

/* All that was sealed, as bytea[]. */
static char *was_param(struct arena *a, const struct keys_change *c)
{
    const char **list = arena_alloc(a, (c->n_was + 1) * sizeof(*list));

    for (size_t i = 0; i < c->n_was; i++)
        list[i] = param_bytea(a, c->was[i].sealed);
    return param_texts(a, list, c->n_was);
}

enum err keys_put(struct db *db, struct arena *a, const struct keys_change *c,
                  const char *address)
{
    const char *const params[] = {
        param_int(a, c->meter_id),
        was_param(a, c),
        c->identity,
        param_bytea(a, c->sealed),
        c->has_mark ? param_int(a, c->mark) : NULL,
        param_bool(c->ciphers),
        c->set,
        c->removed,
        c->how,
        c->file,
        address,
    };

    return db_exec(db, a, Q_METER_KEYS_PUT, params);
}

enum err keys_rotate(struct db *db, struct arena *a,
                     const struct keys_change *c, const char *address)
{
    const char *const params[] = {
        param_int(a, c->meter_id),
        was_param(a, c),
        c->identity,
        param_bytea(a, c->sealed),
        c->has_mark ? param_int(a, c->mark) : NULL,
        c->set,
        address,
    };

    return db_exec(db, a, Q_METER_KEYS_ROTATE, params);
}

enum err keys_again(struct db *db, struct arena *a, int64_t meter_id,
                    const char *address)
{
    return db_exec(db, a, Q_METER_KEYS_AGAIN,
                   (const char *const[]){ param_int(a, meter_id), address });
}

enum err keys_withdraw(struct db *db, struct arena *a, int64_t meter_id,
                       const char *address)
{
    return db_exec(db, a, Q_METER_KEYS_WITHDRAW,
                   (const char *const[]){ param_int(a, meter_id), address });
}

enum err keys_plain_is(struct db *db, struct arena *a, int64_t meter_id,
                       bool *out)
{
    struct rows r;
    enum err e = db_query(db, a, Q_METER_PLAIN_IS,
                          (const char *const[]){ param_int(a, meter_id) }, &r);

    if (e == ERR_OK)
        *out = row_bool(&r, 0, 0);
    return e;
}

enum err keys_plain(struct db *db, struct arena *a, int64_t meter_id, bool on,
                    const char *address)
{
    return db_exec(db, a, Q_METER_KEYS_PLAIN,
                   (const char *const[]){ param_int(a, meter_id),
                                          param_bool(on), address });
}

enum err keys_named(struct db *db, struct arena *a, const char *const *names,
                    size_t n, const struct keys_named **out, size_t *found)
{
    const char *const params[] = { param_texts(a, names, n) };
    struct keys_named *list;
    struct rows r;
    enum err e = db_query(db, a, Q_METER_KEYS_NAMED, params, &r);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, r.n * sizeof(*list) + 1);
    for (size_t i = 0; i < r.n; i++) {
        list[i] = (struct keys_named){
            .at = (size_t)row_int(&r, i, 0) - 1,
            .meter_id = row_int(&r, i, 1),
            .serial = row_text(&r, i, 2),
        };
    }
    *out = list;
    *found = r.n;
    return ERR_OK;
}
