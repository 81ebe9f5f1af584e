/* Groups of meters as administrators keep them (GC-202 ... GC-206). */
#ifndef LAZUR_LIB_MODEL_GROUP_CARD_H
#define LAZUR_LIB_MODEL_GROUP_CARD_H

#include <stdbool.h>

#include "lib/model/list.h"
#include "lib/units/serials.h"

struct group_card {
    int64_t id; /* 0: a new one */
    const char *version;
    const char *name;
    int64_t branch_id;          /* 0: all branches */
    const char *balance_serial; /* "": none */
    int64_t balance_id;         /* of that meter, for the functions below */
    int64_t members;
};

enum err group_card_find(struct db *db, struct arena *a, int64_t id,
                         struct group_card *out) MUST_CHECK;
enum err group_taken(struct db *db, struct arena *a, const struct group_card *g,
                     bool *out) MUST_CHECK;

/* ERR_CONFLICT: the name is taken, or it has changed since version, or gone. */
enum err group_card_put(struct db *db, struct arena *a,
                        const struct group_card *g, int64_t *id) MUST_CHECK;
enum err group_card_delete(struct db *db, struct arena *a, int64_t id,
                           const char *version) MUST_CHECK;

/* How many have joined or left; a meter is in a group once. ids "{1,2}". */
enum err group_join(struct db *db, struct arena *a, int64_t id, const char *ids,
                    int64_t *n) MUST_CHECK;
enum err group_join_serials(struct db *db, struct arena *a, int64_t id,
                            const struct serials *s, int64_t *n) MUST_CHECK;
enum err group_leave(struct db *db, struct arena *a, int64_t id,
                     const char *ids, int64_t *n) MUST_CHECK;

/* The meter of exactly this serial: 0 none, -1 more than one. */
enum err meter_by_serial(struct db *db, struct arena *a, const char *serial,
                         int64_t *id) MUST_CHECK;

/* What a field that wants a meter suggests: serial and address, up to 12. */
struct meter_option {
    const char *serial, *address;
};
enum err meter_options(struct db *db, struct arena *a, const char *term,
                       const struct meter_option **out, size_t *n) MUST_CHECK;

#endif
