/* Fields that the forms of reports share, each checked with words beside it. */
#include "cgi-bin/operator/documents.h"

#include <string.h>

#include "cgi-bin/operator/meters.h"
#include "lib/base/clock.h"
#include "lib/model/group.h"

#define DAY_US INT64_C(86400000000)

void form_days(struct mistakes *m, struct document_order *order)
{
    struct req *r = m->r;

    order->days.from = day_read(r->arena, form_text(r, "from"));
    order->days.to = day_read(r->arena, form_text(r, "to"));
    if (order->days.from == NULL)
        mistake(m, "from", "date");
    if (order->days.to == NULL)
        mistake(m, "to", "date");
    else if (order->days.from != NULL &&
             day_count(order->days.from, order->days.to) < 1)
        mistake(m, "to", "order");
}

void form_format(struct mistakes *m, struct document_order *order,
                 const char *const *formats)
{
    const char *asked = form_text(m->r, "format");

    for (; *formats != NULL; formats++) {
        if (strcmp(asked, *formats) == 0) {
            order->format = *formats;
            return;
        }
    }
    order->format = "pdf";
    mistake(m, "format", "format");
}

enum err form_groups_show(struct req *r, int64_t current)
{
    struct group_list list;
    enum err e = group_list(r->db, r->arena, &list);

    if (e != ERR_OK)
        return e;
    for (size_t i = 0; i < list.n; i++) {
        const struct meter_group *g = &list.rows[i];

        view_set_at(r, "Report.Groups", i, "Id", param_int(r->arena, g->id));
        view_set_at(r, "Report.Groups", i, "Name", g->name);
        view_set_at(r, "Report.Groups", i, "Meters",
                    param_int(r->arena, g->meters));
        view_set_at(r, "Report.Groups", i, "Balance", g->balance_serial);
        if (g->id == current)
            view_set_at(r, "Report.Groups", i, "Current", "1");
    }
    return ERR_OK;
}

/* What was typed, or else these days. */
static void days_show(struct req *r, const char *from, const char *to)
{
    view_set(r, "Report.From",
             form_has(r, "from") ? form_text(r, "from") : from);
    view_set(r, "Report.To", form_has(r, "to") ? form_text(r, "to") : to);
}

static char *day_iso(struct arena *a, struct report_day d)
{
    return arena_printf(a, "%04d-%02d-%02d", d.year, d.month, d.day);
}

void form_this_month(struct req *r)
{
    struct report_day to = day_of_moment((struct moment){ clock_now_us() });
    struct report_day from = { to.year, to.month, 1 };

    days_show(r, day_iso(r->arena, from), day_iso(r->arena, to));
}

/* Meters that call once a month have told all of it by now. */
void form_last_month(struct req *r)
{
    struct moment m = { clock_now_us() };
    struct report_day to = day_of_moment(m), from;

    m.us -= to.day * DAY_US;
    to = day_of_moment(m);
    from = (struct report_day){ to.year, to.month, 1 };
    days_show(r, day_iso(r->arena, from), day_iso(r->arena, to));
}

enum err form_show(struct mistakes *m, const char *template_name)
{
    struct req *r = m->r;
    const char *format = form_text(r, "format");

    view_set(r, "Report.Format", format[0] ? format : "pdf");
    view_set(r, "Desk.Back", back_address(r, "/meters"));
    view_set(r, "Desk.Post", r->path);
    view_set(r, "Screen", "report");
    if (m->n > 0)
        answer_status(r, 422);
    return view_render(r, template_name);
}
