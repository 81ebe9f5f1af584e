/* Branches: found, added, changed while nobody else does, deleted. */
#include "lib/model/branch.h"

enum err branch_find(struct db *db, struct arena *a, int64_t id,
                     struct branch *out)
{
    struct rows r;
    enum err e = row_of_id(db, a, Q_BRANCH_FIND, id, "branch", &r);

    if (e != ERR_OK)
        return e;
    *out = (struct branch){
        .id = id,
        .version = row_text(&r, 0, 1),
        .name = row_text(&r, 0, 2),
        .full_name = row_text(&r, 0, 3),
        .bank = row_text(&r, 0, 4),
        .account = row_text(&r, 0, 5),
        .bic = row_text(&r, 0, 6),
        .corr_account = row_text(&r, 0, 7),
        .inn = row_text(&r, 0, 8),
        .kpp = row_text(&r, 0, 9),
        .saupg_id = row_text(&r, 0, 10),
        .subscribers = row_int(&r, 0, 11),
        .operators = row_int(&r, 0, 12),
    };
    return ERR_OK;
}

enum err branch_taken(struct db *db, struct arena *a, const struct branch *b,
                      bool *name, bool *saupg_id)
{
    const char *const params[] = { b->name, param_given(b->saupg_id),
                                   param_id(a, b->id) };
    struct rows r;
    enum err e = db_query(db, a, Q_BRANCH_TAKEN, params, &r);

    if (e != ERR_OK)
        return e;
    *name = row_bool(&r, 0, 0);
    *saupg_id = row_bool(&r, 0, 1);
    return ERR_OK;
}

/* As branch_add.sql and branch_change.sql begin. */
#define BRANCH_PARAMS(b)                                                       \
    (b)->name, (b)->full_name, (b)->bank, (b)->account, (b)->bic,              \
        (b)->corr_account, (b)->inn, (b)->kpp, param_given((b)->saupg_id)

enum err branch_add(struct db *db, struct arena *a, const struct branch *b)
{
    const char *const params[] = { BRANCH_PARAMS(b) };

    return db_exec(db, a, Q_BRANCH_ADD, params);
}

enum err branch_change(struct db *db, struct arena *a, const struct branch *b)
{
    const char *const params[] = { BRANCH_PARAMS(b), param_int(a, b->id),
                                   b->version };

    return db_changed(db, a, Q_BRANCH_CHANGE, params);
}

enum err branch_delete(struct db *db, struct arena *a, int64_t id,
                       const char *version)
{
    const char *const params[] = { param_int(a, id), version };

    return db_changed(db, a, Q_BRANCH_DELETE, params);
}

enum err branch_names(struct db *db, struct arena *a,
                      const struct branch_name **out, size_t *n)
{
    struct branch_name *list;
    struct rows r;
    enum err e = db_query(db, a, Q_BRANCH_NAMES, NULL, &r);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, r.n * sizeof(*list));
    for (size_t i = 0; i < r.n; i++)
        list[i] = (struct branch_name){ row_int(&r, i, 0), row_text(&r, i, 1) };
    *out = list;
    *n = r.n;
    return ERR_OK;
}
