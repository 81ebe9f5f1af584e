/* Both outboxes seen as one list. */
#include "lib/model/message.h"

#include <inttypes.h>
#include <string.h>

static const char *channel_of(int64_t id)
{
    return id % 2 == 0 ? "mail" : "sms";
}

enum err message_find(struct db *db, struct arena *a, int64_t id,
                      struct message_card *out)
{
    const char *const params[] = { channel_of(id), param_int(a, id / 2) };
    struct rows rows;
    enum err e = db_query(db, a, Q_MESSAGE_FIND, params, &rows);

    if (e != ERR_OK)
        return e;
    if (rows.n == 0)
        return err_raise(ERR_NOT_FOUND, "no message %" PRId64, id);
    *out = (struct message_card){ .channel = channel_of(id),
                                  .kind = row_text(&rows, 0, 0),
                                  .recipient = row_text(&rows, 0, 1),
                                  .state = row_text(&rows, 0, 2) };
    out->again = strcmp(out->state, "queued") != 0 && !row_bool(&rows, 0, 3);
    return ERR_OK;
}

enum err message_again(struct db *db, struct arena *a, int64_t id,
                       const char *address)
{
    const char *const params[] = { channel_of(id), param_int(a, id / 2),
                                   address };

    return db_exec(db, a, Q_MESSAGE_AGAIN, params);
}

enum err channel_list(struct db *db, struct arena *a,
                      const struct channel_card **out, size_t *n)
{
    struct channel_card *list;
    struct rows rows;
    enum err e = db_query(db, a, Q_CHANNEL_LIST, NULL, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, (rows.n + 1) * sizeof(*list));
    for (size_t i = 0; i < rows.n; i++)
        list[i] = (struct channel_card){
            .channel = row_text(&rows, i, 0),
            .state = row_text(&rows, i, 1),
            .reason = row_text(&rows, i, 2),
            .detail = row_text(&rows, i, 3),
            .since = row_moment(&rows, i, 4),
            .retry_at = row_moment(&rows, i, 5),
            .waiting = row_int(&rows, i, 6),
            .failed = row_int(&rows, i, 7),
            .balance = row_text(&rows, i, 8),
            .balance_low = row_bool(&rows, i, 9),
            .balance_at = row_moment(&rows, i, 10),
            .away = row_bool(&rows, i, 11),
        };
    *out = list;
    *n = rows.n;
    return ERR_OK;
}
