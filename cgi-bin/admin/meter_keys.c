/*
 * The keys of one meter: which there are, and each of them for who asks. No
 * value leaves this file but by key_show(), behind its line in the log.
 */
#include "cgi-bin/admin/meter_keys.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/web/table.h"
#include "lib/base/log.h"

/* ---- what they share ---- */

enum err keys_unseal(struct req *r, const struct keys_list *list,
                     struct bytes *text, struct secret *is)
{
    enum err e;

    *text = (struct bytes){ NULL, 0 };
    for (size_t i = 0; i < list->n; i++) {
        struct bytes one;

        e = secret_unseal(r, list->rows[i].identity, list->rows[i].sealed,
                          &one);
        if (e != ERR_OK)
            return e;
        for (int k = 0; k < SECRET_ITEMS; k++) {
            enum secret_item item = (enum secret_item)k;
            const char *value = secret_value(r->arena, one, item);

            if (value != NULL && secret_value(r->arena, *text, item) == NULL)
                *text = secret_with(r->arena, *text, item, value);
        }
    }
    return secret_read(*text, is);
}

enum err keys_open(struct req *r, struct keys_opened *out)
{
    enum err e;

    if ((e = fleet_find(r->db, r->arena, r->id, &out->meter)) != ERR_OK ||
        (e = keys_list(r->db, r->arena, &r->id, 1, &out->list)) != ERR_OK)
        return e;
    out->identity =
        out->list.n > 0 ? out->list.rows[0].identity : out->meter.serial;
    return keys_unseal(r, &out->list, &out->text, &out->is);
}

static const char *upper(struct arena *a, const char *text)
{
    char *out = arena_strdup(a, text);

    for (char *p = out; *p != '\0'; p++) {
        if (*p >= 'a' && *p <= 'f')
            *p = (char)(*p - 'a' + 'A');
    }
    return out;
}

static const char *joined(struct arena *a, const char *list, const char *name)
{
    return arena_printf(a, "%s%s%s", list, list[0] != '\0' ? "," : "", name);
}

const char *keys_identity(struct req *r, struct bytes text,
                          const char *otherwise)
{
    const char *title = secret_value(r->arena, text, SECRET_TITLE);

    return title != NULL ? upper(r->arena, title) : otherwise;
}

enum err keys_close(struct req *r, const struct keys_list *was,
                    struct bytes was_text, struct bytes text,
                    const char *identity, struct keys_change *out)
{
    const char *set = "", *removed = "";
    struct arena *a = r->arena;
    struct secret is;
    enum err e;

    *out = (struct keys_change){ .meter_id = r->id,
                                 .was = was->rows,
                                 .n_was = was->n,
                                 .identity = identity,
                                 .how = "hand",
                                 .file = "" };
    for (int k = 0; k < SECRET_ITEMS; k++) {
        const char *had = secret_value(a, was_text, (enum secret_item)k);
        const char *has = secret_value(a, text, (enum secret_item)k);

        if (has != NULL && (had == NULL || strcmp(had, has) != 0))
            set = joined(a, set, secret_names[k]);
        else if (has == NULL && had != NULL)
            removed = joined(a, removed, secret_names[k]);
    }
    out->set = arena_printf(a, "{%s}", set);
    out->removed = arena_printf(a, "{%s}", removed);
    if (text.len == 0)
        return ERR_OK;
    if ((e = secret_read(text, &is)) != ERR_OK ||
        (e = secret_marked(r, &is, &out->has_mark, &out->mark)) != ERR_OK)
        return e;
    out->ciphers = secret_ciphers(&is);
    explicit_bzero(&is, sizeof(is));
    return secret_seal(r, out->identity, text, &out->sealed);
}

const char *keys_lack(const struct secret *s)
{
    if (!s->has_mechanism || s->mechanism == 0)
        return NULL;
    if (s->mechanism == 1)
        return s->lls_len > 0 ? NULL : "NeedsLls";
    if (s->mechanism == 5)
        return s->has_ek && s->has_ak ? NULL : "NeedsKeys";
    if (s->mechanism == 2) /* its proof is a secret of its maker */
        return "WrongMechanism";
    return s->hls_len > 0 ? NULL : "NeedsHls";
}

static const char *keys_page(struct req *r)
{
    return meter_path(r, "keys");
}

struct sheet keys_sheet(struct req *r, const char *what)
{
    return (struct sheet){
        .r = r,
        .words = "Keys",
        .post = arena_printf(r->arena, "%s/%s", keys_page(r), what),
        .back = keys_page(r),
    };
}

void keys_facts(struct sheet *s, const struct fleet_meter *m)
{
    sheet_fact(s, "Serial", m->serial);
    sheet_fact(s, "Type", m->type);
}

