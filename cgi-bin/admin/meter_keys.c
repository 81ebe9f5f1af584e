/* The page of a meter's keys: which there are, since when and by whom, and what
 * becomes of a change. No value is on it but the one that was asked for. */
#include "cgi-bin/admin/meter_keys.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/web/table.h"
#include "lib/base/log.h"

static const char *named(struct req *r, const char *what, const char *name)
{
    return arena_printf(r->arena, "%s/%s?name=%s", keys_page(r), what, name);
}

static void item_show(struct req *r, size_t at, enum secret_item item,
                      const char *value, const struct keys_item *told)
{
    static const char list[] = "Keys.Items";
    const char *name = secret_names[item];

    view_set_at(r, list, at, "Name", name);
    view_set_at(r, list, at, "Label",
                word(r, arena_printf(r->arena, "Keys.%s", name)));
    if (value == NULL)
        return;
    view_set_at(r, list, at, "Has", "1");
    if (!secret_is_hidden(item))
        view_set_at(r, list, at, "Value", keys_open_value(r, item, value));
    else
        view_set_at(r, list, at, "Show", named(r, "show", name));
    view_set_at(r, list, at, "Remove", named(r, "remove", name));
    if (told == NULL)
        return;
    view_set_at(r, list, at, "At", moment_text(r->arena, told->set_at));
    view_set_at(r, list, at, "AtIso", moment_iso(r->arena, told->set_at));
    view_set_at(r, list, at, "By", told->set_by);
    view_set_at(r, list, at, "How",
                word(r, arena_printf(r->arena, "Keys.how_%s", told->how)));
}

static void items_show(struct req *r, struct bytes text,
                       const struct keys_item *told, size_t n)
{
    for (int k = 0; k < SECRET_ITEMS; k++) {
        const struct keys_item *it = NULL;

        for (size_t i = 0; i < n && it == NULL; i++) {
            if (strcmp(told[i].name, secret_names[k]) == 0)
                it = &told[i];
        }
        item_show(r, (size_t)k, (enum secret_item)k,
                  secret_value(r->arena, text, (enum secret_item)k), it);
    }
}

/* Keys.State .Kind (info, warn, bad, good) .Text and what can be done. */
static void state_show(struct req *r, const struct keys_row *row)
{
    static const struct {
        const char *state, *kind, *button, *path;
    } states[] = {
        { "queued", "info", "Withdraw", "withdraw" },
        { "unconfirmed", "warn", NULL, NULL },
        { "left", "warn", "Again", "again" },
        { "confirmed", "good", NULL, NULL },
        { "refused", "bad", NULL, NULL },
    };
    struct arena *a = r->arena;

    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        if (strcmp(states[i].state, row->state) != 0)
            continue;
        view_set(r, "Keys.State", row->state);
        view_set(r, "Keys.StateKind", states[i].kind);
        view_set(r, "Keys.Changing", row->changing);
        view_set(r, "Keys.Refusal", row->refusal);
        view_set(r, "Keys.StateBy", row->asked_by);
        view_set(r, "Keys.StateAt",
                 moment_text(a, row->changing[0] != '\0' ? row->asked_at
                                                         : row->ended_at));
        if (states[i].button != NULL)
            view_set(r, arena_printf(a, "Buttons.%s", states[i].button),
                     arena_printf(a, "%s/%s", keys_page(r), states[i].path));
    }
}

/*
 * Names: Keys.Serial .Type .Used .UsedIso .Plain .Locked (they do not open)
 * .State (Words.Keys.state_*) .StateKind .StateAt .StateBy .Changing .Refusal;
 * Keys.Items.N .Name .Label .Has .Value .At .AtIso .By .How .Show .Remove
 * .Shown (the value that was asked for); Buttons.Set .Rotate .Withdraw .Again
 * .Plain, Why.Set (a change is on its way)
 */
enum err keys_page_show(struct req *r, struct keys_opened *k, enum err opened)
{
    const struct keys_item *told;
    bool plain, changing = false;
    size_t n;
    enum err e;

    if ((e = keys_items(r->db, r->arena, r->id, &told, &n)) != ERR_OK ||
        (e = keys_plain_is(r->db, r->arena, r->id, &plain)) != ERR_OK)
        return e;
    view_set(r, "Keys.Serial", k->meter.serial);
    view_set(r, "Keys.Type", k->meter.type);
    view_set(r, "Keys.Plain", plain ? "1" : "");
    view_set(r, "Buttons.Plain",
             arena_printf(r->arena, "%s/plain", keys_page(r)));
    view_set(r, "Keys.Back",
             arena_printf(r->arena, "%s?id=%" PRId64, METERS_ADDRESS, r->id));
    if (opened != ERR_OK) {
        log_err(opened, "keys of a meter");
        view_set(r, "Keys.Locked", "1");
        return ERR_OK;
    }
    if (k->list.n > 0) {
        const struct keys_row *first = &k->list.rows[0];

        view_set(r, "Keys.Used", moment_text(r->arena, first->used_at));
        view_set(r, "Keys.UsedIso", moment_iso(r->arena, first->used_at));
        state_show(r, first);
        changing = first->changing[0] != '\0';
    }
    items_show(r, k->text, told, n);
    if (changing) {
        view_set(r, "Why.Set", word(r, "Keys.Changing"));
        return ERR_OK;
    }
    view_set(r, "Buttons.Set", arena_printf(r->arena, "%s/set", keys_page(r)));
    if (k->list.n == 1 && keys_rotatable(&k->is))
        view_set(r, "Buttons.Rotate",
                 arena_printf(r->arena, "%s/rotate", keys_page(r)));
    else if (k->list.n > 1)
        view_set(r, "Why.Rotate", word(r, "Keys.Several"));
    return ERR_OK;
}

enum err meter_keys(struct req *r)
{
    struct keys_opened k = { .text = { NULL, 0 } };
    enum err opened = keys_open(r, &k), e;

    if (opened != ERR_OK && opened != ERR_IO && opened != ERR_INVALID)
        return opened;
    sheet_done_show(r);
    e = keys_page_show(r, &k, opened);
    explicit_bzero(&k.is, sizeof(k.is));
    return e != ERR_OK ? e : view_render(r, "admin/meter_keys.cst");
}
