/* Commands: rows of command as structs, and the one way to give one. */
#include "lib/model/command.h"

#include <string.h>

/* Columns of sql/queries/command_page.sql. */
enum { KIND, OPERATOR, SUBMITTED, EXECUTED, STATE, TOTAL };

const char *command_code(enum command_kind kind)
{
    switch (kind) {
    case COMMAND_NONE:
        return "";
    case VALVE_CLOSE:
        return "close";
    case VALVE_OPEN:
        return "open";
    }
    return "";
}

enum command_kind command_of_code(const char *code)
{
    if (strcmp(code, "close") == 0)
        return VALVE_CLOSE;
    if (strcmp(code, "open") == 0)
        return VALVE_OPEN;
    return COMMAND_NONE;
}

enum command_kind command_of_row(const struct rows *r, size_t row, int col)
{
    const char *text = row_text(r, row, col);

    return strncmp(text, "valve_", 6) == 0 ? command_of_code(text + 6)
                                           : COMMAND_NONE;
}

static struct command command_read(const struct rows *r, size_t i)
{
    return (struct command){
        .kind = command_of_row(r, i, KIND),
        .operator_login = row_text(r, i, OPERATOR),
        .submitted_at = row_moment(r, i, SUBMITTED),
        .executed_at = row_moment(r, i, EXECUTED),
        .state = row_text(r, i, STATE),
    };
}

static enum query page_query(enum command_order order, bool descending)
{
    return (enum query)(
        Q_COMMAND_PAGE + (int)order * Q_COMMAND_PAGE__N_DIR +
        (descending ? Q_COMMAND_PAGE__DIR_DESC : Q_COMMAND_PAGE__DIR_ASC));
}

enum err command_page(struct db *db, struct arena *a, int64_t meter_id,
                      enum command_order order, bool descending,
                      struct span span, struct command_list *out)
{
    struct command *list;
    struct rows rows;
    enum err e = history_page(db, a, page_query(order, descending), meter_id,
                              span, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = command_read(&rows, i);
    *out = (struct command_list){ .rows = list, .n = rows.n };
    if (rows.n > 0)
        out->total = row_int(&rows, 0, TOTAL);
    return ERR_OK;
}

struct stream {
    enum err (*each)(const struct command *it, void *ctx);
    void *ctx;
};

static enum err stream_row(const struct rows *row, void *ctx)
{
    struct stream *s = ctx;
    struct command it = command_read(row, 0);

    return s->each(&it, s->ctx);
}

enum err command_stream(struct db *db, struct arena *a, int64_t meter_id,
                        enum err (*each)(const struct command *it, void *ctx),
                        void *ctx)
{
    struct stream s = { each, ctx };

    return history_stream(db, a, page_query(COMMANDS_BY_SUBMITTED, true),
                          meter_id, stream_row, &s);
}

/* After the lock, so that what another click has queued is seen. */
static enum err refuse_second(struct db *db, struct arena *a, const char *meter,
                              enum command_kind kind)
{
    const char *const params[] = { meter };
    struct rows rows;
    enum err e;

    if ((e = db_exec(db, a, Q_COMMAND_LOCK, params)) != ERR_OK ||
        (e = db_query(db, a, Q_COMMAND_WAITING, params, &rows)) != ERR_OK)
        return e;
    if (rows.n > 0 && command_of_row(&rows, 0, 0) == kind)
        return err_raise(ERR_CONFLICT, "meter=%s the same command waits",
                         meter);
    return ERR_OK;
}

enum err command_queue(struct db *db, struct arena *a, int64_t meter_id,
                       enum command_kind kind, const char *address)
{
    const char *const params[] = {
        param_int(a, meter_id),
        kind == VALVE_CLOSE ? "valve_close" : "valve_open",
        address,
    };
    enum err e;

    if ((e = refuse_second(db, a, params[0], kind)) != ERR_OK)
        return e;
    return db_exec(db, a, Q_COMMAND_QUEUE, params);
}
