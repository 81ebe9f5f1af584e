/*
 * The tabs of the selected meter (GC-051): history of sessions, history of
 * commands, archive; and its own journals of events, when it has some.
 */
#include "cgi-bin/operator/meters.h"

#include <inttypes.h>

#include "lib/model/archive.h"
#include "lib/model/event.h"
#include "lib/model/reading.h"

static char *tab_page_address(const struct window *w, int64_t page)
{
    struct meters_state to = w->at;

    to.tab_page = page;
    return state_address(w->r->arena, "/meters", &to);
}

/* A header that sorts: order of commands, 0 where there is only one order. */
static void tab_column(struct window *w, const char *key, int order)
{
    struct meters_state to = w->at;
    struct arena *a = w->r->arena;
    bool current = w->at.tab_order == order;

    to.tab_order = order;
    to.tab_ascending = !current || !w->at.tab_ascending;
    to.tab_page = 1;
    view_set(w->r, arena_printf(a, "Tab.Columns.%s.Href", key),
             state_address(a, "/meters", &to));
    if (current)
        view_set(w->r, arena_printf(a, "Tab.Columns.%s.Dir", key),
                 w->at.tab_ascending ? "asc" : "desc");
}

static void sessions_rows(struct window *w, const struct reading_list *list)
{
    static const char rows[] = "Tab.Rows";
    struct arena *a = w->r->arena;

    tab_column(w, "at", 0);
    for (size_t i = 0; i < list->n; i++) {
        const struct reading *s = &list->rows[i];

        window_put_moment(w, rows, i, "At", s->at);
        if (!s->volume_dm3.known && s->energy_wh.known) {
            window_put(w, rows, i, "Volume", energy_cell(a, s->energy_wh));
            window_put(w, rows, i, "Unit", word(w->r, "Unit.kwh"));
        } else {
            window_put(w, rows, i, "Volume", volume_cell(a, s->volume_dm3));
        }
        window_put(w, rows, i, "Temperature",
                   temperature_cell(a, s->temperature_mk));
        window_put(w, rows, i, "Pressure", pressure_cell(a, s->pressure_pa));
        window_put(w, rows, i, "Working", hours_cell(a, s->working_h));
        window_put(w, rows, i, "Tamper", hours_cell(a, s->tamper_h));
        window_put_states(w, rows, i, s->status, false);
        window_put(w, rows, i, "Valve", valve_code(s->valve));
        window_put(w, rows, i, "Battery", battery_cell(a, s->battery_mv));
    }
}

static void commands_rows(struct window *w, const struct command_list *list)
{
    static const char rows[] = "Tab.Rows";

    /* By the operator it cannot be sorted (GC-084). */
    tab_column(w, "submitted", COMMANDS_BY_SUBMITTED);
    tab_column(w, "command", COMMANDS_BY_KIND);
    tab_column(w, "executed", COMMANDS_BY_DONE);
    for (size_t i = 0; i < list->n; i++) {
        const struct command *c = &list->rows[i];

        window_put(w, rows, i, "Operator", c->operator_login);
        window_put(w, rows, i, "Kind", command_code(c->kind));
        window_put_moment(w, rows, i, "Submitted", c->submitted_at);
        window_put_moment(w, rows, i, "Executed", c->executed_at);
        window_put(w, rows, i, "State", c->state);
    }
}

static void archive_rows(struct window *w, const struct archive_list *list)
{
    static const char rows[] = "Tab.Rows";
    struct arena *a = w->r->arena;

    tab_column(w, "day", 0);
    for (size_t i = 0; i < list->n; i++) {
        const struct archive_day *d = &list->rows[i];

        window_put(w, rows, i, "Day", moment_minute_text(a, d->at));
        window_put(w, rows, i, "Volume", volume_cell(a, d->volume_dm3));
        window_put(w, rows, i, "Delta", volume_cell(a, d->delta_dm3));
        window_put(w, rows, i, "Temperature",
                   temperature_cell(a, d->temperature_mk));
        window_put(w, rows, i, "Pressure", pressure_cell(a, d->pressure_pa));
        window_put_states(w, rows, i, d->status, false);
    }
}

