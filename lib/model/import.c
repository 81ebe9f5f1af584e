/* Both sides of an import, to the database. */
#include "lib/model/import.h"

#include <inttypes.h>

#define TICK_MS 500

/* ---- the administrator's side ---- */

enum err import_ask(struct db *db, struct arena *a,
                    const struct import_order *order,
                    const struct document_words *words, const char *title,
                    const char *address, int64_t *id)
{
    const char *const params[] = {
        param_int(a, order->upload_id),
        param_bool(order->trial),
        param_bool(order->drops),
        param_texts(a, words->names, words->n),
        param_texts(a, words->words, words->n),
        title,
        address,
    };
    struct rows rows;
    enum err e = db_query(db, a, Q_IMPORT_ASK, params, &rows);

    if (e == ERR_OK)
        *id = row_int(&rows, 0, 0);
    return e;
}

static struct import_counts counts_of(const struct rows *r, int col)
{
    return (struct import_counts){
        .rows = row_int(r, 0, col),
        .subscribers_added = row_int(r, 0, col + 1),
        .subscribers_deleted = row_int(r, 0, col + 2),
        .subscribers_changed = row_int(r, 0, col + 3),
        .branches_added = row_int(r, 0, col + 4),
        .tariffs_added = row_int(r, 0, col + 5),
        .meters_bound = row_int(r, 0, col + 6),
        .errors = row_int(r, 0, col + 7),
        .warnings = row_int(r, 0, col + 8),
    };
}

enum err import_find(struct db *db, struct arena *a, int64_t id,
                     struct import *out)
{
    struct rows rows;
    enum err e = row_of_id(db, a, Q_IMPORT_FIND, id, "import", &rows);

    if (e != ERR_OK)
        return e;
    *out = (struct import){
        .id = row_int(&rows, 0, 0),
        .title = row_text(&rows, 0, 1),
        .state = row_text(&rows, 0, 2),
        .done = row_int(&rows, 0, 3),
        .total = row_int(&rows, 0, 4),
        .file = row_text(&rows, 0, 5),
        .trial = row_bool(&rows, 0, 6),
        .drops = row_bool(&rows, 0, 7),
        .error = row_text(&rows, 0, 8),
        .note = row_text(&rows, 0, 9),
        .finished_at = row_moment(&rows, 0, 10),
        .reported = row_bool(&rows, 0, 11),
        .counts = counts_of(&rows, 12),
    };
    return ERR_OK;
}

