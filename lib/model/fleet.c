/* Meters of the administration: found, looked at, deleted. */
#include "lib/model/fleet.h"

#include <string.h>

#include "lib/base/text.h"

/* As the main window: trigrams find three characters and more. */
#define INFIX_FROM 3

const struct directory fleet_directory = { Q_FLEET_PAGE, Q_FLEET_COUNT };

/* ---- the list ---- */

enum { WAY, LOW, HIGH, PARTS, EXTRA = PARTS + SERIALS_PARAMS };

void fleet_search(struct arena *a, struct directory_filter *f)
{
    struct serials named;
    struct serials_fault fault;

    for (size_t i = 0; i < EXTRA; i++)
        f->extra[i] = NULL;
    f->n_extra = EXTRA;
    f->extra[WAY] = "infix";
    if (serials_meant(f->term) &&
        serials_parse(a, f->term, strlen(f->term), &named, &fault) == ERR_OK) {
        f->extra[WAY] = "serials";
        param_serials(a, &named, f->extra + PARTS);
    } else if (text_length(f->term) < INFIX_FROM) {
        f->extra[WAY] = "prefix";
        f->extra[LOW] = f->term;
        f->extra[HIGH] = param_after(a, f->term);
    }
}

enum err fleet_total(struct db *db, struct arena *a, int64_t *out)
{
    struct rows r;
    enum err e = db_query(db, a, Q_FLEET_TOTAL, NULL, &r);

    if (e == ERR_OK)
        *out = row_int(&r, 0, 0);
    return e;
}

/* ---- one of them ---- */

/* Columns of fleet_find.sql. */
enum {
    VERSION,
    SERIAL,
    TYPE,
    FIRMWARE,
    BRANCH,
    ACCOUNT,
    ADDRESS,
    FULL_NAME,
    PRESSURE,
    PERIOD,
    MINUTES,
    HAS_PERIOD,
    HAS_RADIO,
    HAS_COUNTER,
    HAS_PRESSURE,
    HAS_EXTERNAL,
    SOFTWARE,
    VOLUME,
    LAST_AT,
    A_VERSION,
    A_TYPE,
    A_SERIAL,
    A_TEMPERATURE,
    A_PRESSURE,
    A_TAMPER,
    MEDIUM,
};

static struct attached attached_of(const struct rows *r)
{
    if (row_null(r, 0, A_VERSION))
        return (struct attached){ .serial = "" };
    return (struct attached){
        .is = true,
        .version = row_int(r, 0, A_VERSION),
        .type_id = row_int(r, 0, A_TYPE),
        .serial = row_text(r, 0, A_SERIAL),
        .corrects_temperature = row_bool(r, 0, A_TEMPERATURE),
        .corrects_pressure = row_bool(r, 0, A_PRESSURE),
        .detects_tamper = row_bool(r, 0, A_TAMPER),
    };
}

enum err fleet_find(struct db *db, struct arena *a, int64_t id,
                    struct fleet_meter *out)
{
    struct rows r;
    enum err e = row_of_id(db, a, Q_FLEET_FIND, id, "meter", &r);

    if (e != ERR_OK)
        return e;
    *out = (struct fleet_meter){
        .id = id,
        .version = row_text(&r, 0, VERSION),
        .serial = row_text(&r, 0, SERIAL),
        .type = row_text(&r, 0, TYPE),
        .firmware = row_text(&r, 0, FIRMWARE),
        .medium = row_text(&r, 0, MEDIUM),
        .branch = row_text(&r, 0, BRANCH),
        .account = row_text(&r, 0, ACCOUNT),
        .address = row_text(&r, 0, ADDRESS),
        .full_name = row_text(&r, 0, FULL_NAME),
        .pressure_pa = row_int(&r, 0, PRESSURE),
        .period = row_text(&r, 0, PERIOD),
        .period_minutes = row_figure(&r, 0, MINUTES),
        .has_period = row_bool(&r, 0, HAS_PERIOD),
        .has_radio = row_bool(&r, 0, HAS_RADIO),
        .has_counter = row_bool(&r, 0, HAS_COUNTER),
        .has_pressure = row_bool(&r, 0, HAS_PRESSURE),
        .has_external = row_bool(&r, 0, HAS_EXTERNAL),
        .software_type = row_text(&r, 0, SOFTWARE),
        .volume_dm3 = row_figure(&r, 0, VOLUME),
        .last_at = row_moment(&r, 0, LAST_AT),
        .attached = attached_of(&r),
    };
    return ERR_OK;
}

/* ---- commands ---- */

enum err fleet_command_find(struct db *db, struct arena *a, int64_t id,
                            struct fleet_command *out)
{
    struct rows r;
    enum err e = row_of_id(db, a, Q_COMMAND_FIND, id, "command", &r);

    if (e != ERR_OK)
        return e;
    *out = (struct fleet_command){
        .id = id,
        .meter_id = row_int(&r, 0, 0),
        .serial = row_text(&r, 0, 1),
        .kind = row_text(&r, 0, 2),
        .note = row_text(&r, 0, 3),
        .state = row_text(&r, 0, 4),
        .submitted_at = row_moment(&r, 0, 5),
        .operator_login = row_text(&r, 0, 6),
    };
    return ERR_OK;
}

bool fleet_command_waits(const struct fleet_command *c)
{
    return strcmp(c->state, "queued") == 0;
}

enum err fleet_command_take_back(struct db *db, struct arena *a, int64_t id,
                                 const char *address)
{
    const char *const params[] = { param_int(a, id), address };

    return db_exec(db, a, Q_COMMAND_TAKE_BACK, params);
}

/* ---- deletion ---- */

enum err fleet_loss(struct db *db, struct arena *a, const int64_t *ids,
                    size_t n, struct fleet_loss *out)
{
    const char *const params[] = { param_ids(a, ids, n) };
    struct rows r;
    enum err e = db_query(db, a, Q_FLEET_LOSS, params, &r);

    if (e != ERR_OK)
        return e;
    *out = (struct fleet_loss){
        .meters = row_int(&r, 0, 0),
        .serials = row_text(&r, 0, 1),
        .sessions = row_int(&r, 0, 2),
        .archives = row_int(&r, 0, 3),
        .commands = row_int(&r, 0, 4),
        .bound = row_int(&r, 0, 5),
    };
    return ERR_OK;
}

enum err fleet_delete(struct db *db, struct arena *a, const int64_t *ids,
                      size_t n, const char *version, const char *address)
{
    const char *const params[] = { param_ids(a, ids, n), version, address };

    return db_exec(db, a, Q_FLEET_DELETE, params);
}