static void events_rows(struct window *w, const struct event_list *list)
{
    static const char rows[] = "Tab.Rows";

    tab_column(w, "at", 0);
    for (size_t i = 0; i < list->n; i++) {
        const struct event *v = &list->rows[i];

        window_put_moment(w, rows, i, "At", v->at);
        window_put(w, rows, i, "Text", v->text);
        if (v->code >= 0)
            window_put(w, rows, i, "Code", param_int(w->r->arena, v->code));
        window_put(w, rows, i, "Log", v->log);
        window_put_states(w, rows, i, v->status, false);
    }
}

/* The rows of the current tab; how many, and how many there are. */
static enum err tab_rows(struct window *w, struct span span,
                         struct paging *paging)
{
    struct db *db = w->r->db;
    struct arena *a = w->r->arena;
    int64_t id = w->at.meter;
    bool descending = !w->at.tab_ascending;
    struct reading_list sessions;
    struct command_list commands;
    struct archive_list archive;
    struct event_list events;
    enum err e = ERR_OK;

    switch (w->at.tab) {
    case TAB_SESSIONS:
        if ((e = reading_page(db, a, id, descending, span, &sessions)) !=
            ERR_OK)
            return e;
        sessions_rows(w, &sessions);
        paging->shown = (int64_t)sessions.n;
        paging->total = sessions.total;
        paging->more = sessions.more;
        break;
    case TAB_COMMANDS:
        if ((e = command_page(db, a, id, (enum command_order)w->at.tab_order,
                              descending, span, &commands)) != ERR_OK)
            return e;
        commands_rows(w, &commands);
        paging->shown = (int64_t)commands.n;
        paging->total = commands.total;
        break;
    case TAB_ARCHIVE:
        if ((e = archive_page(db, a, id, descending, span, &archive)) != ERR_OK)
            return e;
        archive_rows(w, &archive);
        paging->shown = (int64_t)archive.n;
        paging->total = archive.total;
        paging->more = archive.more;
        break;
    case TAB_EVENTS:
        if ((e = event_page(db, a, id, descending, span, &events)) != ERR_OK)
            return e;
        events_rows(w, &events);
        paging->shown = (int64_t)events.n;
        paging->total = events.total;
        paging->more = events.more;
        break;
    case TABS:
        break;
    }
    return e;
}

static void tab_links(struct window *w, bool events)
{
    struct arena *a = w->r->arena;

    view_set(w->r, "Tabs.Current", tab_names[w->at.tab]);
    for (int i = 0; i < (events ? TABS : TAB_EVENTS); i++) {
        struct meters_state to = w->at;

        to.tab = (enum tab)i;
        to.tab_page = 1;
        to.tab_order = 0;
        to.tab_ascending = false;
        view_set(w->r, arena_printf(a, "Tabs.%s.Href", tab_names[i]),
                 state_address(a, "/meters", &to));
    }
    for (size_t i = 0; i < sizeof(page_sizes) / sizeof(page_sizes[0]); i++) {
        struct meters_state to = w->at;

        to.tab_size = page_sizes[i];
        to.tab_page = 1;
        view_set_at(w->r, "Tab.Sizes", i, "Value", param_int(a, page_sizes[i]));
        view_set_at(w->r, "Tab.Sizes", i, "Href",
                    state_address(a, "/meters", &to));
        if (page_sizes[i] == w->at.tab_size)
            view_set_at(w->r, "Tab.Sizes", i, "Current", "1");
    }
    view_set(w->r, "Tab.Csv",
             arena_printf(a, "/meters/%" PRId64 "/%s.csv", w->at.meter,
                          tab_names[w->at.tab]));
    if (w->at.tab == TAB_SESSIONS && w->r->who.role == ROLE_ADMIN)
        view_setf(w->r, "/admin/exchange?meter=%" PRId64, "Tab.Exchange",
                  w->at.meter);
}

enum err tabs_show(struct window *w, bool events)
{
    struct paging paging = { .name = "Tab",
                             .size = w->at.tab_size,
                             .address = tab_page_address };
    struct span span = { w->at.tab_size,
                         (w->at.tab_page - 1) * w->at.tab_size };
    enum err e = tab_rows(w, span, &paging);

    if (e == ERR_OK && paging.shown == 0 && span.before > 0) {
        /* Past the end: from the beginning. */
        w->at.tab_page = 1;
        span.before = 0;
        e = tab_rows(w, span, &paging);
    }
    if (e != ERR_OK)
        return e;
    paging.before = span.before;
    window_paging(w, &paging);
    tab_links(w, events || w->at.tab == TAB_EVENTS);
    return ERR_OK;
}
