/* Places: rows as structs; which level of counters answers a box. */
#include "lib/model/place.h"

#include <string.h>

/* Squares are counted at even levels up to here; closer, meter by meter. */
#define COUNTED_MIN 4
#define COUNTED_MAX 16

enum err place_find(struct db *db, struct arena *a, int64_t meter_id,
                    struct place *out)
{
    enum { LATITUDE, LONGITUDE, SOURCE, ACCURACY, AT, SET_BY, HAS_CELL };
    struct rows rows;
    enum err e = row_of_id(db, a, Q_PLACE_FIND, meter_id, "meter", &rows);

    if (e != ERR_OK)
        return e;
    *out = (struct place){
        .known = !row_null(&rows, 0, LATITUDE),
        .latitude_udeg = row_int(&rows, 0, LATITUDE),
        .longitude_udeg = row_int(&rows, 0, LONGITUDE),
        .accuracy_m = row_int(&rows, 0, ACCURACY),
        .by_hand = strcmp(row_text(&rows, 0, SOURCE), "hand") == 0,
        .at = row_moment(&rows, 0, AT),
        .set_by = row_text(&rows, 0, SET_BY),
        .has_cell = row_bool(&rows, 0, HAS_CELL),
    };
    return ERR_OK;
}

enum err place_set(struct db *db, struct arena *a, int64_t meter_id,
                   const struct place *place, const char *address)
{
    const char *const params[] = {
        param_int(a, meter_id),
        place ? param_int(a, place->latitude_udeg) : NULL,
        place ? param_int(a, place->longitude_udeg) : NULL,
        address,
    };

    return db_exec(db, a, Q_PLACE_SET, params);
}

enum err place_extent(struct db *db, struct arena *a, struct place_extent *out)
{
    enum { N, SOUTH, NORTH, WEST, EAST };
    struct rows rows;
    enum err e = db_query(db, a, Q_PLACE_EXTENT, NULL, &rows);

    if (e != ERR_OK)
        return e;
    *out = (struct place_extent){
        .n = row_int(&rows, 0, N),
        .south_udeg = row_int(&rows, 0, SOUTH),
        .north_udeg = row_int(&rows, 0, NORTH),
        .west_udeg = row_int(&rows, 0, WEST),
        .east_udeg = row_int(&rows, 0, EAST),
    };
    return ERR_OK;
}

enum err place_branches(struct db *db, struct arena *a,
                        const struct place_branch **out, size_t *n)
{
    struct place_branch *list;
    struct rows rows;
    enum err e = db_query(db, a, Q_PLACE_BRANCHES, NULL, &rows);

    if (e != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = (struct place_branch){ row_text(&rows, i, 0),
                                         row_int(&rows, i, 1) };
    *out = list;
    *n = rows.n;
    return ERR_OK;
}

static bool is_of_this_world(const struct place_box *b)
{
    int64_t side;

    if (b->level < LEVEL_MIN || b->level > LEVEL_MAX)
        return false;
    side = INT64_C(1) << b->level;
    return b->x0 >= 0 && b->x0 <= b->x1 && b->x1 < side && b->y0 >= 0 &&
           b->y0 <= b->y1 && b->y1 < side &&
           (b->x1 - b->x0 + 1) * (b->y1 - b->y0 + 1) <= SQUARES_MAX;
}

static int looked_up(int level)
{
    if (level > COUNTED_MAX)
        return LEVEL_MAX;
    return level < COUNTED_MIN ? COUNTED_MIN : level + level % 2;
}

static void squares_take(struct arena *a, const struct rows *rows,
                         const struct place_square **out)
{
    enum { X, Y, N, LATITUDE, LONGITUDE, METER, SERIAL };
    struct place_square *list = arena_alloc(a, rows->n * sizeof(*list) + 1);

    for (size_t i = 0; i < rows->n; i++)
        list[i] = (struct place_square){
            .x = row_int(rows, i, X),
            .y = row_int(rows, i, Y),
            .n = row_int(rows, i, N),
            .latitude_udeg = row_int(rows, i, LATITUDE),
            .longitude_udeg = row_int(rows, i, LONGITUDE),
            .meter_id = row_int(rows, i, METER),
            .serial = row_text(rows, i, SERIAL),
        };
    *out = list;
}

enum err place_squares(struct db *db, struct arena *a, struct place_box box,
                       const struct place_square **out, size_t *n)
{
    const char *params[6];
    struct rows rows;
    int level, finer;
    enum err e;

    if (!is_of_this_world(&box))
        return err_raise(ERR_INVALID, "no such box of the map");
    level = looked_up(box.level);
    finer = level - box.level;
    params[0] = param_int(a, finer);
    params[1] = param_int(a, level);
    params[2] = param_int(a, box.x0 << finer);
    params[3] = param_int(a, ((box.x1 + 1) << finer) - 1);
    params[4] = param_int(a, box.y0 << finer);
    params[5] = param_int(a, ((box.y1 + 1) << finer) - 1);
    e = db_query(db, a,
                 level == LEVEL_MAX ? Q_PLACE_SQUARES__EACH
                                    : Q_PLACE_SQUARES__COUNTED,
                 params, &rows);
    if (e != ERR_OK)
        return e;
    squares_take(a, &rows, out);
    *n = rows.n;
    return ERR_OK;
}

enum err place_meters(struct db *db, struct arena *a, int level, int64_t x,
                      int64_t y, const struct place_meter **out, size_t *n)
{
    const struct place_box box = { level, x, x, y, y };
    const char *const params[] = { param_int(a, x), param_int(a, y),
                                   param_int(a, LEVEL_MAX - level) };
    struct place_meter *list;
    struct rows rows;
    enum err e;

    if (level < COUNTED_MAX || !is_of_this_world(&box))
        return err_raise(ERR_INVALID, "no such square of the map");
    if ((e = db_query(db, a, Q_PLACE_METERS, params, &rows)) != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] =
            (struct place_meter){ row_int(&rows, i, 0), row_text(&rows, i, 1),
                                  row_text(&rows, i, 2),
                                  row_text(&rows, i, 3) };
    *out = list;
    *n = rows.n;
    return ERR_OK;
}
