/* «Задать ключи»: by hand, all of them in one form. */
#include "cgi-bin/admin/meter_keys.h"

#include <inttypes.h>
#include <string.h>

#include "lib/import/keys_table.h"

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
    static const char *const mechanisms[] = {
        "0", "1", "2", "3", "4", "5", "6"
    };
    struct req *r = s->r;

    keys_facts(s, &k->meter);
    sheet_title(s, "SetTitle", "");
    sheet_notice(s, "info", "SetAbout");
    sheet_option(s, "mechanism", "", word(r, "Keys.mechanismAuto"));
    for (size_t i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++)
        sheet_option(s, "mechanism", mechanisms[i],
                     keys_open_value(r, SECRET_MECHANISM, mechanisms[i]));
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
    for (int i = 0; i < SECRET_ITEMS; i++) {
        enum secret_item item = (enum secret_item)i;
        const char *value = sheet_text(s, secret_names[i]);
        struct bytes b = { (const uint8_t *)value, strlen(value) };

        if (b.len == 0 && secret_is_hidden(item))
            continue;
        if (b.len > 0 && !secret_fits(item, b))
            sheet_mistake(s, secret_names[i], keys_table_wrong(item));
        text = secret_with(s->r->arena, text, item, b.len > 0 ? value : NULL);
    }
    return text;
}

/* Another meter goes by that system title. */
static enum err title_check(struct sheet *s)
{
    struct req *r = s->r;
    const char *name = keys_table_title(r->arena, sheet_text(s, "title"));
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
    return s.wrong > 0 ? set_show(&s, &k) : keys_save(&s, &k, text);
}