enum err keys_locked(struct sheet *s, enum err e)
{
    if (e == ERR_CONFLICT || e == ERR_NOT_FOUND) {
        s->n = 0;
        view_set(s->r, "Sheet.Closed", "1");
        return sheet_conflict(s, e);
    }
    if (e != ERR_IO && e != ERR_INVALID)
        return e;
    log_err(e, "keys of a meter");
    sheet_notice(s, "bad", "Locked");
    view_set(s->r, "Sheet.Closed", "1");
    s->n = 0;
    answer_status(s->r, 422);
    return sheet_render(s, NULL);
}

/* ---- the page ---- */

static const char *named(struct req *r, const char *what, const char *name)
{
    return arena_printf(r->arena, "%s/%s?name=%s", keys_page(r), what, name);
}

static const char *open_value(struct req *r, enum secret_item item,
                              const char *value)
{
    if (item == SECRET_MECHANISM)
        return word(r, arena_printf(r->arena, "Keys.mechanism%s", value));
    return value;
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
        view_set_at(r, list, at, "Value", open_value(r, item, value));
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
static enum err page_show(struct req *r, struct keys_opened *k, enum err opened)
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
    if (k->list.n > 0)
        view_set(r, "Buttons.Rotate",
                 arena_printf(r->arena, "%s/rotate", keys_page(r)));
    return ERR_OK;
}

enum err meter_keys(struct req *r)
{
    struct keys_opened k = { .text = { NULL, 0 } };
    enum err opened = keys_open(r, &k), e;

    if (opened != ERR_OK && opened != ERR_IO && opened != ERR_INVALID)
        return opened;
    sheet_done_show(r);
    e = page_show(r, &k, opened);
    explicit_bzero(&k.is, sizeof(k.is));
    return e != ERR_OK ? e : view_render(r, "admin/meter_keys.cst");
}

/* ---- «Показать», «Удалить» ---- */

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
        (e = page_show(r, &k, ERR_OK)) != ERR_OK)
        return e;
    view_set_at(r, "Keys.Items", (size_t)item, "Shown", value);
    explicit_bzero(&k.is, sizeof(k.is));
    return view_render(r, "admin/meter_keys.cst");
}

/* As it is kept from now on. */
static enum err save(struct sheet *s, const struct keys_opened *k,
                     struct bytes text)
{
    struct req *r = s->r;
    struct keys_change c;
    enum err e = keys_close(r, &k->list, k->text, text,
                            keys_identity(r, text, k->identity), &c);

    if (e == ERR_OK)
        e = keys_put(r->db, r->arena, &c, r->address);
    return e != ERR_OK ? keys_locked(s, e)
                       : sheet_done(s, "Saved", k->meter.serial);
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
        return save(&s, &k, text);
    keys_facts(&s, &k.meter);
    sheet_title(&s, "RemoveTitle", "");
    sheet_notice(&s, "bad", lack);
    view_set(r, "Sheet.Closed", "1");
    answer_status(r, 422);
    return sheet_render(&s, NULL);
}

/* ---- «Задать ключи» ---- */

/* In the order of enum secret_item. */
static const struct sheet_field fields[SECRET_ITEMS] = {
    { .name = "mechanism", .kind = SHEET_SELECT, .group = "Open" },
    { .name = "suite", .kind = SHEET_SELECT },
    { .name = "sap", .kind = SHEET_NUMBER, .max = 5 },
    { .name = "title", .kind = SHEET_TEXT, .max = 16 },
    { .name = "lls", .kind = SHEET_PASSWORD, .group = "Hidden" },
    { .name = "hls", .kind = SHEET_PASSWORD },
    { .name = "ek", .kind = SHEET_PASSWORD },
    { .name = "ak", .kind = SHEET_PASSWORD },
    { .name = "kek", .kind = SHEET_PASSWORD },
    { .name = "radio", .kind = SHEET_PASSWORD },
};

static struct sheet set_sheet(struct req *r)
{
    struct sheet s = keys_sheet(r, "set");

    s.fields = fields;
    s.n = SECRET_ITEMS;
    return s;
}

/* What the form was shown over: it is not saved over anything else. */
static const char *version_of(struct req *r, const struct keys_list *list)
{
    const char *out = "";

    for (size_t i = 0; i < list->n; i++)
        out = arena_printf(r->arena, "%s%s@%" PRId64 ";", out,
                           list->rows[i].identity, list->rows[i].changed_at.us);
    return out;
}

static enum err set_show(struct sheet *s, const struct keys_opened *k)
{
    static const char *const mechanisms[] = { "0", "1", "3", "4", "5", "6" };
    struct req *r = s->r;

    keys_facts(s, &k->meter);
    sheet_title(s, "SetTitle", "");
    sheet_notice(s, "info", "SetAbout");
    sheet_option(s, "mechanism", "", word(r, "Keys.mechanismAuto"));
    for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++)
        sheet_option(s, "mechanism", mechanisms[i],
                     open_value(r, SECRET_MECHANISM, mechanisms[i]));
    sheet_option(s, "suite", "", "0");
    sheet_option(s, "suite", "1", "1");
    return sheet_render(s, NULL);
}

