/* Jobs are made and taken back here; meters get them in their sessions. */
#include "lib/model/meter_job.h"

#include <string.h>

#include "lib/model/serials.h"

#define PIECE 5000 /* numbers of a file in one statement */

static enum err file_put(struct db *db, struct arena *a, const char *id,
                         const struct serials_csv *file)
{
    size_t n = serials_csv_count(file);
    enum err e = ERR_OK;

    for (size_t from = 0; from < n && e == ERR_OK; from += PIECE) {
        size_t some = n - from < PIECE ? n - from : PIECE;
        const char **list = arena_alloc(a, some * sizeof(*list));
        const char *params[2] = { id, NULL };

        for (size_t i = 0; i < some; i++)
            list[i] = serials_csv_number(file, from + i);
        params[1] = param_digits(a, list, some);
        e = db_exec(db, a, Q_METER_JOB_SERIALS, params);
    }
    return e;
}

static enum err row_add(struct db *db, struct arena *a,
                        const struct meter_job *job, const char *login,
                        const char **id)
{
    const char *params[14];
    struct rows r;
    enum err e;

    param_serials(a, &job->serials, params);
    params[4] = job->firmware ? "firmware" : "server_address";
    params[5] = job->name;
    params[6] = job->file != NULL ? "" : job->numbers;
    params[7] = job->firmware ? job->version : "";
    params[8] = job->firmware ? job->software_type : "";
    params[9] = job->firmware ? "" : job->address;
    params[10] = job->firmware ? NULL : param_int(a, job->port);
    params[11] = param_bytea(a, job->sealed);
    params[12] = job->firmware ? param_int(a, job->upload_id) : NULL;
    params[13] = login;
    e = db_query(db, a, Q_METER_JOB_ADD, params, &r);
    if (e == ERR_OK)
        *id = row_text(&r, 0, 0);
    return e;
}

enum err meter_job_add(struct db *db, struct arena *a,
                       const struct meter_job *job, const char *login, bool few)
{
    const char *id = "";
    enum err e = row_add(db, a, job, login, &id);
    const char *const image[] = { id, param_int(a, job->upload_id) };

    if (e == ERR_OK && job->firmware)
        e = db_exec(db, a, Q_METER_JOB_IMAGE, image);
    if (e == ERR_OK && job->file != NULL)
        e = file_put(db, a, id, job->file);
    if (e == ERR_OK && few)
        e = db_exec(db, a, Q_METER_JOB_SPREAD, &id);
    return e;
}

enum err firmware_fits(struct db *db, struct arena *a,
                       const struct meter_job *job, bool any, bool *out)
{
    const char *params[SERIALS_PARAMS + 2];
    struct rows r;
    enum err e;

    param_serials(a, &job->serials, params);
    params[SERIALS_PARAMS] = job->version;
    params[SERIALS_PARAMS + 1] = job->software_type;
    e = db_query(db, a, any ? Q_FIRMWARE_FITS__ANY : Q_FIRMWARE_FITS__FEW,
                 params, &r);
    if (e == ERR_OK)
        *out = row_bool(&r, 0, 0);
    return e;
}

enum err meter_job_find(struct db *db, struct arena *a, int64_t id,
                        struct meter_job_card *out)
{
    struct rows r;
    enum err e = row_of_id(db, a, Q_METER_JOB_CARD, id, "job", &r);

    if (e != ERR_OK)
        return e;
    *out = (struct meter_job_card){
        .firmware = strcmp(row_text(&r, 0, 0), "firmware") == 0,
        .name = row_text(&r, 0, 1),
        .numbers = row_text(&r, 0, 2),
        .executions = row_int(&r, 0, 3),
        .waiting = row_int(&r, 0, 4),
    };
    return ERR_OK;
}

enum err meter_job_delete(struct db *db, struct arena *a, int64_t id,
                          const char *address)
{
    const char *const params[] = { param_int(a, id), address };

    return db_exec(db, a, Q_METER_JOB_DELETE, params);
}

enum err meter_job_tally(struct db *db, struct arena *a, int64_t *firmware,
                         int64_t *addresses)
{
    struct rows r;
    enum err e = db_query(db, a, Q_METER_JOB_TALLY, NULL, &r);

    if (e != ERR_OK)
        return e;
    *firmware = row_int(&r, 0, 0);
    *addresses = row_int(&r, 0, 1);
    return ERR_OK;
}

enum err software_types(struct db *db, struct arena *a, const char *const **out,
                        size_t *n)
{
    const char **list;
    struct rows r;
    enum err e = db_query(db, a, Q_SOFTWARE_TYPES, NULL, &r);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, r.n * sizeof(*list));
    for (size_t i = 0; i < r.n; i++)
        list[i] = row_text(&r, i, 0);
    *out = list;
    *n = r.n;
    return ERR_OK;
}
