/* Groups of meters: rows as structs. */
#include "lib/model/group.h"

enum err group_list(struct db *db, struct arena *a, struct group_list *out)
{
    struct meter_group *list;
    struct rows rows;
    enum err e = db_query(db, a, Q_GROUP_LIST, NULL, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = (struct meter_group){
            .id = row_int(&rows, i, 0),
            .name = row_text(&rows, i, 1),
            .meters = row_int(&rows, i, 2),
            .balance_serial = row_text(&rows, i, 3),
        };
    *out = (struct group_list){ list, rows.n };
    return ERR_OK;
}

enum err group_find(struct db *db, struct arena *a, int64_t id,
                    struct meter_group *out)
{
    struct rows rows;
    enum err e = row_of_id(db, a, Q_GROUP_FIND, id, "group", &rows);

    if (e != ERR_OK)
        return e;
    *out = (struct meter_group){
        .id = row_int(&rows, 0, 0),
        .name = row_text(&rows, 0, 1),
        .meters = row_int(&rows, 0, 2),
        .seen = row_int(&rows, 0, 3),
        .has_balance = row_bool(&rows, 0, 4),
        .balance_id = row_int(&rows, 0, 5),
        .balance_serial = row_text(&rows, 0, 6),
        .balance_account = row_text(&rows, 0, 7),
    };
    return ERR_OK;
}
