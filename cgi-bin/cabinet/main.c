/* The subscriber's cabinet: the site map. */
#include <stddef.h>

#include "cgi-bin/cabinet/cabinet.h"

/* What an administrator may look at: no form, no change. */
#define HIS_PAGES (SUBSCRIBER | ONLOOKER)

/* clang-format off */
static const struct route routes[] = {
    /* method  path                          needs       effect   handler */
    { "GET",  "/cabinet",                        ANYBODY,    READS,   home },
    { "GET",  "/cabinet/",                       ANYBODY,    READS,   home },
    { "GET",  "/cabinet/sign-in",                ANYBODY,    READS,   sign_in_form },
    { "POST", "/cabinet/sign-in",                ANYBODY,    CHANGES, sign_in },
    { "POST", "/cabinet/sign-out",               SUBSCRIBER, CHANGES, sign_out },
    { "POST", "/cabinet/look",                   ANYBODY,    CHANGES, look },
    { "GET",  "/cabinet/help",                   ANYBODY,    READS,   help },
    { "GET",  "/cabinet/recovery",               ANYBODY,    READS,   recovery_form },
    { "POST", "/cabinet/recovery",               ANYBODY,    CHANGES, recovery },
    { "GET",  "/cabinet/password",               ANYBODY,    READS,   password_form },
    { "POST", "/cabinet/password",               ANYBODY,    CHANGES, password_set },
    { "GET",  "/cabinet/profile",                HIS_PAGES,  READS,   profile },
    { "GET",  "/cabinet/receipt",                HIS_PAGES,  READS,   receipt },
    { "GET",  "/cabinet/email",                  SUBSCRIBER, READS,   email_form },
    { "POST", "/cabinet/email",                  SUBSCRIBER, CHANGES, email_set },
    { "POST", "/cabinet/email/code",             SUBSCRIBER, CHANGES, email_code },
    { "GET",  "/cabinet/phone",                  SUBSCRIBER, READS,   phone_form },
    { "POST", "/cabinet/phone",                  SUBSCRIBER, CHANGES, phone_set },
    { "POST", "/cabinet/phone/code",             SUBSCRIBER, CHANGES, phone_code },
    { "GET",  "/cabinet/meters",                 HIS_PAGES,  READS,   meters },
    { "GET",  "/cabinet/payments",               HIS_PAGES,  READS,   payments },
    { "GET",  "/cabinet/notifications",          HIS_PAGES,  READS,   notifications },
    { "GET",  "/cabinet/notifications/news",     SUBSCRIBER, READS,   news },
    { "POST", "/cabinet/notifications/confirm",  SUBSCRIBER, CHANGES, confirm },
    { "GET",  "/cabinet/log",                    HIS_PAGES,  READS,   events },
    { "GET",  "/cabinet/settings",               HIS_PAGES,  READS,   settings },
    { "POST", "/cabinet/settings",               SUBSCRIBER, CHANGES, settings_set },
    { "POST", "/cabinet/viewing/end",            ONLOOKER,   CHANGES, viewing_end },
    { "POST", "/cabinet/export",                 SUBSCRIBER, CHANGES, take_away },
};
/* clang-format on */

static const struct program program = {
    .name = "cabinet",
    .templates = "cabinet",
    .routes = routes,
    .n_routes = sizeof(routes) / sizeof(routes[0]),
    .sessions = &cabinet_sessions,
};

int main(int argc, char **argv)
{
    return web_main(argc, argv, &program);
}
