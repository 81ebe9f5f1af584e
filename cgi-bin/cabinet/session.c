/* How subscribers are known, and what every page of theirs carries. */
#include "cgi-bin/cabinet/cabinet.h"

#include <string.h>
#include <time.h>

#include "lib/base/clock.h"
#include "lib/base/urlform.h"
#include "lib/model/operator.h"

const struct cabinet_session *subscriber_of(const struct req *r)
{
    return r->who.id != 0 ? r->session : NULL;
}

static bool is_view(struct req *r)
{
    return strcmp(session_cookie(r), COOKIE_CABINET_VIEW) == 0;
}

static enum err enter(struct req *r, const char *token)
{
    struct cabinet_session *s = arena_alloc(r->arena, sizeof(*s));
    bool view = is_view(r);
    enum err e = view
                     ? viewing_enter(r, s)
                     : cabinet_enter(r->db, r->arena, token, !r->background, s);

    if (e != ERR_OK)
        return e;
    r->session = s;
    r->who = (struct operator_who){
        .id = s->subscriber_id,
        .login = view ? s->viewer : s->email,
        .role = view ? ONLOOKER : SUBSCRIBER,
        .csrf_token = token_of_forms(r->arena, token),
        .first_name = s->first_name,
        .last_name = "",
    };
    return view ? viewing_guard(r) : ERR_OK;
}

/* A cabinet does not say why it is closed. */
static const char *ended(struct req *r, const char *token)
{
    (void)token;
    return is_view(r) ? "View" : "Over";
}

const char *scheme_known(const char *name)
{
    static const char *const schemes[] = { "auto", "light", "midnight", "dark",
                                           "contrast" };

    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (strcmp(schemes[i], name) == 0)
            return schemes[i];
    }
    return "";
}

/* Before signing in: as this browser was told last. */
static const char *scheme_of_browser(struct req *r)
{
    const char *told = cookie_get(r->arena, request_header(r, "HTTP_COOKIE"),
                                  COOKIE_CABINET_SCHEME);

    return scheme_known(told ? told : "");
}

/* "MSK, UTC+03:00": whose clock it is when no script says it in another way. */
static const char *zone_name(struct arena *a)
{
    time_t now = (time_t)(clock_now_us() / 1000000);
    char name[16], offset[8];
    struct tm civil;

    localtime_r(&now, &civil);
    if (strftime(name, sizeof(name), "%Z", &civil) == 0 ||
        strftime(offset, sizeof(offset), "%z", &civil) != 5)
        return "UTC";
    return arena_printf(a, "%s, UTC%.3s:%.2s", name, offset, offset + 3);
}

/*
 * Cabinet.Scheme (light, midnight, dark, contrast; "": as the system),
 * Cabinet.Zone; for a subscriber Cabinet.In, .Name, .Notices (none: ""),
 * .Counts (there are payments); when another looks into it, .Viewed and
 * .Account.
 */
static void layout(struct req *r)
{
    const struct cabinet_session *s = subscriber_of(r);
    const char *scheme = s != NULL ? s->scheme : scheme_of_browser(r);

    view_set(r, "Cabinet.Scheme", strcmp(scheme, "auto") == 0 ? "" : scheme);
    view_set(r, "Cabinet.Zone", zone_name(r->arena));
    if (s == NULL)
        return;
    view_set(r, "Cabinet.In", "1");
    view_set(r, "Cabinet.Name", s->first_name);
    if (s->viewer != NULL) {
        view_set(r, "Cabinet.Viewed", "1");
        view_set(r, "Cabinet.Account", s->account);
    }
    if (s->notices > 0)
        view_set_int(r, "Cabinet.Notices", s->notices);
    if (s->counts)
        view_set(r, "Cabinet.Counts", "1");
}

const struct sessions cabinet_sessions = {
    .cookie = COOKIE_CABINET,
    .over = COOKIE_CABINET_VIEW,
    .visitor = COOKIE_CABINET_VISITOR,
    .sign_in = "/cabinet/sign-in",
    .home = "/cabinet/",
    .pages = "cabinet",
    .errors = "CabinetError",
    .enter = enter,
    .ended = ended,
    .refused = viewing_refused,
    .layout = layout,
};
