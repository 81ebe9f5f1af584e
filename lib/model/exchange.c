/* Sessions as the listener has kept them; the worker forgets whole days. */
#include "lib/model/exchange.h"

#include <inttypes.h>

enum err exchange_find(struct db *db, struct arena *a, int64_t id,
                       struct exchange *out)
{
    const char *const params[] = { param_int(a, id) };
    struct rows rows;
    enum err e = db_query(db, a, Q_EXCHANGE_FIND, params, &rows);

    if (e != ERR_OK)
        return e;
    if (rows.n == 0)
        return err_raise(ERR_NOT_FOUND, "no session %" PRId64, id);
    *out = (struct exchange){
        .id = id,
        .at = row_moment(&rows, 0, 0),
        .device = row_text(&rows, 0, 1),
        .meter_id = row_int(&rows, 0, 2),
        .address = row_text(&rows, 0, 3),
        .result = row_text(&rows, 0, 4),
        .took_ms = row_int(&rows, 0, 5),
        .bytes_in = row_int(&rows, 0, 6),
        .bytes_out = row_int(&rows, 0, 7),
        .protocol = row_text(&rows, 0, 8),
        .frames = row_bytea(a, &rows, 0, 9),
        .meters = row_text(&rows, 0, 10),
    };
    return ERR_OK;
}

enum err exchange_lost(struct db *db, struct arena *a,
                       struct exchange_lost *out)
{
    struct rows rows;
    enum err e = db_query(db, a, Q_EXCHANGE_LOST, NULL, &rows);

    if (e == ERR_OK)
        *out = (struct exchange_lost){ .times = row_int(&rows, 0, 0),
                                       .last_at = row_moment(&rows, 0, 1),
                                       .days = row_int(&rows, 0, 2) };
    return e;
}
