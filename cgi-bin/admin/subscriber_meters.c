/*
 * Meters of a subscriber (GC-139, GC-140): several of those bound to nobody are
 * bound at once; one is released after a question.
 */
#include <inttypes.h>
#include <string.h>

#include "cgi-bin/admin/directory.h"
#include "cgi-bin/admin/subscribers.h"
#include "lib/model/subscriber.h"

static const struct listing_column columns[] = {
    { .name = "serial", .kind = CELL_CODE, .sorts = true },
    { .name = "model", .kind = CELL_TEXT },
    { .name = "at", .kind = CELL_MOMENT },
    { .name = "volume", .kind = CELL_NUMBER },
};

static const struct listing listing = {
    .root = "Free",
    .words = "FreeMeters",
    .prefix = "f",
    .sort = "serial",
    .statement = { .page = Q_METER_FREE_PAGE, .count = Q_METER_FREE_COUNT },
    .columns = columns,
    .n_columns = sizeof(columns) / sizeof(columns[0]),
    .bulk = true,
};

static struct sheet sheet_of(struct req *r, const char *what)
{
    return row_sheet(r, "Binding", SUBSCRIBERS_ADDRESS, what);
}

/* ---- binding ---- */

static enum err binding_show(struct sheet *s)
{
    struct req *r = s->r;
    struct listing l = listing;
    struct listing_state state = { 0 };
    struct subscriber it;
    enum err e = subscriber_find(r->db, r->arena, r->id, &it);

    if (e != ERR_OK)
        return e;
    l.address = s->post;
    l.keep = arena_printf(r->arena, "back=%s", url_encode(r->arena, s->back));
    if ((e = listing_read(r, &l, &state)) != ERR_OK ||
        (e = listing_show(r, &l, &state, -1)) != ERR_OK)
        return e;
    view_set(r, "Free.Csv", "");
    if (it.account[0] != '\0')
        sheet_fact(s, "account", it.account);
    sheet_fact(s, "address", it.address);
    return sheet_render(s, "admin/subscriber_bind.cst");
}

enum err binding_ask(struct req *r)
{
    struct sheet s = sheet_of(r, "bind");

    return binding_show(&s);
}

/* Somebody else was faster: there is nothing to send again. */
static enum err refused(struct sheet *s, enum err e)
{
    sheet_shut(s);
    return sheet_conflict(s, e);
}

static enum err nothing_ticked(struct sheet *s)
{
    s->wrong++;
    sheet_notice(s, "bad", "Nothing");
    return binding_show(s);
}

enum err binding_add(struct req *r)
{
    struct sheet s = sheet_of(r, "bind");
    const char *ids = sheet_ids(&s, "ids");
    enum err e;

    if (strcmp(ids, "{}") == 0)
        return nothing_ticked(&s);
    e = meters_bind(r->db, r->arena, r->id, ids, r->address);
    return e != ERR_OK ? refused(&s, e) : sheet_done(&s, "Bound", "");
}

/* ---- releasing ---- */

static enum err meter_read(struct req *r, int64_t *out)
{
    enum err e = form_int(r, "meter", 1, INT64_MAX, 0, out);

    if (e == ERR_OK && *out == 0)
        return err_raise(ERR_INVALID, "which meter?");
    return e;
}

enum err unbinding_ask(struct req *r)
{
    struct sheet s = sheet_of(r, "unbind");
    const char *serial = "", *model = "";
    int64_t meter;
    enum err e;

    if ((e = meter_read(r, &meter)) != ERR_OK ||
        (e = subscriber_meter(r->db, r->arena, r->id, meter, &serial,
                              &model)) != ERR_OK)
        return e;
    sheet_title(&s, "Unbind", "");
    sheet_fact(&s, "serial", serial);
    sheet_fact(&s, "model", model);
    sheet_notice(&s, "warn", "UnbindText");
    sheet_button(&s, "danger", "UnbindButton");
    sheet_hide(&s, "meter", param_int(r->arena, meter));
    return sheet_render(&s, NULL);
}

enum err binding_drop(struct req *r)
{
    struct sheet s = sheet_of(r, "unbind");
    const char *serial = "", *model = "";
    int64_t meter;
    enum err e;

    if ((e = meter_read(r, &meter)) != ERR_OK)
        return e;
    e = subscriber_meter(r->db, r->arena, r->id, meter, &serial, &model);
    if (e == ERR_OK)
        e = meter_unbind(r->db, r->arena, r->id, meter, r->address);
    return e != ERR_OK ? refused(&s, e) : sheet_done(&s, "Unbound", serial);
}
