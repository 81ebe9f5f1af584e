/*
 * The map of all meters of the operator's scope. The page holds a table by
 * branch; static/js/map.js asks for the squares of what is in view, so that a
 * map of millions costs what a map of a street does.
 *
 * Tiles come from the address that the web server names (MAP_TILES, see
 * nginx.conf); without one the map shows outlines of countries of our own.
 */
#include "cgi-bin/operator/map.h"

#include <inttypes.h>

#include "lib/base/buf.h"
#include "lib/base/json.h"
#include "lib/model/place.h"
#include "lib/units/degree.h"
#include "lib/units/grouped.h"

void map_tiles_show(struct req *r)
{
    view_set(r, "Map.Tiles", request_header(r, "MAP_TILES"));
}

enum err map_page(struct req *r)
{
    const struct place_branch *branches;
    struct place_extent box;
    struct arena *a = r->arena;
    size_t n;
    enum err e;

    if ((e = place_extent(r->db, a, &box)) != ERR_OK ||
        (e = place_branches(r->db, a, &branches, &n)) != ERR_OK)
        return e;
    if (box.n > 0) {
        view_set(r, "Map.N", grouped_int(a, box.n));
        view_set(r, "Map.South", degrees_text(a, box.south_udeg));
        view_set(r, "Map.North", degrees_text(a, box.north_udeg));
        view_set(r, "Map.West", degrees_text(a, box.west_udeg));
        view_set(r, "Map.East", degrees_text(a, box.east_udeg));
    }
    for (size_t i = 0; i < n; i++) {
        view_set_at(r, "Map.Branches", i, "Name", branches[i].name);
        view_set_at(r, "Map.Branches", i, "N", grouped_int(a, branches[i].n));
    }
    map_tiles_show(r);
    view_set(r, "Screen", "map");
    return view_render(r, "operator/map.cst");
}

/* ---- squares of what is in view ---- */

static enum err box_read(struct req *r, struct place_box *box)
{
    int64_t level = 0, side = INT64_C(1) << LEVEL_MAX;
    enum err e;

    if ((e = form_int(r, "level", LEVEL_MIN, LEVEL_MAX, -1, &level)) !=
            ERR_OK ||
        (e = form_int(r, "x0", 0, side, -1, &box->x0)) != ERR_OK ||
        (e = form_int(r, "x1", 0, side, -1, &box->x1)) != ERR_OK ||
        (e = form_int(r, "y0", 0, side, -1, &box->y0)) != ERR_OK ||
        (e = form_int(r, "y1", 0, side, -1, &box->y1)) != ERR_OK)
        return e;
    box->level = (int)level;
    return ERR_OK;
}

/* [[x,y,n,latitude,longitude]] and, of a meter alone, its id and serial. */
enum err map_squares(struct req *r)
{
    const struct place_square *squares;
    struct arena *a = r->arena;
    struct buf out = { 0 };
    struct place_box box;
    size_t n;
    enum err e;

    if ((e = box_read(r, &box)) != ERR_OK ||
        (e = place_squares(r->db, a, box, &squares, &n)) != ERR_OK)
        return e;
    buf_putc(&out, '[');
    for (size_t i = 0; i < n; i++) {
        const struct place_square *s = &squares[i];

        buf_puts(&out,
                 arena_printf(a, "%s[%" PRId64 ",%" PRId64 ",%" PRId64 ",%s,%s",
                              i > 0 ? "," : "", s->x, s->y, s->n,
                              degrees_text(a, s->latitude_udeg),
                              degrees_text(a, s->longitude_udeg)));
        if (s->meter_id != 0) {
            buf_puts(&out, arena_printf(a, ",%" PRId64 ",", s->meter_id));
            json_put_text(&out, s->serial);
        }
        buf_putc(&out, ']');
    }
    buf_putc(&out, ']');
    e = answer_body(r, "application/json", out.at, out.len);
    buf_free(&out);
    return e;
}

/* [[id,serial,account,address]] of the meters that share a square. */
enum err map_square(struct req *r)
{
    const struct place_meter *meters;
    int64_t level = 0, x = 0, y = 0, side = INT64_C(1) << LEVEL_MAX;
    struct buf out = { 0 };
    size_t n;
    enum err e;

    if ((e = form_int(r, "level", LEVEL_MIN, LEVEL_MAX, -1, &level)) !=
            ERR_OK ||
        (e = form_int(r, "x", 0, side, -1, &x)) != ERR_OK ||
        (e = form_int(r, "y", 0, side, -1, &y)) != ERR_OK ||
        (e = place_meters(r->db, r->arena, (int)level, x, y, &meters, &n)) !=
            ERR_OK)
        return e;
    buf_putc(&out, '[');
    for (size_t i = 0; i < n; i++) {
        buf_puts(&out, arena_printf(r->arena, "%s[%" PRId64 ",",
                                    i > 0 ? "," : "", meters[i].id));
        json_put_text(&out, meters[i].serial);
        buf_putc(&out, ',');
        json_put_text(&out, meters[i].account);
        buf_putc(&out, ',');
        json_put_text(&out, meters[i].address);
        buf_putc(&out, ']');
    }
    buf_putc(&out, ']');
    e = answer_body(r, "application/json", out.at, out.len);
    buf_free(&out);
    return e;
}
