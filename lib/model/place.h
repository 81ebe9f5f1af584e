/* Where meters are: one of them, and millions of them in squares. */
#ifndef LAZUR_LIB_MODEL_PLACE_H
#define LAZUR_LIB_MODEL_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/list.h"

struct place {
    bool known;
    int64_t latitude_udeg, longitude_udeg;
    int64_t accuracy_m; /* within so many metres; 0: the point itself */
    bool by_hand;       /* else by the base station of the last session */
    struct moment at;
    const char *set_by; /* login, by hand */
    bool has_cell;      /* it tells its base station, known to us or not */
};

/* ERR_NOT_FOUND when the operator sees no such meter. */
enum err place_find(struct db *db, struct arena *a, int64_t meter_id,
                    struct place *out) MUST_CHECK;

/* place NULL: nobody says any more. The step is in the log of operators. */
enum err place_set(struct db *db, struct arena *a, int64_t meter_id,
                   const struct place *place, const char *address) MUST_CHECK;

/* Meters with a place that the operator sees, and the box around them. */
struct place_extent {
    int64_t n;
    int64_t south_udeg, north_udeg, west_udeg, east_udeg;
};

enum err place_extent(struct db *db, struct arena *a,
                      struct place_extent *out) MUST_CHECK;

struct place_branch {
    const char *name; /* "" without a branch */
    int64_t n;
};

enum err place_branches(struct db *db, struct arena *a,
                        const struct place_branch **out, size_t *n) MUST_CHECK;

/* Squares of Web Mercator, 2^level around the world; both ends count. */
#define LEVEL_MIN   2
#define LEVEL_MAX   20
#define SQUARES_MAX 4096

struct place_box {
    int level;
    int64_t x0, x1, y0, y1;
};

struct place_square {
    int64_t x, y, n;
    int64_t latitude_udeg, longitude_udeg;
    int64_t meter_id; /* of a meter alone, when seen closely; 0 otherwise */
    const char *serial;
};

/* ERR_INVALID when the box is not of this world or has too many squares. */
enum err place_squares(struct db *db, struct arena *a, struct place_box box,
                       const struct place_square **out, size_t *n) MUST_CHECK;

struct place_meter {
    int64_t id;
    const char *serial, *account, *address;
};

/* The first hundred meters of a square; level 16 ... 20. */
enum err place_meters(struct db *db, struct arena *a, int level, int64_t x,
                      int64_t y, const struct place_meter **out,
                      size_t *n) MUST_CHECK;

#endif
