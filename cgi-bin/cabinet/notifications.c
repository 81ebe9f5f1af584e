/* «Уведомления»: a panel for each reason that is not confirmed (GC-314 ...). */
#include "cgi-bin/cabinet/cabinet.h"

#include <inttypes.h>
#include <string.h>

/* Notices.N.Meters.M: .Serial .Times .Form (One, Few, Many) .First .FirstIso
 * .Last .LastIso; without .Last it was at one moment. */
static void meter_show(struct req *r, size_t panel, size_t i,
                       const struct cabinet_notice *n, bool only)
{
    const char *list = arena_printf(r->arena, "Notices.%zu.Meters", panel);

    if (!only)
        view_set_at(r, list, i, "Serial", n->serial);
    view_set_at(r, list, i, "Times",
                arena_printf(r->arena, "%" PRId64, n->times));
    view_set_at(r, list, i, "Form", plural(n->times));
    moment_show(r, list, i, "First", n->first_at);
    if (n->times > 1)
        moment_show(r, list, i, "Last", n->last_at);
}

/* Notices.N.Reason .Severity (3, 2, 1) .Shown: the last moment of it, us.
 * News: the word of this state. */
static void panels_show(struct req *r, const struct cabinet_notice_list *list,
                        bool only)
{
    size_t panel = 0, meter = 0;
    int64_t shown = 0;

    for (size_t i = 0; i < list->n; i++) {
        const struct cabinet_notice *n = &list->rows[i];

        if (i > 0 && strcmp(n->reason, n[-1].reason) != 0) {
            panel++;
            meter = 0;
            shown = 0;
        }
        if (n->last_at.us > shown)
            shown = n->last_at.us;
        view_set_at(r, "Notices", panel, "Reason", n->reason);
        view_set_at(r, "Notices", panel, "Severity",
                    arena_printf(r->arena, "%d", n->severity));
        view_set_at(r, "Notices", panel, "Shown",
                    arena_printf(r->arena, "%" PRId64, shown));
        meter_show(r, panel, meter++, n, only);
    }
}

enum err notifications(struct req *r)
{
    struct cabinet_notice_list list;
    struct cabinet_meter_list his;
    const char *word;
    enum err e;

    if ((e = section_open(r, "notifications")) != ERR_OK ||
        (e = cabinet_news(r->db, r->arena, &word)) != ERR_OK ||
        (e = cabinet_notices(r->db, r->arena, &list)) != ERR_OK ||
        (e = cabinet_meters(r->db, r->arena, &his)) != ERR_OK)
        return e;
    view_set(r, "News", word);
    panels_show(r, &list, his.n == 1);
    return view_render(r, "cabinet/notifications.cst");
}

/*
 * What an open page asks every second: nothing (204) while what it shows is
 * what there is, else the word for what there is.
 */
enum err news(struct req *r)
{
    const char *word;
    enum err e;

    db_last(r->db);
    if ((e = cabinet_news(r->db, r->arena, &word)) != ERR_OK)
        return e;
    return strcmp(word, form_text(r, "v")) == 0
               ? answer_unchanged(r)
               : answer_body(r, "text/plain", word, strlen(word));
}

enum err confirm(struct req *r)
{
    struct cabinet_visit v = visit_of(r, "");
    struct moment shown;
    enum err e;

    if ((e = form_int(r, "shown", 0, INT64_MAX, 0, &shown.us)) != ERR_OK ||
        (e = cabinet_confirm(r->db, r->arena, form_text(r, "reason"), shown,
                             &v)) != ERR_OK)
        return e;
    return answer_redirect(r, "/cabinet/notifications");
}
