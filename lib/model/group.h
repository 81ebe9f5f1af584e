/* «Группы приборов»: meters that are reported and balanced together. */
#ifndef LAZUR_LIB_MODEL_GROUP_H
#define LAZUR_LIB_MODEL_GROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/list.h"

struct meter_group {
    int64_t id;
    const char *name;
    int64_t meters, seen; /* members, and those that the operator sees */
    bool has_balance;
    int64_t balance_id; /* 0: none, or none that the operator sees */
    const char *balance_serial, *balance_account;
};

struct group_list {
    const struct meter_group *rows; /* id, name, meters, balance_serial */
    size_t n;
};

/* Those that the operator may report, by name. */
enum err group_list(struct db *db, struct arena *a,
                    struct group_list *out) MUST_CHECK;

/* ERR_NOT_FOUND when there is none that the operator may report. */
enum err group_find(struct db *db, struct arena *a, int64_t id,
                    struct meter_group *out) MUST_CHECK;

#endif
