/* Notes and sealed passwords: their statements. */
#include "lib/model/desk.h"

/* Columns of sql/queries/radio_password_view.sql. */
enum { IDENTITY, SEALED };

enum err meter_note_set(struct db *db, struct arena *a, int64_t meter_id,
                        const char *was, const char *note, const char *address)
{
    const char *const params[] = { param_int(a, meter_id), was, note, address };

    return db_exec(db, a, Q_METER_NOTE_SET, params);
}

enum err radio_password_view(struct db *db, struct arena *a, int64_t meter_id,
                             const char *address,
                             const struct sealed_secret **out, size_t *n)
{
    const char *const params[] = { param_int(a, meter_id), address };
    struct sealed_secret *list;
    struct rows rows;
    enum err e = db_query(db, a, Q_RADIO_PASSWORD_VIEW, params, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++) {
        list[i].identity = row_text(&rows, i, IDENTITY);
        list[i].sealed = row_bytea(a, &rows, i, SEALED);
    }
    *out = list;
    *n = rows.n;
    return ERR_OK;
}
