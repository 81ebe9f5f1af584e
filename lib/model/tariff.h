/* Tariffs and their prices by date (GC-171, GC-172). */
#ifndef LAZUR_LIB_MODEL_TARIFF_H
#define LAZUR_LIB_MODEL_TARIFF_H

#include <stdbool.h>

#include "lib/model/list.h"
#include "lib/units/money.h"

/* A billion roubles for 1000 m3, as the schema has it. */
#define TARIFF_LIMIT_KOPECKS 100000000000

struct tariff {
    int64_t id;
    const char *version;
    const char *name, *description;
    struct money price; /* for 1000 m3, in force now */
    bool in_use;        /* a subscriber has it */
};

struct tariff_price {
    struct moment valid_from; /* us 0: from the beginning */
    struct money price;
    const char *set_by;
    bool begun;
};

enum err tariff_find(struct db *db, struct arena *a, int64_t id,
                     struct tariff *out) MUST_CHECK; /* or ERR_NOT_FOUND */

/* The newest first, at most a hundred. */
enum err tariff_prices(struct db *db, struct arena *a, int64_t id,
                       const struct tariff_price **out, size_t *n) MUST_CHECK;

enum err tariff_taken(struct db *db, struct arena *a, const struct tariff *t,
                      bool *out) MUST_CHECK;
enum err tariff_add(struct db *db, struct arena *a, const struct tariff *t,
                    int64_t *id) MUST_CHECK;
/* A new price begins now. ERR_CONFLICT when it has changed since version. */
enum err tariff_change(struct db *db, struct arena *a,
                       const struct tariff *t) MUST_CHECK;
/* From midnight of day ("2026-12-01"); it must not have begun. */
enum err tariff_price_set(struct db *db, struct arena *a, int64_t id,
                          const char *day, struct money price,
                          const char *login) MUST_CHECK;
/* Prices that have not begun are taken back. */
enum err tariff_price_drop(struct db *db, struct arena *a,
                           int64_t id) MUST_CHECK;
/* ERR_CONFLICT as tariff_change; a tariff in use: ERR_CONFLICT too. */
enum err tariff_delete(struct db *db, struct arena *a, int64_t id,
                       const char *version) MUST_CHECK;

#endif
