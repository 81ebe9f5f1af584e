/*
 * Consumption over days: what the daily report and the balance are made of.
 * Rows are handed over one at a time; texts in them last for the call.
 */
#ifndef LAZUR_LIB_MODEL_CONSUMPTION_H
#define LAZUR_LIB_MODEL_CONSUMPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/model/list.h"

/* Whose: one meter, the members of a group, or (both 0) all meters seen. */
struct whose {
    int64_t meter_id, group_id;
    bool own; /* of the subscriber himself, in his cabinet: receipts only */
};

/* Both days count; "2026-11-20". */
struct days {
    const char *from, *to;
};

/* Meters of it that the operator sees. */
enum err daily_count(struct db *db, struct arena *a, struct whose whose,
                     int64_t *out) MUST_CHECK;

/* Whether they are more than so many, without counting millions. */
enum err daily_is_many(struct db *db, struct arena *a, struct whose whose,
                       int64_t many, bool *out) MUST_CHECK;

struct daily_row {
    int64_t meter_id;
    const char *account, *serial;
    const char *day; /* "": the meter has no record in these days */
    struct figure volume_dm3, delta_dm3, temperature_mk, pressure_pa;
    int64_t status;
};

/* The archive by serial number and day. */
enum err daily_stream(struct db *db, struct arena *a, struct whose whose,
                      struct days days,
                      enum err (*each)(const struct daily_row *it, void *ctx),
                      void *ctx) MUST_CHECK;

struct latest_row {
    const char *account, *serial;
    const char *day; /* "": no session in these days */
    struct figure volume_dm3, energy_wh;
    const char *full_name, *address;
};

/* The latest session of each meter, by serial number (GC-108). */
enum err latest_stream(struct db *db, struct arena *a, struct whose whose,
                       struct days days,
                       enum err (*each)(const struct latest_row *it, void *ctx),
                       void *ctx) MUST_CHECK;

struct balance_row {
    const char *account, *serial;
    struct figure begin_dm3, end_dm3; /* unknown: nothing to draw a line to */
    bool begin_drawn, end_drawn;      /* interpolated */
};

/*
 * What meters showed when the day before days.from closed and when days.to
 * did: the difference is the sum of the daily consumptions of these days.
 */
enum err balance_stream(struct db *db, struct arena *a, struct whose whose,
                        struct days days,
                        enum err (*each)(const struct balance_row *it,
                                         void *ctx),
                        void *ctx) MUST_CHECK;

#endif
