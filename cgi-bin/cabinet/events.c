/* «Журнал событий»: the last hundred (GC-320, GC-321). */
#include "cgi-bin/cabinet/cabinet.h"

#include "lib/units/grouped.h"

/* Events.N.At .AtIso .Kind .Note .Browser .Address; Shown, ShownForm */
enum err events(struct req *r)
{
    struct cabinet_event_list list;
    enum err e;

    if ((e = section_open(r, "log")) != ERR_OK ||
        (e = cabinet_events(r->db, r->arena, &list)) != ERR_OK)
        return e;
    for (size_t i = 0; i < list.n; i++) {
        const struct cabinet_event *it = &list.rows[i];

        moment_show(r, "Events", i, "At", it->at);
        view_set_at(r, "Events", i, "Kind", it->kind);
        view_set_at(r, "Events", i, "Note", it->note);
        view_set_at(r, "Events", i, "Browser", it->browser);
        view_set_at(r, "Events", i, "Address", it->address);
    }
    view_set_int(r, "Shown", (int64_t)list.n);
    view_set(r, "ShownForm", plural((int64_t)list.n));
    return view_render(r, "cabinet/log.cst");
}
