/*
 * Meters as administrators keep them (GC-173 ... GC-195): all of them, with
 * what each can be asked for; orders to one and to very many; deletion.
 */
#ifndef LAZUR_LIB_MODEL_FLEET_H
#define LAZUR_LIB_MODEL_FLEET_H

#include <stdbool.h>

#include "lib/model/directory.h"
#include "lib/model/serials.h"

/* Orders to more meters than this are given by the worker. */
#define FLEET_AT_ONCE 10000

/* The screen's statement: Q_FLEET_PAGE and Q_FLEET_COUNT. */
extern const struct directory fleet_directory;

/* What is typed into «Поиск», as the statement's further parameters. */
void fleet_search(struct arena *a, struct directory_filter *f);

/* How many meters there are, by the counters. */
enum err fleet_total(struct db *db, struct arena *a, int64_t *out) MUST_CHECK;

struct attached {
    bool is; /* something hangs on it */
    int64_t version, type_id;
    const char *serial;
    bool corrects_temperature, corrects_pressure, detects_tamper;
};

struct fleet_meter {
    int64_t id;
    const char *version;
    const char *serial, *type, *firmware, *medium;
    const char *branch, *account, *address, *full_name; /* "": unbound */
    int64_t pressure_pa;
    const char *period;
    struct figure period_minutes;
    bool has_period, has_radio, has_counter, has_pressure, has_external;
    const char *software_type; /* "": takes no firmware */
    struct figure volume_dm3;
    struct moment last_at;
    struct attached attached;
};

/* ERR_NOT_FOUND */
enum err fleet_find(struct db *db, struct arena *a, int64_t id,
                    struct fleet_meter *out) MUST_CHECK;

/* A command for meters, whoever they are. */
struct fleet_order {
    const char *kind;    /* as in the table command: "period" */
    const char *carries; /* JSON in the units of the schema */
    const char *note;    /* «Примечание» */
};

/*
 * fleet_named - how many meters an expression names; how many of them can be
 * asked for this kind of command.
 */
enum err fleet_named(struct db *db, struct arena *a, const struct serials *s,
                     const char *kind, int64_t *named,
                     int64_t *able) MUST_CHECK;

/*
 * fleet_order - the command waits for every meter that is named and can be
 * asked for it; ERR_CONFLICT unless there are n of them, as was confirmed.
 */
enum err fleet_order(struct db *db, struct arena *a, const struct serials *s,
                     const struct fleet_order *o, int64_t n) MUST_CHECK;

/* The words of the job's file, "Order.Able" and "Order.Time". */
struct document_words;

/* The same by the worker. ERR_CONFLICT when ten jobs wait. */
enum err fleet_order_ask(struct db *db, struct arena *a,
                         const struct serials *s, const struct fleet_order *o,
                         const struct document_words *words, const char *title,
                         int64_t *job_id) MUST_CHECK;

/*
 * One meter. sealed: what nobody may read, len 0: nothing.
 * ERR_INVALID when it cannot be asked for that.
 */
enum err fleet_order_one(struct db *db, struct arena *a, int64_t id,
                         const struct fleet_order *o,
                         struct bytes sealed) MUST_CHECK;

/* ---- commands ---- */

struct fleet_command {
    int64_t id, meter_id;
    const char *serial, *kind, *note, *state, *operator_login;
    struct moment submitted_at;
};

/* ERR_NOT_FOUND */
enum err fleet_command_find(struct db *db, struct arena *a, int64_t id,
                            struct fleet_command *out) MUST_CHECK;

/* A command that waits can be taken back: its state is queued. */
bool fleet_command_waits(const struct fleet_command *c);

/* With its line in the log. ERR_CONFLICT: the meter has it, or it is over. */
enum err fleet_command_take_back(struct db *db, struct arena *a, int64_t id,
                                 const char *address) MUST_CHECK;

/* ---- deletion ---- */

struct fleet_loss {
    int64_t meters, sessions, archives, commands, bound;
    const char *serials; /* "1, 2, 3" */
};

enum err fleet_loss(struct db *db, struct arena *a, const int64_t *ids,
                    size_t n, struct fleet_loss *out) MUST_CHECK;

/*
 * fleet_delete - they are gone with all they have told, and the log says so.
 *
 * version  of a single one as it was shown; NULL: of several
 * ERR_CONFLICT when one of them has changed or gone: then all stay
 */
enum err fleet_delete(struct db *db, struct arena *a, const int64_t *ids,
                      size_t n, const char *version,
                      const char *address) MUST_CHECK;

/* ---- the worker's side of an order ---- */

/* Opens nothing: in a transaction. ERR_FORBIDDEN: he may not any more. */
enum err order_begin(struct db *db, struct arena *a, int64_t job_id,
                     int64_t *done, int64_t *total) MUST_CHECK;

/* A piece after order_begin; *left false when there was none. ERR_CONFLICT
 * when the claim does not hold. */
enum err order_step(struct db *db, struct arena *a, int64_t job_id,
                    const char *claim, int64_t meters, bool *left) MUST_CHECK;

#endif
