/* Broken sessions as the listener counted them; the worker forgets old ones. */
#include "lib/model/fault.h"

#include <inttypes.h>

enum err fault_find(struct db *db, struct arena *a, int64_t id,
                    struct fault *out)
{
    const char *const params[] = { param_int(a, id) };
    struct rows rows;
    enum err e = db_query(db, a, Q_FAULT_FIND, params, &rows);

    if (e != ERR_OK)
        return e;
    if (rows.n == 0)
        return err_raise(ERR_NOT_FOUND, "no fault %" PRId64, id);
    *out = (struct fault){ .address = row_text(&rows, 0, 0),
                           .reason = row_text(&rows, 0, 1),
                           .first = row_text(&rows, 0, 2),
                           .last = row_text(&rows, 0, 3) };
    return ERR_OK;
}

enum err fault_reasons(struct db *db, struct arena *a, const char *const **out,
                       size_t *n)
{
    struct rows rows;
    const char **list;
    enum err e = db_query(db, a, Q_FAULT_REASONS, NULL, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, (rows.n + 1) * sizeof(*list));
    for (size_t i = 0; i < rows.n; i++)
        list[i] = row_text(&rows, i, 0);
    *out = list;
    *n = rows.n;
    return ERR_OK;
}
