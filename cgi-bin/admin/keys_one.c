/* «Показать», «Удалить»: one key. No value leaves the site but by key_show(),
 * behind its line in the log. */
#include "cgi-bin/admin/meter_keys.h"

#include <string.h>

/* The item that name= says; ERR_NOT_FOUND: there is none. */
static enum err item_read(struct req *r, bool hidden, enum secret_item *out)
{
    const char *name = form_text(r, "name");

    *out = secret_item_of(name);
    if (*out == SECRET_ITEMS || (hidden && !secret_is_hidden(*out)))
        return err_raise(ERR_NOT_FOUND, "no such key");
    return ERR_OK;
}

static enum err item_ask(struct req *r, bool hidden, const char *what,
                         const char *title, const char *about,
                         const char *button)
{
    struct sheet s = keys_sheet(r, what);
    struct fleet_meter m;
    enum secret_item item;
    enum err e;

    if ((e = item_read(r, hidden, &item)) != ERR_OK ||
        (e = fleet_find(r->db, r->arena, r->id, &m)) != ERR_OK)
        return e;
    keys_facts(&s, &m);
    sheet_title(&s, title, "");
    sheet_fact(&s, "What",
               word(r, arena_printf(r->arena, "Keys.%s", secret_names[item])));
    sheet_notice(&s, "warn", about);
    sheet_hide(&s, "name", secret_names[item]);
    sheet_button(&s, "danger", button);
    return sheet_render(&s, NULL);
}

enum err key_show_ask(struct req *r)
{
    return item_ask(r, true, "show", "ShowTitle", "ShowAbout", "Show");
}

enum err key_remove_ask(struct req *r)
{
    return item_ask(r, false, "remove", "RemoveTitle", "RemoveAbout", "Remove");
}

enum err key_show(struct req *r)
{
    struct keys_opened k = { .text = { NULL, 0 } };
    struct sheet s = keys_sheet(r, "show");
    enum secret_item item;
    const char *value;
    enum err e;

    if ((e = item_read(r, true, &item)) != ERR_OK)
        return e;
    if ((e = keys_open(r, &k)) != ERR_OK)
        return keys_locked(&s, e);
    if ((value = secret_value(r->arena, k.text, item)) == NULL)
        return err_raise(ERR_NOT_FOUND, "no such key");
    if ((e = keys_viewed(r->db, r->arena, r->id, secret_names[item],
                         r->address)) != ERR_OK ||
        (e = keys_page_show(r, &k, ERR_OK)) != ERR_OK)
        return e;
    view_set_at(r, "Keys.Items", (size_t)item, "Shown", value);
    explicit_bzero(&k.is, sizeof(k.is));
    return view_render(r, "admin/meter_keys.cst");
}

enum err key_remove(struct req *r)
{
    struct keys_opened k = { .text = { NULL, 0 } };
    struct sheet s = keys_sheet(r, "remove");
    enum secret_item item;
    struct bytes text;
    struct secret left;
    const char *lack;
    enum err e;

    if ((e = item_read(r, false, &item)) != ERR_OK)
        return e;
    if ((e = keys_open(r, &k)) != ERR_OK)
        return keys_locked(&s, e);
    text = secret_with(r->arena, k.text, item, NULL);
    if ((e = secret_read(text, &left)) != ERR_OK)
        return e;
    lack = keys_lack(&left);
    explicit_bzero(&left, sizeof(left));
    if (lack == NULL)
        return keys_save(&s, &k, text);
    keys_facts(&s, &k.meter);
    sheet_title(&s, "RemoveTitle", "");
    sheet_notice(&s, "bad", lack);
    view_set(r, "Sheet.Closed", "1");
    answer_status(r, 422);
    return sheet_render(&s, NULL);
}
