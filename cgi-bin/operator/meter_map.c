/*
 * Where one meter is (GC-116, GC-117): by the base station of its last session,
 * or by the hand of an administrator, whose form stands below the map.
 */
#include "cgi-bin/operator/map.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/operator/meters.h"
#include "lib/model/place.h"
#include "lib/units/degree.h"
#include "lib/units/grouped.h"

static void place_show(struct req *r, const struct place *p)
{
    struct arena *a = r->arena;

    if (!p->known) {
        /* A base station that nobody knows is not the meter's fault. */
        view_set(r, "Place.Why", p->has_cell ? "unknown" : "unable");
        return;
    }
    view_set(r, "Place.Latitude", degrees_text(a, p->latitude_udeg));
    view_set(r, "Place.Longitude", degrees_text(a, p->longitude_udeg));
    view_set(r, "Place.Source", p->by_hand ? "hand" : "cell");
    view_set(r, "Place.SetBy", p->set_by);
    view_set(r, "Place.At", moment_text(a, p->at));
    view_set(r, "Place.AtIso", moment_iso(a, p->at));
    if (p->accuracy_m > 0) {
        view_set_int(r, "Place.AccuracyM", p->accuracy_m);
        view_set(r, "Place.Accuracy", grouped_int(a, p->accuracy_m));
    }
}

/* The form says again what was typed, unless it was taken. */
static void form_show(struct req *r, const struct place *p, const char *wrong)
{
    struct arena *a = r->arena;
    bool typed = wrong[0] != '\0';

    if ((r->who.role & ADMINISTRATION) == 0)
        return;
    view_setf(r, "/meters/%" PRId64 "/map", "Form.Post", r->id);
    view_set(r, "Form.Latitude",
             typed      ? form_text(r, "latitude")
             : p->known ? degrees_text(a, p->latitude_udeg)
                        : "");
    view_set(r, "Form.Longitude",
             typed      ? form_text(r, "longitude")
             : p->known ? degrees_text(a, p->longitude_udeg)
                        : "");
    if (typed)
        view_set(r, arena_printf(a, "Form.Wrong.%s", wrong), "1");
    if (p->known && p->by_hand)
        view_set(r, "Form.CanForget", "1");
}

/* wrong: "Latitude", "Longitude" or "". */
static enum err meter_map_show(struct req *r, const char *wrong)
{
    struct meter_card card;
    struct place place;
    enum err e;

    if ((e = meter_find(r->db, r->arena, r->id, &card)) != ERR_OK ||
        (e = place_find(r->db, r->arena, r->id, &place)) != ERR_OK)
        return e;
    view_set(r, "Place.Serial", card.serial);
    view_set(r, "Place.Account", card.account);
    view_set(r, "Place.Address", card.address);
    view_set(r, "Place.Back",
             back_address(
                 r, arena_printf(r->arena, "/meters?meter=%" PRId64, r->id)));
    place_show(r, &place);
    form_show(r, &place, wrong);
    if (form_has(r, "done"))
        view_set(r, "Form.Done", place.known && place.by_hand ? "set" : "gone");
    map_tiles_show(r);
    view_set(r, "Screen", "place");
    return view_render(r, "operator/meter_map.cst");
}

enum err meter_map(struct req *r)
{
    return meter_map_show(r, "");
}

/* Two numbers, or both of them pasted into the first field. */
static const char *place_read(struct req *r, struct place *out)
{
    const char *latitude = form_text(r, "latitude");
    const char *longitude = form_text(r, "longitude");
    const char *both = strpbrk(latitude, "; ");

    *out = (struct place){ .known = true, .by_hand = true };
    if (longitude[0] == '\0' && both != NULL) {
        size_t end = (size_t)(both - latitude);

        longitude = both + strspn(both, "; ");
        while (end > 0 && latitude[end - 1] == ',')
            end--;
        latitude = arena_strndup(r->arena, latitude, end);
    }
    if (degrees_read(latitude, LATITUDE_MAX_UDEG, &out->latitude_udeg) !=
        ERR_OK)
        return "Latitude";
    if (degrees_read(longitude, LONGITUDE_MAX_UDEG, &out->longitude_udeg) !=
        ERR_OK)
        return "Longitude";
    return "";
}

enum err meter_map_save(struct req *r)
{
    bool forget = form_has(r, "forget");
    const char *back = back_address(r, "");
    struct place place;
    const char *wrong = forget ? "" : place_read(r, &place);
    enum err e;

    if (wrong[0] != '\0') {
        answer_status(r, 422);
        return meter_map_show(r, wrong);
    }
    e = place_set(r->db, r->arena, r->id, forget ? NULL : &place, r->address);
    if (e != ERR_OK)
        return e;
    return answer_redirect(
        r, arena_printf(r->arena, "/meters/%" PRId64 "/map?done=1%s%s", r->id,
                        back[0] ? "&back=" : "",
                        back[0] ? url_encode(r->arena, back) : ""));
}
