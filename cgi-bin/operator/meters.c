/*
 * The main window (GC-046 ... GC-052): the table of meters.
 *
 * Its address is its state (meters_state.c). Each second the page asks
 * meters_live for the same state with the version it shows, and hears 204
 * when that is still so.
 */
#include "cgi-bin/operator/meters.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cgi-bin/operator/columns.h"
#include "cgi-bin/operator/version.h"
#include "cgi-bin/web/serials.h"
#include "lib/model/reading.h"

/* ---- one row ---- */

/* Unfolds a row, or folds it; of too many the oldest gives way. */
static char *row_toggle(const struct window *w, const struct row_stems *stems,
                        int64_t id)
{
    struct meters_state to = { .n_open = 0 };
    size_t from = w->at.n_open == OPEN_MAX_ROWS ? 1 : 0;

    for (size_t i = from; i < w->at.n_open; i++) {
        if (w->at.open[i] != id)
            to.open[to.n_open++] = w->at.open[i];
    }
    if (!state_is_open(&w->at, id))
        to.open[to.n_open++] = id;
    return state_fold(w->r->arena, stems, &to);
}

static void row_links(struct window *w, const struct row_stems *stems, size_t i,
                      const struct meter *m)
{
    struct req *r = w->r;

    view_set_at(r, "Meters.Rows", i, "Href",
                state_select(r->arena, stems, m->id));
    view_set_at(r, "Meters.Rows", i, "Toggle", row_toggle(w, stems, m->id));
    if (m->id == w->at.meter)
        view_set_at(r, "Meters.Rows", i, "Selected", "1");
    if (state_is_open(&w->at, m->id))
        view_set_at(r, "Meters.Rows", i, "Open", "1");
}

static void row_show(struct window *w, size_t i, const struct meter *m)
{
    static const char list[] = "Meters.Rows";
    struct arena *a = w->r->arena;

    window_put(w, list, i, "Id", param_int(a, m->id));
    window_put(w, list, i, "Account", m->account);
    window_put(w, list, i, "Serial", m->serial);
    window_put_moment(w, list, i, "At", m->at);
    if (strcmp(m->medium, "electricity") == 0) {
        window_put(w, list, i, "Volume", energy_cell(a, m->energy_wh));
        if (m->energy_wh.known)
            window_put(w, list, i, "Unit", word(w->r, "Unit.kwh"));
    } else {
        window_put(w, list, i, "Volume", volume_cell(a, m->volume_dm3));
    }
    window_put(w, list, i, "Working", hours_cell(a, m->working_h));
    window_put(w, list, i, "Tamper", hours_cell(a, m->tamper_h));
    window_put_states(w, list, i, m->status, m->silent);
    window_put(w, list, i, "Valve", valve_code(m->valve));
    window_put(w, list, i, "Waiting", command_code(m->waiting));
    window_put(w, list, i, "Balance", money_cell(a, m->balance_kopecks));
    if (m->balance_kopecks.known && m->balance_kopecks.n < 0)
        view_set_at(w->r, list, i, "Debt", "1");
}

/* ---- the table ---- */

/* A click sorts ascending, the next one descending (GC-036). */
static void columns_show(struct window *w)
{
    struct arena *a = w->r->arena;

    for (int i = 0; i < METER_ORDERS; i++) {
        struct meters_state to = w->at;
        bool current = i == (int)w->at.order;

        to.order = (enum meter_order)i;
        to.descending = current && !w->at.descending;
        to.page = 1;
        view_set(
            w->r,
            arena_printf(a, "Meters.Columns.%s.Href", meter_order_names[i]),
            state_address(a, "/meters", &to));
        if (current)
            view_set(
                w->r,
                arena_printf(a, "Meters.Columns.%s.Dir", meter_order_names[i]),
                w->at.descending ? "desc" : "asc");
    }
}

static char *page_address(const struct window *w, int64_t page)
{
    struct meters_state to = w->at;

    to.page = page;
    return state_address(w->r->arena, "/meters", &to);
}

/* Hidden fields of the filter's form: the rest of the state, without page. */
static void keep_show(struct window *w)
{
    struct meters_state rest = w->at;
    char *address, *pair, *next = NULL;
    size_t i = 0;

    rest.term = "";
    rest.page = 1;
    address = state_address(w->r->arena, "", &rest);
    for (pair = strtok_r(address, "?&", &next); pair != NULL;
         pair = strtok_r(NULL, "?&", &next)) {
        char *value = strchr(pair, '=');

        if (value == NULL || strncmp(pair, "size=", 5) == 0)
            continue;
        *value++ = '\0';
        view_set_at(w->r, "Meters.Keep", i, "Name", pair);
        view_set_at(w->r, "Meters.Keep", i, "Value", value);
        i++;
    }
}

