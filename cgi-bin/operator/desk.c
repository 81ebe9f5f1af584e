/* What the windows of a meter share: its buttons, their heads and forms. */
#include "cgi-bin/operator/desk.h"

#include <inttypes.h>
#include <string.h>

#include "lib/model/account.h"

/* ---- the buttons of the main window ---- */

/* name: "Selected.Accrue" */
static void button_show(struct window *w, const struct meter_card *c,
                        const char *name, const char *path, const char *why)
{
    struct arena *a = w->r->arena;

    if (why[0] != '\0') {
        window_set(w, arena_printf(a, "%s.Why", name), why);
        return;
    }
    window_set(
        w, arena_printf(a, "%s.Href", name),
        arena_printf(a, "/meters/%" PRId64 "/%s?back=%s", c->id, path,
                     url_encode(a, state_address(a, "/meters", &w->at))));
}

static const char *no_subscriber(const struct meter_card *c)
{
    return c->subscriber_id == 0 ? "nosubscriber" : "";
}

/* The toast after a change: what was done, and what came of it. */
static void saved_show(struct window *w, const struct meter_card *c)
{
    const char *done = form_text(w->r, "done");
    enum operation_kind kind;

    if (operation_of_code(done, &kind) && kind != OPERATION_DEBIT &&
        c->subscriber_id != 0) {
        view_set(w->r, "Saved.What", done);
        view_set(w->r, "Saved.Account", account_name(w->r, c));
        view_set(w->r, "Saved.Balance",
                 money_cell(w->r->arena, c->balance_kopecks));
    } else if (strcmp(done, "note") == 0) {
        view_set(w->r, "Saved.What", done);
        view_set(w->r, "Saved.Account", c->serial);
    }
}

void desk_buttons_show(struct window *w, const struct meter_card *c)
{
    unsigned role = w->r->who.role;

    button_show(w, c, "Selected.Radio", "radio",
                role & RADIO_PASSWORDS ? "" : "radiorights");
    button_show(w, c, "Selected.Accrue", "account",
                role & ACCOUNT_CHANGE ? no_subscriber(c) : "accountrights");
    button_show(w, c, "Selected.Payments", "payments", no_subscriber(c));
    button_show(w, c, "Selected.Note", "note", "");
    document_buttons_show(w, c, no_subscriber(c));
    saved_show(w, c);
}

/* ---- heads ---- */

static const char *meter_address(struct req *r)
{
    return arena_printf(r->arena, "/meters?meter=%" PRId64, r->id);
}

const char *account_name(struct req *r, const struct meter_card *c)
{
    if (c->account[0] != '\0')
        return c->account;
    return arena_printf(r->arena, "%s (#%" PRId64 ")",
                        word(r, "Account.NoNumber"), c->subscriber_id);
}

void desk_show(struct req *r, const struct meter_card *c, const char *post)
{
    view_set(r, "Desk.Serial", c->serial);
    view_set(r, "Desk.Address", c->address);
    view_set(r, "Desk.Subscriber", c->full_name);
    if (c->subscriber_id != 0)
        view_set(r, "Desk.Account", account_name(r, c));
    view_set(r, "Desk.Post",
             arena_printf(r->arena, "/meters/%" PRId64 "/%s", c->id, post));
    view_set(r, "Desk.Back", back_address(r, meter_address(r)));
    if (in_dialog(r))
        view_set(r, "Desk.InDialog", "1");
    view_set(r, "Screen", "desk");
}

enum err desk_done(struct req *r, const char *done)
{
    const char *back = back_address(r, meter_address(r));

    return answer_redirect(r,
                           arena_printf(r->arena, "%s%cdone=%s", back,
                                        strchr(back, '?') ? '&' : '?', done));
}
