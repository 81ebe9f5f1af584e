/* Signing in and out (GC-013..024), and how the pages look to this browser. */
#include "cgi-bin/operator/sign_in.h"

#include <string.h>
#include <time.h>

#include "lib/base/clock.h"
#include "lib/model/operator.h"

#define YEAR_S 31536000

/* Where a role works (GC-019). */
static const char *landing(const char *role)
{
    switch (role_of_name(role)) {
    case ROLE_ADMIN:
        return "/admin/";
    case ROLE_SECURITY:
        return "/security/";
    default:
        return "/meters";
    }
}

/* A path of this site, or nothing: a link must not lead to somebody else. */
static const char *local_path(const char *to)
{
    bool ours = to[0] == '/' && to[1] != '/' && strlen(to) < 1024 &&
                strpbrk(to, "\\\t\r\n") == NULL;

    return ours ? to : "";
}

/* By the clock of the utility: nights from 23, mornings from 5 (GC-013). */
static const char *greeting(int64_t now_us)
{
    time_t now = (time_t)(now_us / 1000000);
    struct tm civil;

    localtime_r(&now, &civil);
    if (civil.tm_hour < 5 || civil.tm_hour >= 23)
        return "Night";
    if (civil.tm_hour < 12)
        return "Morning";
    return civil.tm_hour < 18 ? "Day" : "Evening";
}

static enum err form_show(struct req *r, const char *login, const char *error)
{
    static const char *const reasons[] = { "Idle", "Replaced", "SignedOut" };
    const char *ended = form_text(r, "ended");

    view_set(r, "Section", "web");
    view_set(r, "Screen", "sign-in");
    view_set(r, "SignIn.Greeting", greeting(clock_now_us()));
    view_set(r, "SignIn.Login", login);
    view_set(r, "SignIn.Error", error);
    view_set(r, "SignIn.Back", local_path(form_text(r, "back")));
    if (form_text(r, "lost")[0] != '\0' && error[0] == '\0')
        view_set(r, "SignIn.Lost", "1");
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
        if (strcmp(ended, reasons[i]) == 0)
            view_set(r, "SignIn.Ended", reasons[i]);
    }
    return view_render(r, "web/sign_in.cst");
}

enum err home(struct req *r)
{
    return answer_redirect(r, landing(role_name(r->who.role)));
}

enum err sign_in_form(struct req *r)
{
    return r->who.id != 0 ? home(r) : form_show(r, "", "");
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Whoever was here before had perhaps other rights: no refusal as a welcome. */
static bool is_for(unsigned role, const char *path)
{
    if (begins(path, "/sign-"))
        return false;
    if (begins(path, "/admin"))
        return role == ROLE_ADMIN;
    if (begins(path, "/security"))
        return role == ROLE_SECURITY;
    return role != ROLE_SECURITY || begins(path, "/help");
}

static enum err accepted(struct req *r, const struct signed_in *in)
{
    const char *back = local_path(form_text(r, "back"));
    bool go = back[0] != '\0' && strcmp(back, "/") != 0 &&
              is_for(role_of_name(in->role), back);

    answer_cookie(r, COOKIE_SESSION, in->token, 0);
    answer_cookie(r, COOKIE_VISITOR, "", -1);
    return answer_redirect(r, go ? back : landing(in->role));
}

enum err sign_in(struct req *r)
{
    struct sign_in in = {
        .login = form_text(r, "login"),
        .password = form_text(r, "password"),
        .address = r->address,
    };
    struct signed_in out;
    enum err e = operator_sign_in(r->db, r->arena, &in, &out);

    if (e == ERR_BUSY && out.wait_s > 0) {
        answer_status(r, 429);
        answer_header(r, "Retry-After",
                      arena_printf(r->arena, "%d", out.wait_s));
        view_set_int(r, "SignIn.WaitMinutes", (out.wait_s + 59) / 60);
        return form_show(r, in.login, "Throttled");
    }
    if (e != ERR_OK)
        return e;
    if (out.accepted)
        return accepted(r, &out);
    answer_status(r, 422);
    return form_show(r, in.login, "Wrong");
}

enum err sign_out(struct req *r)
{
    enum err e = operator_sign_out(r->db, r->arena, session_token(r),
                                   r->who.login, r->address);

    if (e != ERR_OK)
        return e;
    answer_cookie(r, COOKIE_SESSION, "", -1);
    return answer_redirect(r, "/sign-in?ended=SignedOut");
}

enum err alive(struct req *r)
{
    return answer_unchanged(r); /* entering the session has done it */
}

/* Only names that request.c knows have an effect when they come back. */
static void remember(struct req *r, const char *field, const char *cookie)
{
    const char *value = form_text(r, field);
    bool known = value[0] != '\0' && strlen(value) < 16 &&
                 strspn(value, "abcdefghijklmnopqrstuvwxyz") == strlen(value);

    if (known)
        answer_cookie(r, cookie, value, YEAR_S);
}

enum err look(struct req *r)
{
    const char *back = local_path(form_text(r, "back"));

    remember(r, "theme", COOKIE_THEME);
    remember(r, "language", COOKIE_LANGUAGE);
    return answer_redirect(r, back[0] != '\0' ? back : "/");
}

enum err help(struct req *r)
{
    view_set(r, "Section", "web");
    view_set(r, "Screen", "help");
    return view_render(r, "web/help.cst");
}
