/* Filling the main window: values with their version, ranges, pagers. */
#include "cgi-bin/operator/meters.h"

#include <stdio.h>
#include <string.h>

#include "cgi-bin/operator/version.h"
#include "lib/model/reading.h"
#include "lib/units/grouped.h"

void window_set(struct window *w, const char *name, const char *value)
{
    w->version = version_add(w->version, value);
    view_set(w->r, name, value);
}

void window_put(struct window *w, const char *list, size_t i, const char *field,
                const char *value)
{
    w->version = version_add(w->version, value);
    if (value[0] != '\0')
        view_set_at(w->r, list, i, field, value);
}

/* field and Iso are short names of ours: "Submitted". */
void window_put_moment(struct window *w, const char *list, size_t i,
                       const char *field, struct moment m)
{
    char text[MOMENT_TEXT], iso[MOMENT_ISO], name[32];

    if (moment_texts(m, text, iso)) {
        snprintf(name, sizeof(name), "%sIso", field);
        view_set_at(w->r, list, i, name, iso);
    }
    window_put(w, list, i, field, text);
}

void window_put_states(struct window *w, const char *list, size_t i,
                       int64_t status, bool silent)
{
    char name[24];
    int n = 0;

    if (silent) {
        window_put(w, list, i, "States.0.Code", "silent");
        n = 1;
    }
    for (int bit = 0; bit < STATUS_BITS && status >> bit != 0; bit++) {
        if ((status >> bit & 1) == 0)
            continue;
        snprintf(name, sizeof(name), "States.%d.Code", n++);
        window_put(w, list, i, name, status_code(bit));
    }
    w->version = version_add(w->version, "");
}

/* ---- ranges and pagers ---- */

#define NEIGHBOURS 2

static void range_show(struct window *w, const struct paging *p)
{
    struct arena *a = w->r->arena;
    const char *n = p->name;

    window_set(w, arena_printf(a, "%s.Range.Total", n),
               grouped_int(a, p->total));
    if (p->shown > 0) {
        window_set(w, arena_printf(a, "%s.Range.From", n),
                   grouped_int(a, p->before + 1));
        window_set(w, arena_printf(a, "%s.Range.To", n),
                   grouped_int(a, p->before + p->shown));
    }
    if (p->more)
        window_set(w, arena_printf(a, "%s.Range.More", n), "1");
    if (p->filtered)
        window_set(w, arena_printf(a, "%s.Range.All", n),
                   grouped_int(a, p->all));
}

static void step_show(struct window *w, const struct paging *p,
                      const char *step, int64_t page)
{
    view_set(w->r, arena_printf(w->r->arena, "%s.Pager.%s", p->name, step),
             p->address(w, page));
}

static void page_show(struct window *w, const struct paging *p,
                      const char *list, size_t i, int64_t page, bool gap,
                      bool current)
{
    view_set_at(w->r, list, i, "No", grouped_int(w->r->arena, page));
    view_set_at(w->r, list, i, "Href", p->address(w, page));
    if (gap)
        view_set_at(w->r, list, i, "Gap", "1");
    if (current)
        view_set_at(w->r, list, i, "Current", "1");
}

/* The first, the last, this one and its neighbours. */
static void pages_show(struct window *w, const struct paging *p, int64_t page,
                       int64_t pages)
{
    const char *list = arena_printf(w->r->arena, "%s.Pager.Pages", p->name);
    int64_t shown = 0;
    size_t i = 0;

    for (int64_t no = 1; no <= pages; no++) {
        if (no > 1 && no < page - NEIGHBOURS)
            no = page - NEIGHBOURS;
        if (no > page + NEIGHBOURS && no < pages)
            no = pages;
        page_show(w, p, list, i++, no, no != shown + 1, no == page);
        shown = no;
    }
}

void window_paging(struct window *w, const struct paging *p)
{
    int64_t page = p->before / p->size + 1;
    int64_t pages = (p->total + p->size - 1) / p->size;

    range_show(w, p);
    if (page > 1) {
        step_show(w, p, "First", 1);
        step_show(w, p, "Previous", page - 1);
    }
    if (page < pages) {
        step_show(w, p, "Next", page + 1);
        step_show(w, p, "Last", pages);
    }
    pages_show(w, p, page, pages);
}
