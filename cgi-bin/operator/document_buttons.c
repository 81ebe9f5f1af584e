/* The buttons of documents in the main window. */
#include <inttypes.h>

#include "cgi-bin/operator/meters.h"

/* With the way back to the window as it is. */
static char *with_back(const struct window *w, const char *path)
{
    struct arena *a = w->r->arena;

    return arena_printf(a, "%sback=%s", path,
                        url_encode(a, state_address(a, "/meters", &w->at)));
}

void document_buttons_show(struct window *w, const struct meter_card *c,
                           const char *why)
{
    struct arena *a = w->r->arena;

    if (why[0] != '\0')
        window_set(w, "Selected.Receipt.Why", why);
    else
        window_set(w, "Selected.Receipt.Href",
                   with_back(w, arena_printf(a, "/meters/%" PRId64 "/receipt?",
                                             c->id)));
    window_set(w, "Selected.Daily.Href",
               with_back(w, arena_printf(a, "/reports/daily?meter=%" PRId64 "&",
                                         c->id)));
}

void documents_show(struct window *w)
{
    view_set(w->r, "Documents.Receipts.Href", with_back(w, "/receipts?"));
    view_set(w->r, "Documents.Daily.Href", with_back(w, "/reports/daily?"));
    view_set(w->r, "Documents.Balance.Href", with_back(w, "/reports/balance?"));
}
