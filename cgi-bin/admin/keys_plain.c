/* Whether a meter with keys may push without ciphering. */
#include "cgi-bin/admin/meter_keys.h"

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
