/*
 * «Абоненты» (GC-131, GC-138): the list, which knows its length from counters
 * and walks an index for each column, and under it the meters of the selected
 * subscriber.
 */
#include "cgi-bin/admin/subscribers.h"

#include <inttypes.h>

#include "cgi-bin/admin/directory.h"
#include "lib/model/subscriber.h"

/* clang-format off */
static const struct listing_column columns[] = {
    { .name = "account", .kind = CELL_CODE, .sorts = true, .width = 16 },
    { .name = "address", .kind = CELL_TEXT, .sorts = true, .width = 44 },
    { .name = "first",   .kind = CELL_TEXT, .sorts = true, .width = 24 },
    { .name = "last",    .kind = CELL_TEXT, .sorts = true, .width = 20 },
    { .name = "phone",   .kind = CELL_CODE, .sorts = true, .width = 18 },
    { .name = "email",   .kind = CELL_TEXT, .sorts = true, .width = 28 },
    { .name = "tariff",  .kind = CELL_TEXT, .sorts = true, .width = 20 },
    { .name = "branch",  .kind = CELL_TEXT, .sorts = true, .width = 20 },
    { .name = "shows",   .kind = CELL_FLAG, .sorts = true, .width = 10 },
};

static const struct listing_column meter_columns[] = {
    { .name = "serial", .kind = CELL_CODE,   .sorts = true },
    { .name = "model",  .kind = CELL_TEXT,   .sorts = true },
    { .name = "at",     .kind = CELL_MOMENT, .sorts = true },
    { .name = "volume", .kind = CELL_NUMBER, .sorts = true },
    { .name = "valve",  .kind = CELL_WORD,   .group = "ValveState" },
};
/* clang-format on */

static const struct listing listing = {
    .root = "List",
    .words = "Subscribers",
    .address = SUBSCRIBERS_ADDRESS,
    .sort = "account",
    .statement = { .page = Q_SUBSCRIBER_PAGE, .count = Q_SUBSCRIBER_COUNT },
    .columns = columns,
    .n_columns = sizeof(columns) / sizeof(columns[0]),
    .bulk = true,
    .picks = true,
};

/* Its statement is asked for the meters of one subscriber. */
static const struct listing meters = {
    .root = "Sub",
    .words = "SubscriberMeters",
    .address = SUBSCRIBERS_ADDRESS,
    .prefix = "s",
    .sort = "serial",
    .statement = { .page = Q_SUBSCRIBER_METERS_PAGE,
                   .count = Q_SUBSCRIBER_METERS_COUNT },
    .columns = meter_columns,
    .n_columns = sizeof(meter_columns) / sizeof(meter_columns[0]),
    .picks = true,
    .hidden = true,
};

/* ---- under the list ---- */

static void meter_buttons_show(struct req *r, int64_t subscriber, int64_t meter)
{
    const char *back = view_text(r, "Sub.Back");

    view_set(r, "Buttons.Bind",
             arena_printf(r->arena,
                          SUBSCRIBERS_ADDRESS "/%" PRId64 "/bind?back=%s",
                          subscriber, back));
    if (meter != 0)
        view_set(r, "Buttons.Unbind",
                 arena_printf(r->arena,
                              SUBSCRIBERS_ADDRESS
                              "/%" PRId64 "/unbind?meter=%" PRId64 "&back=%s",
                              subscriber, meter, back));
}

static enum err meters_show(struct req *r, const struct subscriber *s)
{
    struct listing l = meters;
    struct listing_state state = { 0 };
    enum err e;

    l.keep = listing_keep(r, s->id);
    if ((e = listing_read_of(r, &l, s->id, &state)) != ERR_OK ||
        (e = listing_show(r, &l, &state, -1)) != ERR_OK)
        return e;
    view_set(r, "Sub.Csv", "");
    view_set(r, "Selected.Account", s->account);
    view_set(r, "Selected.Address", s->address);
    meter_buttons_show(r, s->id, state.picked);
    return ERR_OK;
}

/* ---- the page ---- */

/* Who comes back from a form finds the same one selected. */
static void buttons_show(struct req *r, int64_t picked)
{
    view_set(r, "Tab", "subscribers");
    view_set(r, "Buttons.New", row_address(r, &listing, 0, "new"));
    if (picked == 0)
        return;
    view_set(
        r, "List.Back",
        url_encode(r->arena, arena_printf(r->arena, "%s&id=%" PRId64,
                                          view_text(r, "List.Here"), picked)));
    view_set(r, "Buttons.Edit", row_address(r, &listing, picked, "edit"));
    view_set(r, "Buttons.Delete", row_address(r, &listing, picked, "delete"));
}

/* All of them by the counters: the statement walks from the nearer end. */
static enum err total_read(struct req *r, struct listing_state *s,
                           int64_t *total)
{
    static const struct directory_filter everybody = { .term = "" };
    enum err e =
        directory_count(r->db, r->arena, &listing.statement, &everybody, total);

    s->filter.extra[0] = param_int(r->arena, *total);
    s->filter.n_extra = 1;
    return e;
}

/* One that was deleted meanwhile is not selected any more. */
static enum err selected_find(struct req *r, struct listing_state *s,
                              struct subscriber *out)
{
    enum err e = s->picked != 0
                     ? subscriber_find(r->db, r->arena, s->picked, out)
                     : ERR_OK;

    if (e == ERR_NOT_FOUND)
        s->picked = 0;
    return e == ERR_NOT_FOUND ? ERR_OK : e;
}

enum err subscribers_list(struct req *r)
{
    struct listing_state s = { 0 };
    struct subscriber selected = { 0 };
    int64_t total = 0;
    enum err e;

    if ((e = listing_read(r, &listing, &s)) != ERR_OK ||
        (e = total_read(r, &s, &total)) != ERR_OK ||
        (e = selected_find(r, &s, &selected)) != ERR_OK ||
        (e = listing_show(r, &listing, &s, total)) != ERR_OK)
        return e;
    buttons_show(r, s.picked);
    if (selected.cabinet_allowed)
        view_set(r, "Buttons.Cabinet",
                 arena_printf(r->arena,
                              SUBSCRIBERS_ADDRESS "/%" PRId64 "/cabinet",
                              s.picked));
    if (s.picked != 0 && (e = meters_show(r, &selected)) != ERR_OK)
        return e;
    return view_render(r, "admin/subscribers.cst");
}

enum err subscribers_file(struct req *r)
{
    struct listing file = listing;
    struct listing_state s = { 0 };
    enum err e;

    file.statement.page = Q_SUBSCRIBER_FILE;
    if ((e = listing_read(r, &file, &s)) != ERR_OK)
        return e;
    s.filter.walked = s.filter.term[0] == '\0';
    return listing_download(r, &file, &s);
}
