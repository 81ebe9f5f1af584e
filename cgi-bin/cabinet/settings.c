/* «Настройки» (GC-322, GC-323), and one's own data as a file. */
#include "cgi-bin/cabinet/cabinet.h"

#include <string.h>

#include "cgi-bin/web/attachment.h"
#include "lib/base/clock.h"
#include "lib/units/moment.h"

/* Settings.Scheme, .Sms, .SmsOffered, .PhoneGiven, .Recovery,
 * .Saved */
enum err settings(struct req *r)
{
    struct cabinet_rules rules;
    bool wants, phone;
    enum err e;

    if ((e = section_open(r, "settings")) != ERR_OK ||
        (e = cabinet_rules(r->db, r->arena, &rules)) != ERR_OK ||
        (e = cabinet_wishes(r->db, r->arena, &wants, &phone)) != ERR_OK)
        return e;
    view_set(r, "Settings.Scheme", subscriber_of(r)->scheme);
    view_set(r, "Settings.Recovery",
             arena_printf(r->arena, "/cabinet/recovery?email=%s",
                          url_encode(r->arena, subscriber_of(r)->email)));
    if (rules.sends_sms)
        view_set(r, "Settings.SmsOffered", "1");
    if (wants)
        view_set(r, "Settings.Sms", "1");
    if (phone)
        view_set(r, "Settings.PhoneGiven", "1");
    if (form_has(r, "saved"))
        view_set(r, "Settings.Saved", "1");
    return view_render(r, "cabinet/settings.cst");
}

enum err settings_set(struct req *r)
{
    const char *scheme = scheme_known(form_text(r, "scheme"));
    bool sms = form_has(r, "sms");
    struct cabinet_rules rules;
    enum err e;

    if (scheme[0] == '\0')
        return err_raise(ERR_INVALID, "no such scheme");
    if ((e = cabinet_rules(r->db, r->arena, &rules)) != ERR_OK ||
        (e = cabinet_settings(r->db, r->arena, scheme,
                              rules.sends_sms ? &sms : NULL)) != ERR_OK)
        return e;
    answer_cookie(r, COOKIE_CABINET_SCHEME, scheme, YEAR_S);
    return answer_redirect(r, "/cabinet/settings?saved=1");
}

enum err take_away(struct req *r)
{
    struct moment now = { clock_now_us() };
    struct cabinet_visit v = visit_of(r, "");
    const char *json;
    enum err e = cabinet_export(r->db, r->arena, &v, &json);

    if (e != ERR_OK)
        return e;
    attachment_begin(r,
                     arena_printf(r->arena, "%s %.10s.json",
                                  word(r, "Cabinet.ExportFile"),
                                  moment_text(r->arena, now)),
                     "application/json", (int64_t)strlen(json));
    return attachment_write(r, json, strlen(json));
}
