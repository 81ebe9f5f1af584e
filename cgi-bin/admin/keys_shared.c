/* What the screens of keys share: the secrets of a meter opened, and the change
 * that makes others of them. */
#include "cgi-bin/admin/meter_keys.h"

#include <string.h>

#include "lib/base/log.h"
#include "lib/import/keys_table.h"

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

static const char *joined(struct arena *a, const char *list, const char *name)
{
    return arena_printf(a, "%s%s%s", list, list[0] != '\0' ? "," : "", name);
}

const char *keys_identity(struct req *r, struct bytes text,
                          const char *otherwise)
{
    const char *title = secret_value(r->arena, text, SECRET_TITLE);

    return title != NULL ? keys_table_title(r->arena, title) : otherwise;
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
    if (s->mechanism == 2 && s->hls_len > SECRET_KEY_LEN)
        return "LongHls"; /* it is a key of AES-128: lib/dlms/hls.h */
    return s->hls_len > 0 ? NULL : "NeedsHls";
}

const char *keys_page(struct req *r)
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

const char *keys_open_value(struct req *r, enum secret_item item,
                            const char *value)
{
    if (item == SECRET_MECHANISM)
        return word(r, arena_printf(r->arena, "Keys.mechanism%s", value));
    return value;
}

enum err keys_save(struct sheet *s, const struct keys_opened *k,
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
