/* Orders to one meter, to those an expression names, to very many. */
#include <inttypes.h>
#include <string.h>

#include "lib/model/fleet.h"
#include "lib/model/job.h"

enum err fleet_named(struct db *db, struct arena *a, const struct serials *s,
                     const char *kind, int64_t *named, int64_t *able)
{
    const char *params[SERIALS_PARAMS + 1];
    struct rows r;
    enum err e;

    param_serials(a, s, params);
    params[SERIALS_PARAMS] = kind;
    if ((e = db_query(db, a, Q_FLEET_NAMED, params, &r)) != ERR_OK)
        return e;
    *named = row_int(&r, 0, 0);
    *able = row_int(&r, 0, 1);
    return ERR_OK;
}

enum err fleet_order(struct db *db, struct arena *a, const struct serials *s,
                     const struct fleet_order *o, int64_t n)
{
    const char *params[SERIALS_PARAMS + 3];
    struct rows r;
    enum err e;

    param_serials(a, s, params);
    params[SERIALS_PARAMS] = o->kind;
    params[SERIALS_PARAMS + 1] = o->carries;
    params[SERIALS_PARAMS + 2] = o->note;
    if ((e = db_query(db, a, Q_FLEET_ORDER, params, &r)) != ERR_OK)
        return e;
    if (row_int(&r, 0, 0) != n)
        return err_raise(ERR_CONFLICT,
                         "an order for %" PRId64 " meters would reach %" PRId64,
                         n, row_int(&r, 0, 0));
    return ERR_OK;
}

enum err fleet_order_ask(struct db *db, struct arena *a,
                         const struct serials *s, const struct fleet_order *o,
                         const struct document_words *words, const char *title,
                         int64_t *job_id)
{
    const char *params[SERIALS_PARAMS + 6];
    const char **rest = params + SERIALS_PARAMS;
    struct rows r;
    enum err e;

    param_serials(a, s, params);
    rest[0] = o->kind;
    rest[1] = o->carries;
    rest[2] = o->note;
    rest[3] = param_texts(a, words->names, words->n);
    rest[4] = param_texts(a, words->words, words->n);
    rest[5] = title;
    if ((e = db_query(db, a, Q_ORDER_ASK, params, &r)) == ERR_OK)
        *job_id = row_int(&r, 0, 0);
    return e;
}

enum err fleet_order_one(struct db *db, struct arena *a, int64_t id,
                         const struct fleet_order *o, struct bytes sealed)
{
    const char *const params[] = { param_int(a, id), o->kind, o->carries,
                                   param_bytea(a, sealed), o->note };
    struct rows r;
    enum err e = db_query(db, a, Q_FLEET_ORDER_ONE, params, &r);

    if (e == ERR_OK && row_int(&r, 0, 0) != 1)
        return err_raise(ERR_INVALID, "meter=%" PRId64 " cannot %s", id,
                         o->kind);
    return e;
}

enum err order_begin(struct db *db, struct arena *a, int64_t job_id,
                     int64_t *done, int64_t *total)
{
    const char *const params[] = { param_int(a, job_id) };
    struct rows r;
    enum err e = db_query(db, a, Q_ORDER_BEGIN, params, &r);

    if (e != ERR_OK)
        return e;
    if (r.n == 0)
        return err_raise(ERR_FORBIDDEN, "job=%" PRId64 ": no right any more",
                         job_id);
    *done = row_int(&r, 0, 0);
    *total = row_int(&r, 0, 1);
    return ERR_OK;
}

enum err order_step(struct db *db, struct arena *a, int64_t job_id,
                    const char *claim, int64_t meters, bool *left)
{
    const char *const params[] = { param_int(a, job_id), claim,
                                   param_int(a, meters) };
    struct rows r;
    enum err e = db_query(db, a, Q_ORDER_STEP, params, &r);

    if (e == ERR_OK)
        *left = !row_null(&r, 0, 0);
    return e;
}