enum err import_list(struct db *db, struct arena *a,
                     const struct import_mention **out, size_t *n)
{
    struct import_mention *list;
    struct rows rows;
    enum err e = db_query(db, a, Q_IMPORT_LIST, NULL, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = (struct import_mention){
            .id = row_int(&rows, i, 0),
            .file = row_text(&rows, i, 1),
            .trial = row_bool(&rows, i, 2),
            .state = row_text(&rows, i, 3),
            .created_at = row_moment(&rows, i, 4),
        };
    *out = list;
    *n = rows.n;
    return ERR_OK;
}

struct each_problem {
    enum err (*each)(const struct import_problem *p, void *ctx);
    void *ctx;
};

static enum err problem_row(const struct rows *row, void *ctx)
{
    const struct each_problem *to = ctx;
    const struct import_problem p = {
        .no = row_int(row, 0, 0),
        .code = row_text(row, 0, 1),
        .detail = row_text(row, 0, 2),
        .other = row_int(row, 0, 3),
    };

    return to->each(&p, to->ctx);
}

enum err import_problem_stream(
    struct db *db, struct arena *a, int64_t id, int64_t limit,
    enum err (*each)(const struct import_problem *p, void *ctx), void *ctx)
{
    const char *const params[] = { param_int(a, id),
                                   limit > 0 ? param_int(a, limit) : NULL };
    struct each_problem to = { each, ctx };

    return db_stream(db, Q_IMPORT_PROBLEM_PAGE, params, problem_row, &to);
}

/* ---- the worker's side ---- */

static enum err step(const struct import_steps *s, enum query q,
                     const char *const *params, struct rows *rows)
{
    return db_query_long(s->db, s->scratch, q, params, rows, TICK_MS, s->ask,
                         s->ctx);
}

/* A step whose answer is a number or two. */
static enum err counting_step(const struct import_steps *s, enum query q,
                              int64_t *first, int64_t *second)
{
    struct rows rows;
    enum err e = step(s, q, NULL, &rows);

    if (e == ERR_OK && first != NULL)
        *first = row_int(&rows, 0, 0);
    if (e == ERR_OK && second != NULL)
        *second = row_int(&rows, 0, 1);
    arena_reset(s->scratch);
    return e;
}

enum err import_enter(const struct import_steps *s, int64_t id)
{
    const char *const params[] = { param_int(s->scratch, id) };
    struct rows rows;
    enum err e = db_query(s->db, s->scratch, Q_IMPORT_ENTER, params, &rows);

    if (e == ERR_OK && rows.n == 0)
        e = err_raise(ERR_FORBIDDEN, "import=%" PRId64 ": no right any more",
                      id);
    arena_reset(s->scratch);
    return e;
}

enum err import_begin(const struct import_steps *s)
{
    return counting_step(s, Q_IMPORT_BEGIN, NULL, NULL);
}

enum err import_match(const struct import_steps *s)
{
    return counting_step(s, Q_IMPORT_MATCH, NULL, NULL);
}

enum err import_directories(const struct import_steps *s,
                            struct import_counts *c)
{
    return counting_step(s, Q_IMPORT_DIRECTORIES, &c->branches_added,
                         &c->tariffs_added);
}

enum err import_lock(const struct import_steps *s)
{
    return counting_step(s, Q_IMPORT_LOCK, NULL, NULL);
}

enum err import_subscribers(const struct import_steps *s,
                            struct import_counts *c)
{
    return counting_step(s, Q_IMPORT_SUBSCRIBERS, &c->subscribers_added,
                         &c->subscribers_changed);
}

enum err import_meters(const struct import_steps *s, struct import_counts *c)
{
    return counting_step(s, Q_IMPORT_METERS, &c->meters_bound, NULL);
}

enum err import_drop(const struct import_steps *s, struct import_counts *c)
{
    return counting_step(s, Q_IMPORT_DROP, &c->subscribers_deleted, NULL);
}

enum err import_problem_counts(const struct import_steps *s,
                               struct import_counts *c)
{
    return counting_step(s, Q_IMPORT_PROBLEM_COUNTS, &c->errors, &c->warnings);
}

enum err import_problems(const struct import_steps *s,
                         enum err (*each)(const struct import_problem *p,
                                          void *ctx),
                         void *ctx)
{
    struct each_problem to = { each, ctx };

    return db_stream(s->db, Q_IMPORT_PROBLEMS, NULL, problem_row, &to);
}

enum err import_done(const struct import_steps *s, int64_t id,
                     const struct import_counts *c)
{
    const int64_t numbers[] = {
        id,
        c->rows,
        c->subscribers_added,
        c->subscribers_deleted,
        c->subscribers_changed,
        c->branches_added,
        c->tariffs_added,
        c->meters_bound,
        c->errors,
        c->warnings,
    };
    const char *params[sizeof(numbers) / sizeof(numbers[0])];
    enum err e;

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        params[i] = param_int(s->scratch, numbers[i]);
    e = db_exec(s->db, s->scratch, Q_IMPORT_DONE, params);
    arena_reset(s->scratch);
    return e;
}

enum err import_forget(struct db *db, struct arena *a, int64_t id)
{
    const char *const params[] = { param_int(a, id) };

    return db_exec(db, a, Q_IMPORT_FORGET, params);
}

enum err import_file_drop(struct db *db, struct arena *a, int64_t id)
{
    const char *const params[] = { param_int(a, id) };

    return db_exec(db, a, Q_IMPORT_FILE_DROP, params);
}
