/* What the screens of the cabinet share. */
#ifndef LAZUR_CGI_BIN_CABINET_CABINET_H
#define LAZUR_CGI_BIN_CABINET_CABINET_H

#include "cgi-bin/web/web.h"
#include "lib/model/cabinet.h"

#define COOKIE_CABINET         "lazur-cabinet"
#define COOKIE_CABINET_VISITOR "lazur-cabinet-visitor"
#define COOKIE_CABINET_SCHEME  "cabinet-scheme"
#define YEAR_S                 31536000

extern const struct sessions cabinet_sessions;

/* The subscriber who is signed in, or whose cabinet is looked into; NULL:
 * neither. */
const struct cabinet_session *subscriber_of(const struct req *r);

/* viewing.c: an administrator's view; COOKIE_CABINET_VIEW holds its token. */
enum err viewing_enter(struct req *r, struct cabinet_session *out) MUST_CHECK;
enum err viewing_guard(struct req *r) MUST_CHECK; /* it changes nothing */
enum err viewing_refused(struct req *r) MUST_CHECK;

/* This person and his browser; email "" unless he has typed one. */
struct cabinet_visit visit_of(struct req *r, const char *email);

/* "Firefox 54.0" of a User-Agent; "" when it is none of the known ones. */
const char *browser_name(struct arena *a, const char *user_agent);

/* One of the colour schemes, or "". */
const char *scheme_known(const char *name);

/*
 * section_open - this section is shown, and the next sign-in begins with it.
 * Names: Screen.
 */
enum err section_open(struct req *r, const char *section) MUST_CHECK;
const char *section_address(struct arena *a, const char *section);

/* A moment as <list>.<i>.<field> "20-11-2026 03:15" and <field>Iso. */
void moment_show(struct req *r, const char *list, size_t i, const char *field,
                 struct moment m);

/* One, Few or Many: the form of a Russian noun beside a number. */
const char *plural(int64_t n);

/* Names of meters.c for the pages that show a meter. */
void meters_show(struct req *r, const struct cabinet_meter_list *list);

/* ---- screens ---- */

enum err home(struct req *r);         /* GET: the section of the last visit */
enum err sign_in_form(struct req *r); /* GET ?back=&ended= */
enum err sign_in(struct req *r);      /* POST email password foreign back */
enum err sign_out(struct req *r);     /* POST */
enum err look(struct req *r);         /* POST scheme or language, back */
enum err help(struct req *r);         /* GET */
enum err viewing_end(struct req *r);  /* POST */

enum err recovery_form(struct req *r); /* GET ?email= */
enum err recovery(struct req *r);      /* POST email */
enum err password_form(struct req *r); /* GET ?token= */
enum err password_set(struct req *r);  /* POST token password again */

enum err profile(struct req *r);    /* GET */
enum err receipt(struct req *r);    /* GET, a PDF */
enum err email_form(struct req *r); /* GET */
enum err email_set(struct req *r);  /* POST email */
enum err email_code(struct req *r); /* POST code */
enum err phone_form(struct req *r); /* GET */
enum err phone_set(struct req *r);  /* POST country operator number */
enum err phone_code(struct req *r); /* POST code */

enum err meters(struct req *r);        /* GET */
enum err payments(struct req *r);      /* GET */
enum err notifications(struct req *r); /* GET */
enum err news(struct req *r);          /* GET v: what the page shows */
enum err confirm(struct req *r);       /* POST reason shown */
enum err events(struct req *r);        /* GET */
enum err settings(struct req *r);      /* GET */
enum err settings_set(struct req *r);  /* POST scheme sms */
enum err take_away(struct req *r);     /* POST: all of his data, JSON */

#endif