enum err keys_set_ask(struct req *r)
{
    struct keys_opened k = { .text = { NULL, 0 } };
    struct sheet s = set_sheet(r);
    enum err e = keys_open(r, &k);

    if (e != ERR_OK)
        return keys_locked(&s, e);
    for (int i = 0; i < SECRET_LLS; i++) {
        const char *value = secret_value(r->arena, k.text, (enum secret_item)i);

        if (value != NULL)
            sheet_put(&s, secret_names[i], value);
    }
    s.version = version_of(r, &k.list);
    explicit_bzero(&k.is, sizeof(k.is));
    return set_show(&s, &k);
}

/* What was typed, over what there is: an empty secret stays as it is, an empty
 * fact goes. */
static struct bytes typed(struct sheet *s, struct bytes text)
{
    static const char *const wrong[SECRET_ITEMS] = {
        [SECRET_MECHANISM] = "WrongMechanism",
        [SECRET_SUITE] = "WrongSuite",
        [SECRET_SAP] = "WrongSap",
        [SECRET_TITLE] = "WrongTitle",
        [SECRET_LLS] = "WrongPassword",
        [SECRET_HLS] = "WrongPassword",
        [SECRET_EK] = "WrongKey",
        [SECRET_AK] = "WrongKey",
        [SECRET_KEK] = "WrongKey",
        [SECRET_RADIO] = "WrongRadio",
    };

    for (int i = 0; i < SECRET_ITEMS; i++) {
        enum secret_item item = (enum secret_item)i;
        const char *value = sheet_text(s, secret_names[i]);
        struct bytes b = { (const uint8_t *)value, strlen(value) };

        if (b.len == 0 && secret_is_hidden(item))
            continue;
        if (b.len > 0 && !secret_fits(item, b))
            sheet_mistake(s, secret_names[i], wrong[i]);
        text = secret_with(s->r->arena, text, item, b.len > 0 ? value : NULL);
    }
    return text;
}

/* Another meter goes by that system title. */
static enum err title_check(struct sheet *s)
{
    struct req *r = s->r;
    const char *name = upper(r->arena, sheet_text(s, "title"));
    const struct keys_named *found;
    size_t n;
    enum err e;

    if (name[0] == '\0')
        return ERR_OK;
    e = keys_named(r->db, r->arena, &name, 1, &found, &n);
    if (e == ERR_OK && n > 0 && found[0].meter_id != r->id)
        sheet_mistake(s, "title", "TitleTaken");
    return e;
}

static void lack_check(struct sheet *s, struct bytes text)
{
    struct secret is;
    const char *lack;

    if (s->wrong > 0 || secret_read(text, &is) != ERR_OK)
        return;
    if ((lack = keys_lack(&is)) != NULL)
        sheet_mistake(s, "mechanism", lack);
    explicit_bzero(&is, sizeof(is));
}

enum err keys_set(struct req *r)
{
    struct keys_opened k = { .text = { NULL, 0 } };
    struct sheet s = set_sheet(r);
    struct bytes text;
    enum err e = keys_open(r, &k);

    if (e != ERR_OK)
        return keys_locked(&s, e);
    explicit_bzero(&k.is, sizeof(k.is));
    sheet_read(&s);
    if (strcmp(s.version, version_of(r, &k.list)) != 0)
        return keys_locked(&s, ERR_CONFLICT);
    text = typed(&s, k.text);
    lack_check(&s, text);
    if ((e = title_check(&s)) != ERR_OK)
        return e;
    return s.wrong > 0 ? set_show(&s, &k) : save(&s, &k, text);
}

/* ---- pushes without ciphering ---- */

static enum err plain_show(struct sheet *s, bool *plain)
{
    struct req *r = s->r;
    struct fleet_meter m;
    enum err e;

    if ((e = fleet_find(r->db, r->arena, r->id, &m)) != ERR_OK ||
        (e = keys_plain_is(r->db, r->arena, r->id, plain)) != ERR_OK)
        return e;
    keys_facts(s, &m);
    sheet_title(s, *plain ? "CipherTitle" : "PlainTitle", "");
    sheet_notice(s, *plain ? "info" : "warn",
                 *plain ? "CipherAbout" : "PlainAbout");
    sheet_hide(s, "on", *plain ? "" : "1");
    sheet_button(s, *plain ? "primary" : "danger", *plain ? "Cipher" : "Plain");
    return ERR_OK;
}

enum err keys_plain_ask(struct req *r)
{
    struct sheet s = keys_sheet(r, "plain");
    bool plain;
    enum err e = plain_show(&s, &plain);

    return e != ERR_OK ? e : sheet_render(&s, NULL);
}

enum err keys_plain_save(struct req *r)
{
    struct sheet s = keys_sheet(r, "plain");
    bool on = form_text(r, "on")[0] != '\0';
    enum err e = keys_plain(r->db, r->arena, r->id, on, r->address);

    return e != ERR_OK ? e
                       : sheet_done(&s, on ? "PlainDone" : "CipherDone", "");
}
