/* Subscribers: one statement each; rules and locks are the database's. */
#include "lib/model/subscriber.h"

#include <inttypes.h>

/* Columns of sql/queries/subscriber_find.sql. */
enum {
    ID,
    VERSION,
    ACCOUNT,
    ADDRESS,
    BRANCH,
    TARIFF,
    FIRST_NAME,
    LAST_NAME,
    PHONE,
    EMAIL,
    CALCULATES,
    SHOWS,
    CABINET,
    OPERATIONS,
    METERS,
};

enum err subscriber_find(struct db *db, struct arena *a, int64_t id,
                         struct subscriber *out)
{
    struct rows r;
    enum err e = row_of_id(db, a, Q_SUBSCRIBER_FIND, id, "subscriber", &r);

    if (e != ERR_OK)
        return e;
    *out = (struct subscriber){
        .id = id,
        .version = row_text(&r, 0, VERSION),
        .account = row_text(&r, 0, ACCOUNT),
        .address = row_text(&r, 0, ADDRESS),
        .branch_id = row_int(&r, 0, BRANCH),
        .tariff_id = row_int(&r, 0, TARIFF),
        .first_name = row_text(&r, 0, FIRST_NAME),
        .last_name = row_text(&r, 0, LAST_NAME),
        .phone = row_text(&r, 0, PHONE),
        .email = row_text(&r, 0, EMAIL),
        .calculates_balance = row_bool(&r, 0, CALCULATES),
        .shows_balance = row_bool(&r, 0, SHOWS),
        .cabinet_allowed = row_bool(&r, 0, CABINET),
        .operations = row_int(&r, 0, OPERATIONS),
        .meters = row_int(&r, 0, METERS),
    };
    return ERR_OK;
}

enum err subscriber_taken(struct db *db, struct arena *a,
                          const struct subscriber *s, bool *account,
                          bool *email)
{
    const char *const params[] = { param_given(s->account), s->email,
                                   param_id(a, s->id) };
    struct rows r;
    enum err e = db_query(db, a, Q_SUBSCRIBER_TAKEN, params, &r);

    if (e != ERR_OK)
        return e;
    *account = row_bool(&r, 0, 0);
    *email = row_bool(&r, 0, 1);
    return ERR_OK;
}

/* As subscriber_add.sql and subscriber_change.sql begin. */
#define SUBSCRIBER_PARAMS(a, s)                                                \
    param_given((s)->account), (s)->address, param_int(a, (s)->branch_id),     \
        param_int(a, (s)->tariff_id), (s)->first_name, (s)->last_name,         \
        (s)->phone, (s)->email, param_bool((s)->calculates_balance),           \
        param_bool((s)->shows_balance), param_bool((s)->cabinet_allowed)

enum err subscriber_add(struct db *db, struct arena *a, struct subscriber *s)
{
    const char *const params[] = { SUBSCRIBER_PARAMS(a, s) };
    struct rows r;
    enum err e = db_query(db, a, Q_SUBSCRIBER_ADD, params, &r);

    if (e == ERR_OK)
        s->id = row_int(&r, 0, 0);
    return e;
}

enum err subscriber_change(struct db *db, struct arena *a, struct subscriber *s)
{
    const char *const lock[] = { param_int(a, s->id) };
    const char *const params[] = { SUBSCRIBER_PARAMS(a, s), param_int(a, s->id),
                                   s->version };
    enum err e = db_exec(db, a, Q_SUBSCRIBER_LOCK, lock);

    return e != ERR_OK ? e : db_changed(db, a, Q_SUBSCRIBER_CHANGE, params);
}

enum err subscriber_choices(struct db *db, struct arena *a,
                            enum subscriber_choice of, struct rows *out)
{
    return db_query(db, a, (enum query)((int)Q_SUBSCRIBER_CHOICES + (int)of),
                    NULL, out);
}

enum err subscribers_sum(struct db *db, struct arena *a, const char *ids,
                         struct subscribers_sum *out)
{
    const char *const params[] = { ids };
    struct rows r;
    enum err e = db_query(db, a, Q_SUBSCRIBERS_SUM, params, &r);

    if (e != ERR_OK)
        return e;
    *out = (struct subscribers_sum){
        .subscribers = row_int(&r, 0, 0),
        .operations = row_int(&r, 0, 1),
        .meters = row_int(&r, 0, 2),
    };
    return ERR_OK;
}

enum err subscribers_delete(struct db *db, struct arena *a, const char *ids,
                            const char *version, const char *address,
                            int64_t *deleted)
{
    const char *const params[] = { ids, version, address };
    struct rows r;
    enum err e = db_query(db, a, Q_SUBSCRIBERS_DELETE, params, &r);

    if (e == ERR_OK)
        *deleted = row_int(&r, 0, 0);
    return e;
}

enum err meters_bind(struct db *db, struct arena *a, int64_t subscriber,
                     const char *meters, const char *address)
{
    const char *const params[] = { param_int(a, subscriber), meters, address };

    return db_exec(db, a, Q_METERS_BIND, params);
}

enum err meter_unbind(struct db *db, struct arena *a, int64_t subscriber,
                      int64_t meter, const char *address)
{
    const char *const params[] = { param_int(a, subscriber),
                                   param_int(a, meter), address };

    return db_exec(db, a, Q_METER_UNBIND, params);
}

enum err subscriber_meter(struct db *db, struct arena *a, int64_t subscriber,
                          int64_t meter, const char **serial,
                          const char **model)
{
    const char *const params[] = { param_int(a, subscriber),
                                   param_int(a, meter) };
    struct rows r;
    enum err e = db_query(db, a, Q_SUBSCRIBER_METER, params, &r);

    if (e != ERR_OK)
        return e;
    if (r.n == 0)
        return err_raise(ERR_NOT_FOUND,
                         "subscriber %" PRId64 " has no meter %" PRId64,
                         subscriber, meter);
    *serial = row_text(&r, 0, 0);
    *model = row_text(&r, 0, 1);
    return ERR_OK;
}
