/* Test messages: their statements. */
#include "lib/model/test_message.h"

#include <inttypes.h>
#include <string.h>

enum err test_message_send(struct db *db, struct arena *a, const char *kind,
                           const char *to, const char *language,
                           const char *address, int64_t *id)
{
    const char *const params[] = { kind, to, language, address };
    struct rows rows;
    enum err e = db_query(db, a, Q_TEST_MESSAGE, params, &rows);

    if (e == ERR_OK)
        *id = row_int(&rows, 0, 0);
    return e;
}

enum err test_message_fate(struct db *db, struct arena *a, const char *kind,
                           int64_t id, struct message_fate *out)
{
    const char *const params[] = { param_int(a, id) };
    struct rows rows;
    enum err e = db_query(db, a,
                          strcmp(kind, "sms") == 0 ? Q_TEST_MESSAGE_FATE__SMS
                                                   : Q_TEST_MESSAGE_FATE__MAIL,
                          params, &rows);

    if (e != ERR_OK)
        return e;
    if (rows.n == 0)
        return err_raise(ERR_NOT_FOUND, "no test %s id=%" PRId64, kind, id);
    *out = (struct message_fate){
        .to = row_text(&rows, 0, 0),
        .state = row_text(&rows, 0, 1),
        .attempts = row_int(&rows, 0, 2),
        .next_at = row_moment(&rows, 0, 3),
        .error = row_text(&rows, 0, 4),
        .detail = row_text(&rows, 0, 5),
    };
    return ERR_OK;
}
