/* The two questions of a view; their rules stand in the database. */
#include "lib/model/cabinet_view.h"

#include "lib/model/operator.h"

enum err cabinet_view_open(struct db *db, struct arena *a, int64_t subscriber,
                           const char *session, const char *address,
                           const char **token)
{
    enum err e = token_make(a, token);

    if (e != ERR_OK)
        return e;

    const char *const params[] = { param_int(a, subscriber),
                                   token_hash(a, session),
                                   token_hash(a, *token), address };

    return db_exec(db, a, Q_CABINET_VIEW_OPEN, params);
}

enum err cabinet_view_enter(struct db *db, struct arena *a,
                            const struct cabinet_look *look,
                            struct cabinet_session *out)
{
    const char *const params[] = { token_hash(a, look->token), look->address,
                                   look->action, look->what,
                                   look->ends ? "t" : "f" };
    struct rows rows;
    enum err e = db_begin_query(db, a, Q_CABINET_VIEW_ENTER, params, &rows);

    if (e != ERR_OK)
        return e;
    if (rows.n == 0)
        return err_raise(ERR_UNSIGNED, "the view is over");
    *out = (struct cabinet_session){
        .subscriber_id = row_int(&rows, 0, 0),
        .first_name = row_text(&rows, 0, 1),
        .account = row_text(&rows, 0, 2),
        .email = "",
        .scheme = row_text(&rows, 0, 3),
        .section = row_text(&rows, 0, 4),
        .counts = row_bool(&rows, 0, 5),
        .notices = (int)row_int(&rows, 0, 6),
        .viewer = row_text(&rows, 0, 7),
    };
    return ERR_OK;
}
