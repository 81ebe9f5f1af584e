/*
 * A first password, or a new one instead of one forgotten (GC-294 ... GC-298):
 * a letter with a link, and the page it leads to.
 */
#include "cgi-bin/cabinet/cabinet.h"

#include <string.h>
#include <time.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"
#include "lib/units/moment.h"

/* No answer comes sooner, so that its time does not tell whom a letter went to.
 */
#define ANSWER_US INT64_C(120000)

/* Recovery.Email, .Error (Throttled, Email), .WaitMinutes, .Sent */
static enum err form_show(struct req *r, const char *email, const char *error)
{
    view_set(r, "Screen", "recovery");
    view_set(r, "Recovery.Email", email);
    view_set(r, "Recovery.Error", error);
    return view_render(r, "cabinet/recovery.cst");
}

enum err recovery_form(struct req *r)
{
    return form_show(r, form_text(r, "email"), "");
}

/*
 * Where the link leads. The site's own address is a parameter; without it the
 * Host header is believed only when it names this very computer: anybody can
 * send any other.
 */
static const char *site_address(struct req *r, const char *login_url)
{
    static const char *const here[] = { "127.0.0.1", "localhost", "[::1]" };
    const char *host = request_header(r, "HTTP_HOST");
    const char *path = strstr(login_url, "://");

    if (path != NULL)
        return arena_printf(r->arena, "%.*s%.*s", (int)(path + 3 - login_url),
                            login_url, (int)strcspn(path + 3, "/?#"), path + 3);
    for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++) {
        size_t n = strlen(here[i]);

        if (strncmp(host, here[i], n) == 0 &&
            (host[n] == '\0' || host[n] == ':'))
            return arena_printf(r->arena, "%s://%s",
                                request_is_tls(r) ? "https" : "http", host);
    }
    return NULL;
}

static void wait_until(int64_t us)
{
    int64_t left = us - clock_monotonic_us();
    struct timespec rest = { 0, left * 1000 };

    if (left > 0 && left < 1000000)
        nanosleep(&rest, NULL);
}

static enum err letter_send(struct req *r, const char *email, int *wait_s)
{
    struct moment now = { clock_now_us() };
    struct cabinet_visit v = visit_of(r, email);
    struct cabinet_rules rules;
    const char *site;
    enum err e = cabinet_rules(r->db, r->arena, &rules);

    if (e != ERR_OK)
        return e;
    if ((site = site_address(r, rules.login_url)) == NULL) {
        log_warnx("recovery: no letter is sent, login_url is not set");
        return ERR_OK;
    }
    return cabinet_recover(
        r->db, r->arena, &v,
        arena_printf(r->arena, "%s/cabinet/password?token=", site),
        moment_minute_text(r->arena, now), r->language, wait_s);
}

enum err recovery(struct req *r)
{
    int64_t until = clock_monotonic_us() + ANSWER_US;
    const char *email = form_text(r, "email");
    int wait_s = 0;
    enum err e;

    if (strchr(email, '@') == NULL) {
        answer_status(r, 422);
        return form_show(r, email, "Email");
    }
    e = letter_send(r, email, &wait_s);
    if (e == ERR_BUSY && wait_s > 0) {
        answer_status(r, 429);
        view_set_int(r, "Recovery.WaitMinutes", (wait_s + 59) / 60);
        return form_show(r, email, "Throttled");
    }
    if (e != ERR_OK)
        return e;
    view_set(r, "Recovery.Sent", "1");
    wait_until(until);
    return form_show(r, email, "");
}

/* ---- «Новый пароль» ---- */

/* Password.Token, .Error (Rules, Differ), .Over (the link is of no use) */
static enum err password_show(struct req *r, const char *error)
{
    view_set(r, "Screen", "password");
    view_set(r, "Password.Token", form_text(r, "token"));
    view_set(r, "Password.Error", error);
    return view_render(r, "cabinet/password.cst");
}

static enum err link_is_over(struct req *r)
{
    answer_status(r, 422);
    view_set(r, "Password.Over", "1");
    return password_show(r, "");
}

enum err password_form(struct req *r)
{
    bool fits;
    enum err e =
        cabinet_token_fits(r->db, r->arena, form_text(r, "token"), &fits);

    if (e != ERR_OK)
        return e;
    return fits ? password_show(r, "") : link_is_over(r);
}

static const char *password_fault(struct req *r, const char *password)
{
    if (cabinet_password_faults(password) != 0)
        return "Rules";
    return strcmp(password, form_text(r, "again")) == 0 ? "" : "Differ";
}

enum err password_set(struct req *r)
{
    const char *password = form_text(r, "password");
    const char *fault = password_fault(r, password);
    struct cabinet_visit v = visit_of(r, "");
    bool done;
    enum err e;

    if (fault[0] != '\0') {
        answer_status(r, 422);
        return password_show(r, fault);
    }
    e = cabinet_password(r->db, r->arena, form_text(r, "token"), password, &v,
                         &done);
    if (e != ERR_OK)
        return e;
    if (!done)
        return link_is_over(r);
    answer_cookie(r, COOKIE_CABINET, "", -1);
    return answer_redirect(r, "/cabinet/sign-in?ended=Password");
}
