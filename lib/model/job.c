/* Jobs as their operator sees them. */
#include "lib/model/job.h"

#include <inttypes.h>
#include <string.h>

static const char *const kinds[] = { "receipts", "daily", "balance" };
static const char *const modes[] = { "use", "manual", "none" };

const char *document_kind_code(enum document_kind kind)
{
    return kinds[kind];
}

const char *balance_mode_code(enum balance_mode mode)
{
    return modes[mode];
}

enum balance_mode balance_mode_of_code(const char *code)
{
    if (strcmp(code, modes[BALANCE_USE]) == 0)
        return BALANCE_USE;
    return strcmp(code, modes[BALANCE_MANUAL]) == 0 ? BALANCE_MANUAL
                                                    : BALANCE_NONE;
}

char *param_texts(struct arena *a, const char *const *texts, size_t n)
{
    size_t room = 3, at = 0;
    char *out;

    for (size_t i = 0; i < n; i++)
        room += strlen(texts[i]) * 2 + 3;
    out = arena_alloc(a, room);
    out[at++] = '{';
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            out[at++] = ',';
        out[at++] = '"';
        for (const char *p = texts[i]; *p != '\0'; p++) {
            if (*p == '"' || *p == '\\')
                out[at++] = '\\';
            out[at++] = *p;
        }
        out[at++] = '"';
    }
    out[at] = '}';
    return out;
}

enum err job_ask(struct db *db, struct arena *a,
                 const struct document_order *order,
                 const struct document_words *words, const char *title,
                 const char *address, int64_t *id)
{
    bool balance = order->kind == DOCUMENT_BALANCE;
    bool manual = balance && order->mode == BALANCE_MANUAL;
    const char *const params[] = {
        document_kind_code(order->kind),
        order->whose.group_id ? param_int(a, order->whose.group_id) : NULL,
        order->days.from,
        order->days.to,
        order->format,
        order->charset,
        balance ? balance_mode_code(order->mode) : NULL,
        manual ? param_int(a, order->volume_dm3) : NULL,
        balance ? param_bool(order->detailed) : NULL,
        param_texts(a, words->names, words->n),
        param_texts(a, words->words, words->n),
        title,
        address,
    };
    struct rows rows;
    enum err e = db_query(db, a, Q_JOB_ASK, params, &rows);

    if (e == ERR_OK)
        *id = row_int(&rows, 0, 0);
    return e;
}

static struct job job_of_row(const struct rows *r, size_t i)
{
    return (struct job){
        .id = row_int(r, i, 0),
        .kind = row_text(r, i, 1),
        .title = row_text(r, i, 2),
        .state = row_text(r, i, 3),
        .done = row_int(r, i, 4),
        .total = row_int(r, i, 5),
        .created_at = row_moment(r, i, 6),
        .finished_at = row_moment(r, i, 7),
        .left_s = row_figure(r, i, 8),
        .file_name = row_text(r, i, 9),
        .size = row_int(r, i, 10),
        .note = row_text(r, i, 11),
        .error = row_text(r, i, 12),
        .seen = row_bool(r, i, 13),
    };
}

enum err job_list(struct db *db, struct arena *a, struct job_list *out)
{
    struct job *list;
    struct rows rows;
    enum err e = db_query(db, a, Q_JOB_LIST, NULL, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = job_of_row(&rows, i);
    *out = (struct job_list){ list, rows.n };
    return ERR_OK;
}

enum err job_bell(struct db *db, struct arena *a, int64_t *active,
                  int64_t *ready)
{
    struct rows rows;
    enum err e = db_query(db, a, Q_JOB_BELL, NULL, &rows);

    if (e != ERR_OK)
        return e;
    *active = row_int(&rows, 0, 0);
    *ready = row_int(&rows, 0, 1);
    return ERR_OK;
}

enum err job_seen(struct db *db, struct arena *a)
{
    return db_exec(db, a, Q_JOB_SEEN, NULL);
}

/* The row of Q_JOB_FIND. */
static enum err job_find(struct db *db, struct arena *a, int64_t id,
                         struct rows *rows)
{
    const char *const params[] = { param_int(a, id) };
    enum err e = db_query(db, a, Q_JOB_FIND, params, rows);

    if (e == ERR_OK && rows->n == 0)
        return err_raise(ERR_NOT_FOUND, "no job=%" PRId64, id);
    return e;
}

/* A statement that answers with a row when it did something. */
static enum err act(struct db *db, struct arena *a, enum query q, int64_t id,
                    const char *address, bool *did)
{
    const char *const params[] = { param_int(a, id), address };
    struct rows rows;
    enum err e = db_query(db, a, q, params, &rows);

    *did = e == ERR_OK && rows.n > 0;
    return e;
}

enum err job_cancel(struct db *db, struct arena *a, int64_t id,
                    const char *address)
{
    struct rows rows;
    bool did;
    enum err e = act(db, a, Q_JOB_CANCEL, id, address, &did);

    return e != ERR_OK || did ? e : job_find(db, a, id, &rows);
}

enum err job_delete(struct db *db, struct arena *a, int64_t id,
                    const char *address)
{
    struct rows rows;
    bool did;
    enum err e = act(db, a, Q_JOB_DELETE, id, address, &did);

    if (e != ERR_OK || did)
        return e;
    if ((e = job_find(db, a, id, &rows)) != ERR_OK)
        return e;
    return err_raise(ERR_CONFLICT, "job=%" PRId64 " is on its way", id);
}

enum err job_file(struct db *db, struct arena *a, int64_t id,
                  struct job_file *out)
{
    struct rows rows;
    enum err e = job_find(db, a, id, &rows);

    if (e != ERR_OK)
        return e;
    if (strcmp(row_text(&rows, 0, 0), "done") != 0)
        return err_raise(ERR_NOT_FOUND, "job=%" PRId64 " has no file", id);
    *out = (struct job_file){
        .name = row_text(&rows, 0, 1),
        .media_type = row_text(&rows, 0, 2),
        .size = row_int(&rows, 0, 3),
        .chunks = row_int(&rows, 0, 4),
    };
    return ERR_OK;
}

static unsigned nibble(char c)
{
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

enum err job_chunk_read(struct db *db, struct arena *a, int64_t id, int64_t no,
                        const unsigned char **bytes, size_t *len)
{
    const char *const params[] = { param_int(a, id), param_int(a, no) };
    struct rows rows;
    unsigned char *out;
    const char *hex;
    enum err e = db_query(db, a, Q_JOB_CHUNK_READ, params, &rows);

    if (e != ERR_OK)
        return e;
    if (rows.n == 0)
        return err_raise(ERR_NOT_FOUND, "job=%" PRId64 " lost a piece", id);
    hex = row_text(&rows, 0, 0);
    *len = strlen(hex) / 2;
    out = arena_alloc(a, *len + 1);
    for (size_t i = 0; i < *len; i++)
        out[i] =
            (unsigned char)(nibble(hex[2 * i]) << 4 | nibble(hex[2 * i + 1]));
    *bytes = out;
    return ERR_OK;
}
