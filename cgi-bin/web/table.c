/* Lists of every audience look and turn their pages alike. */
#include "cgi-bin/web/table.h"

#include <inttypes.h>

#include "lib/units/grouped.h"

/* Pages named on each side of the one that is shown. */
#define NEIGHBOURS 2

static const int64_t sizes[] = { 10, 25, 50, 100 };

#define N_SIZES (sizeof(sizes) / sizeof(sizes[0]))

static const char *field(struct req *r, const struct table *t, const char *name)
{
    return t->prefix != NULL ? arena_printf(r->arena, "%s%s", t->prefix, name)
                             : name;
}

enum err table_read(struct req *r, struct table *t)
{
    const char *size = field(r, t, "size"), *page = field(r, t, "page");
    enum err e;
    bool known = false;

    if ((e = form_int(r, size, 1, 100, 25, &t->size)) != ERR_OK ||
        (e = form_int(r, page, 1, INT32_MAX, 1, &t->page)) != ERR_OK)
        return e;
    for (size_t i = 0; i < N_SIZES; i++)
        known = known || sizes[i] == t->size;
    return known ? ERR_OK : err_raise(ERR_INVALID, "no such page size");
}

static int64_t last_page(const struct table *t)
{
    return t->total > 0 ? (t->total - 1) / t->size + 1 : 1;
}

int64_t table_before(struct table *t)
{
    if (t->page > last_page(t))
        t->page = last_page(t);
    return (t->page - 1) * t->size;
}

char *count_text(struct arena *a, int64_t n)
{
    return grouped_int(a, n);
}

static char *name_of(struct req *r, const struct table *t, const char *rest)
{
    return arena_printf(r->arena, "%s.%s", t->list, rest);
}

static const char *page_href(struct req *r, const struct table *t, int64_t page)
{
    return arena_printf(r->arena, "%s?%s%s%s=%" PRId64 "&%s=%" PRId64,
                        t->address, t->query, t->query[0] != '\0' ? "&" : "",
                        field(r, t, "size"), t->size, field(r, t, "page"),
                        page);
}

static void range_show(struct req *r, const struct table *t)
{
    int64_t from = (t->page - 1) * t->size + 1;
    int64_t to = from + t->size - 1;

    view_set(r, name_of(r, t, "Range.From"), count_text(r->arena, from));
    view_set(r, name_of(r, t, "Range.To"),
             count_text(r->arena, to < t->total ? to : t->total));
    view_set(r, name_of(r, t, "Range.Total"), count_text(r->arena, t->total));
    if (t->all > 0)
        view_set(r, name_of(r, t, "Range.All"), count_text(r->arena, t->all));
    if (t->more)
        view_set(r, name_of(r, t, "Range.More"), "1");
}

static void page_show(struct req *r, const struct table *t, size_t at,
                      int64_t page, bool gap)
{
    const char *pages = name_of(r, t, "Pager.Pages");

    view_set_at(r, pages, at, "No", count_text(r->arena, page));
    view_set_at(r, pages, at, "Href", page_href(r, t, page));
    if (page == t->page)
        view_set_at(r, pages, at, "Current", "1");
    if (gap)
        view_set_at(r, pages, at, "Gap", "1");
}

static void pager_show(struct req *r, const struct table *t)
{
    int64_t last = last_page(t), shown = 0;
    size_t at = 0;

    if (t->page > 1) {
        view_set(r, name_of(r, t, "Pager.First"), page_href(r, t, 1));
        view_set(r, name_of(r, t, "Pager.Previous"),
                 page_href(r, t, t->page - 1));
    }
    if (t->page < last) {
        view_set(r, name_of(r, t, "Pager.Next"), page_href(r, t, t->page + 1));
        view_set(r, name_of(r, t, "Pager.Last"), page_href(r, t, last));
    }
    for (int64_t p = 1; p <= last; p++) {
        if (p == 2 && t->page - NEIGHBOURS > 2)
            p = t->page - NEIGHBOURS; /* the first, a gap, then neighbours */
        else if (p > t->page + NEIGHBOURS && p < last)
            p = last;
        page_show(r, t, at++, p, p > shown + 1);
        shown = p;
    }
}

void table_show(struct req *r, const struct table *t)
{
    const char *list = name_of(r, t, "PageSizes");

    view_set(r, name_of(r, t, "Address"), t->address);
    for (size_t i = 0; i < N_SIZES; i++) {
        view_set_at(r, list, i, "Value",
                    arena_printf(r->arena, "%" PRId64, sizes[i]));
        if (sizes[i] == t->size)
            view_set_at(r, list, i, "Current", "1");
    }
    range_show(r, t);
    pager_show(r, t);
}
