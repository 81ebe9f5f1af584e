/* Entering the cabinet and leaving it (GC-290 ... GC-293, GC-300). */
#include "cgi-bin/cabinet/cabinet.h"

#include <string.h>

/* A page of the cabinet, or nothing: a link must not lead to somebody else. */
static const char *local_path(const char *to)
{
    return is_our_address(to, "/cabinet/") &&
                   !is_our_address(to, "/cabinet/sign-")
               ? to
               : "";
}

/* SignIn.Email, .Error (Wrong, Throttled), .WaitMinutes, .Ended, .Back */
static enum err form_show(struct req *r, const char *email, const char *error)
{
    static const char *const reasons[] = { "Over", "SignedOut", "Password",
                                           "View" };
    const char *ended = form_text(r, "ended");

    view_set(r, "Screen", "sign-in");
    view_set(r, "SignIn.Email", email);
    view_set(r, "SignIn.Error", error);
    view_set(r, "SignIn.Back", local_path(form_text(r, "back")));
    if (form_has(r, "foreign"))
        view_set(r, "SignIn.Foreign", "1");
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (strcmp(ended, reasons[i]) == 0)
            view_set(r, "SignIn.Ended", reasons[i]);
    }
    return view_render(r, "cabinet/sign_in.cst");
}

enum err home(struct req *r)
{
    const struct cabinet_session *s = subscriber_of(r);

    if (s == NULL)
        return answer_redirect(r, "/cabinet/sign-in");
    return answer_redirect(r, section_address(r->arena, s->section));
}

enum err sign_in_form(struct req *r)
{
    return subscriber_of(r) != NULL ? home(r) : form_show(r, "", "");
}

static enum err accepted(struct req *r, const struct cabinet_signed_in *in,
                         bool remembered)
{
    const char *back = local_path(form_text(r, "back"));
    bool go = back[0] != '\0' && strcmp(back, "/cabinet/") != 0;

    answer_cookie(r, COOKIE_CABINET, in->token, remembered ? YEAR_S : 0);
    answer_cookie(r, COOKIE_CABINET_VISITOR, "", -1);
    answer_cookie(r, COOKIE_CABINET_VIEW, "", -1);
    return answer_redirect(r,
                           go ? back : section_address(r->arena, in->section));
}

enum err sign_in(struct req *r)
{
    const char *email = form_text(r, "email");
    struct cabinet_visit v = visit_of(r, email);
    bool remembered = !form_has(r, "foreign");
    struct cabinet_signed_in in;
    enum err e = cabinet_sign_in(r->db, r->arena, &v, form_text(r, "password"),
                                 remembered, &in);

    if (e == ERR_BUSY && in.wait_s > 0) {
        answer_status(r, 429);
        answer_header(r, "Retry-After",
                      arena_printf(r->arena, "%d", in.wait_s));
        view_set_int(r, "SignIn.WaitMinutes", (in.wait_s + 59) / 60);
        return form_show(r, email, "Throttled");
    }
    if (e != ERR_OK)
        return e;
    if (in.accepted)
        return accepted(r, &in, remembered);
    answer_status(r, 422);
    return form_show(r, email, "Wrong");
}

enum err sign_out(struct req *r)
{
    enum err e = cabinet_sign_out(r->db, r->arena, session_token(r));

    if (e != ERR_OK)
        return e;
    answer_cookie(r, COOKIE_CABINET, "", -1);
    return answer_redirect(r, "/cabinet/sign-in?ended=SignedOut");
}

enum err look(struct req *r)
{
    const char *language = form_text(r, "language");
    const char *scheme = scheme_known(form_text(r, "scheme"));
    const char *back = form_text(r, "back");

    if (scheme[0] != '\0')
        answer_cookie(r, COOKIE_CABINET_SCHEME, scheme, YEAR_S);
    if (strcmp(language, "ru") == 0 || strcmp(language, "en") == 0)
        answer_cookie(r, COOKIE_LANGUAGE, language, YEAR_S);
    return answer_redirect(r, is_our_address(back, "/cabinet/") ? back
                                                                : "/cabinet/");
}

enum err help(struct req *r)
{
    view_set(r, "Screen", "help");
    return view_render(r, "cabinet/help.cst");
}