static void filter_show(struct window *w)
{
    struct meters_state clear = w->at;
    struct arena *a = w->r->arena;

    clear.term = "";
    clear.page = 1;
    view_set(w->r, "Meters.Address", "/meters");
    view_set(w->r, "Meters.Filter", w->at.term);
    view_set(w->r, "Meters.Clear", state_address(a, "/meters", &clear));
    view_set(w->r, "Meters.Csv",
             w->at.term[0] ? arena_printf(a, "/meters.csv?q=%s",
                                          url_encode(a, w->at.term))
                           : "/meters.csv");
    for (size_t i = 0; i < sizeof(page_sizes) / sizeof(page_sizes[0]); i++) {
        view_set_at(w->r, "Meters.PageSizes", i, "Value",
                    param_int(a, page_sizes[i]));
        if (page_sizes[i] == w->at.size)
            view_set_at(w->r, "Meters.PageSizes", i, "Current", "1");
    }
    keep_show(w);
}

static void table_show(struct window *w, const struct meter_list *list)
{
    struct paging paging = {
        .name = "Meters",
        .before = list->before,
        .shown = (int64_t)list->n,
        .total = list->total,
        .all = list->all,
        .size = w->at.size,
        .more = list->more,
        .filtered = w->at.term[0] != '\0',
        .address = page_address,
    };

    struct row_stems stems;
    const char *wrong;

    /* A page past the end is the last one, and its links know it. */
    w->at.page = list->before / w->at.size + 1;
    state_stems(w->r->arena, &w->at, &stems);
    for (size_t i = 0; i < list->n; i++) {
        row_show(w, i, &list->rows[i]);
        row_links(w, &stems, i, &list->rows[i]);
    }
    if (list->n == 0 && (wrong = serials_misread(w->r, w->at.term)) != NULL)
        window_set(w, "Meters.Misread", wrong);
    window_paging(w, &paging);
    documents_show(w);
    columns_show(w);
    filter_show(w);
}

/* ---- the window ---- */

/* Only the table is asked for, and its first page needs one question. */
static bool one_question(const struct meters_state *at)
{
    return at->page == 1 && at->term[0] == '\0' && at->meter == 0 &&
           at->n_open == 0;
}

/* Reads the state and fills everything but the version. */
static enum err window_fill(struct window *w)
{
    struct meter_filter filter;
    struct meter_list list;
    enum err e;

    state_read(w->r, &w->at);
    filter = (struct meter_filter){
        .order = w->at.order,
        .descending = w->at.descending,
        .term = w->at.term,
        .span = { w->at.size, (w->at.page - 1) * w->at.size },
    };
    if (one_question(&w->at))
        db_last(w->r->db);
    if ((e = meter_page(w->r->db, w->r->arena, &filter, &list)) != ERR_OK)
        return e;
    table_show(w, &list);
    return panel_show(w, &list);
}

static void live_show(struct window *w)
{
    struct arena *a = w->r->arena;
    const char *address = state_address(a, "/meters/live", &w->at);

    view_set(w->r, "Live.Href",
             arena_printf(a, "%s%cv=%016" PRIx64, address,
                          strchr(address, '?') ? '&' : '?', w->version));
}

enum err meters_list(struct req *r)
{
    struct window w = { .r = r, .version = VERSION_START };
    enum err e = window_fill(&w);

    if (e != ERR_OK)
        return e;
    live_show(&w);
    columns_show_choice(r);
    view_set(r, "Screen", "meters");
    /* A click inside the living part asks for that part alone. */
    return view_render(r,
                       strcmp(request_header(r, "HTTP_HX_TARGET"), "work") == 0
                           ? "operator/meters_part.cst"
                           : "operator/meters.cst");
}

enum err meters_live(struct req *r)
{
    struct window w = { .r = r, .version = VERSION_START };
    char version[20];
    enum err e = window_fill(&w);

    if (e != ERR_OK)
        return e;
    snprintf(version, sizeof(version), "%016" PRIx64, w.version);
    if (strcmp(version, form_text(r, "v")) == 0)
        return answer_unchanged(r);
    live_show(&w);
    return view_render(r, "operator/meters_part.cst");
}
