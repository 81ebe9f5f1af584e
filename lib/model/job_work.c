/* Jobs as the worker sees them: a claim, under which alone it may write. */
#include "lib/model/job.h"

#include <inttypes.h>
#include <string.h>

static enum document_kind kind_of(const char *code)
{
    if (strcmp(code, document_kind_code(DOCUMENT_RECEIPTS)) == 0)
        return DOCUMENT_RECEIPTS;
    return strcmp(code, document_kind_code(DOCUMENT_DAILY)) == 0
               ? DOCUMENT_DAILY
               : DOCUMENT_BALANCE;
}

enum err job_claim(struct db *db, struct arena *a, int64_t lease_ms,
                   struct job_claim *out)
{
    const char *const params[] = { param_int(a, lease_ms) };
    struct rows r;
    enum err e = db_query(db, a, Q_JOB_CLAIM, params, &r);

    memset(out, 0, sizeof(*out));
    if (e != ERR_OK || r.n == 0)
        return e;
    *out = (struct job_claim){
        .id = row_int(&r, 0, 0),
        .key = row_text(&r, 0, 1),
        .given_up = strcmp(row_text(&r, 0, 3), "failed") == 0,
        .title = row_text(&r, 0, 4),
        .lease_ms = lease_ms,
        .order = {
            .kind = kind_of(row_text(&r, 0, 2)),
            .whose = { .group_id = row_int(&r, 0, 5) },
            .days = { row_text(&r, 0, 6), row_text(&r, 0, 7) },
            .format = row_text(&r, 0, 8),
            .charset = row_text(&r, 0, 9),
            .mode = balance_mode_of_code(row_text(&r, 0, 10)),
            .volume_dm3 = row_int(&r, 0, 11),
            .detailed = row_bool(&r, 0, 12),
        },
        .import = {
            .upload_id = row_int(&r, 0, 13),
            .trial = row_bool(&r, 0, 14),
            .drops = row_bool(&r, 0, 15),
        },
        .is_order = strcmp(row_text(&r, 0, 2), "order") == 0,
    };
    return ERR_OK;
}

enum err job_words(struct db *db, struct arena *a, int64_t id,
                   struct document_words *out)
{
    const char *const params[] = { param_int(a, id) };
    const char **names, **words;
    struct rows rows;
    enum err e = db_query(db, a, Q_JOB_WORDS, params, &rows);

    if (e != ERR_OK)
        return e;
    names = arena_alloc(a, rows.n * sizeof(*names) + 1);
    words = arena_alloc(a, rows.n * sizeof(*words) + 1);
    for (size_t i = 0; i < rows.n; i++) {
        names[i] = row_text(&rows, i, 0);
        words[i] = row_text(&rows, i, 1);
    }
    *out = (struct document_words){ names, words, rows.n };
    return ERR_OK;
}

enum err job_enter(struct db *db, struct arena *a, int64_t id)
{
    const char *const params[] = { param_int(a, id) };
    struct rows rows;
    enum err e = db_query(db, a, Q_JOB_ENTER, params, &rows);

    if (e == ERR_OK && rows.n == 0)
        return err_raise(ERR_FORBIDDEN, "job=%" PRId64 ": no right any more",
                         id);
    return e;
}

/* A statement under the claim: no row says that it does not hold. */
static enum err under(struct db *db, struct arena *a, enum query q,
                      const struct job_claim *c, const char *const *params)
{
    struct rows rows;
    enum err e = db_query(db, a, q, params, &rows);

    if (e == ERR_OK && rows.n == 0)
        return err_raise(ERR_CONFLICT, "job=%" PRId64 " is not ours any more",
                         c->id);
    return e;
}

enum err job_progress(struct db *db, struct arena *a, const struct job_claim *c,
                      int64_t done, int64_t total)
{
    const char *const params[] = { param_int(a, c->id), c->key,
                                   param_int(a, done), param_int(a, total),
                                   param_int(a, c->lease_ms) };

    return under(db, a, Q_JOB_PROGRESS, c, params);
}

enum err job_finish(struct db *db, struct arena *a, const struct job_claim *c,
                    const struct job_file *file, const char *note)
{
    const char *const params[] = {
        param_int(a, c->id),      c->key, file->name, file->media_type,
        param_int(a, file->size), note
    };

    return under(db, a, Q_JOB_FINISH, c, params);
}

enum err job_fail(struct db *db, struct arena *a, const struct job_claim *c,
                  const char *why, const char *note)
{
    const char *const params[] = { param_int(a, c->id), c->key, why, note };

    return under(db, a, Q_JOB_FAIL, c, params);
}

enum err job_release(struct db *db, struct arena *a, const struct job_claim *c)
{
    const char *const params[] = { param_int(a, c->id), c->key };

    return under(db, a, Q_JOB_RELEASE, c, params);
}

enum err job_chunks_drop(struct db *db, struct arena *a, int64_t id)
{
    const char *const params[] = { param_int(a, id) };

    return db_exec(db, a, Q_JOB_CHUNKS_DROP, params);
}
