/*
 * What every handler uses: the request, the form, the page, the download.
 *
 * A program is a table of routes given to web_main. The dispatcher finds the
 * route, opens the operator's session (one transaction, with row security set
 * for it), checks the right and, for what CHANGES, the CSRF token; the handler
 * reads the form, asks the model, fills the view and renders. The transaction
 * is committed when the handler returns ERR_OK and rolled back otherwise.
 */
#ifndef LAZUR_CGI_BIN_WEB_WEB_H
#define LAZUR_CGI_BIN_WEB_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/db.h"
#include "lib/base/err.h"
#include "lib/model/upload.h"

/* Who may enter a route: a bit for each of the four roles (GC-025). */
enum {
    ROLE_VIEW = 1,
    ROLE_CONTROL = 2,
    ROLE_SECURITY = 4,
    ROLE_ADMIN = 8,
    ANYBODY = 16,    /* no session needed: the sign-in form */
    SUBSCRIBER = 32, /* no operator: of the cabinet's sessions */
    ONLOOKER = 64,   /* an administrator who looks into a cabinet */

    METERS_READ = ROLE_VIEW | ROLE_CONTROL | ROLE_ADMIN,
    VALVE_COMMAND = ROLE_CONTROL | ROLE_ADMIN,
    ACCOUNT_CHANGE = ROLE_CONTROL | ROLE_ADMIN,  /* GC-099 */
    RADIO_PASSWORDS = ROLE_CONTROL | ROLE_ADMIN, /* GC-071 */
    ADMINISTRATION = ROLE_ADMIN,
    SECURITY_DESK = ROLE_SECURITY,
    ANY_OPERATOR = ROLE_VIEW | ROLE_CONTROL | ROLE_SECURITY | ROLE_ADMIN,
};

/*
 * UPLOADS: CHANGES, with a form that may bring files. HOLDS: likewise, but its
 * file is a secret: it stays in memory, and is wiped out after the request.
 */
enum effect { READS, CHANGES, UPLOADS, HOLDS };

/* Who is signed in: an operator, or the subscriber of a cabinet. */
struct operator_who {
    int64_t id;
    const char *login;
    unsigned role; /* one ROLE_ bit, SUBSCRIBER or ONLOOKER */
    const char *csrf_token;
    const char *first_name, *last_name;
};

struct view;

struct req {
    struct arena *arena;
    struct db *db;
    struct view *view;
    struct operator_who who; /* id 0: nobody is signed in (ANYBODY routes) */
    const char *method;      /* "GET", "POST" */
    const char *path;        /* decoded, "/meters/17/valve" */
    const char *address;     /* of the browser, as nginx saw it */
    const char *language;    /* "ru" or "en" */
    bool background;         /* a refresh, not a person (GC-023) */
    bool fragment;           /* htmx asked: render the part, not the page */
    int64_t id;              /* the {id} of the route's path, 0 without one */
    void *session;           /* what sessions.enter has learned, or NULL */
    void *inner;             /* the dispatcher's */
};

struct route {
    const char *method;
    const char *path; /* "/meters/{id}/valve"; {id} is a positive number */
    unsigned needs;   /* role bits */
    enum effect effect;
    enum err (*handler)(struct req *r);
};

/* Whose sessions a program keeps: how they are known and who opens them. */
struct sessions {
    const char *cookie;  /* of the session */
    const char *over;    /* of another that goes before it; or NULL */
    const char *visitor; /* of a browser that nobody has signed in with */
    const char *sign_in; /* address of the form */
    const char *home;    /* where an error page leads */
    const char *pages;   /* folder of error.cst and maintenance.cst */
    const char *errors;  /* group of words that goes before Error; or NULL */
    /*
     * Begin the transaction as the holder of the token and fill r->who;
     * ERR_UNSIGNED when it is nobody's, the transaction is then open.
     */
    enum err (*enter)(struct req *r, const char *token);
    /* Why a token lets nobody in any more, as the form is told; or "". */
    const char *(*ended)(struct req *r, const char *token);
    /* Begin a transaction that tells of a refusal; or NULL: nobody is told. */
    enum err (*refused)(struct req *r);
    void (*layout)(struct req *r); /* names for every page; or NULL */
};

extern const struct sessions operator_sessions;

struct program {
    const char *name;      /* "operator" */
    const char *templates; /* its folder under templates/ */
    const struct route *routes;
    size_t n_routes;
    const struct sessions *sessions; /* NULL: operators' */
    /* Before the handler of what a signed-in person GETs; or NULL. */
    enum err (*before)(struct req *r);
};

/* Options, prefork, the accept loop: main() of each program calls it. */
int web_main(int argc, char **argv, const struct program *program);

/* ---- form: query string and urlencoded body together, body first ---- */

/*
 * The value of a field, "" when it was not sent. Valid UTF-8 without controls
 * but tab and newline. Of several fields of one name the first counts.
 */
const char *form_text(struct req *r, const char *name);
bool form_has(struct req *r, const char *name);
/* Of several fields of one name, the n-th; NULL past the last. Body only. */
const char *form_nth(struct req *r, const char *name, size_t n);
bool form_has_value(struct req *r, const char *name, const char *value);
/* A whole number in min..max, fallback when absent. ERR_INVALID otherwise. */
enum err form_int(struct req *r, const char *name, int64_t min, int64_t max,
                  int64_t fallback, int64_t *out) MUST_CHECK;

/*
 * The file of a field on a route that UPLOADS (multipart/form-data; the hidden
 * field csrf stands before the file); NULL when none was chosen. It is stored
 * in the transaction of the request and stays for a day: see
 * lib/model/upload.h.
 */
#define UPLOAD_MAX     (INT64_C(64) << 20) /* bytes */
#define FORM_FILES_MAX 4
const struct upload *form_file(struct req *r, const char *name);

/* The file of a field on a route that HOLDS; NULL when none was chosen. */
#define HELD_MAX ((size_t)2 << 20) /* bytes */
struct held_file {
    const char *name; /* as the browser called it */
    struct bytes is;
    bool cut; /* there was more than HELD_MAX */
};
const struct held_file *form_held(struct req *r, const char *name);

/* Text is an address of this site that begins so, and no more than that. */
bool is_our_address(const char *text, const char *begin);
/* The field back when it is this page, with a query or without; else other. */
const char *form_back(struct req *r, const char *page, const char *other);

/* ---- view: what the template may show ---- */

/* Dotted HDF names: view_set(r, "Meters.0.Serial", "021..."). */
void view_set(struct req *r, const char *name, const char *value);
void view_setf(struct req *r, const char *value_fmt, const char *name, ...)
    PRINTF(2, 4);
/* "Meters.17.Serial" without building the name: list, index, field. */
void view_set_at(struct req *r, const char *list, size_t index,
                 const char *field, const char *value);
void view_set_int(struct req *r, const char *name, int64_t value);
/* Something that is not "" has been set by that name. */
bool view_has_text(struct req *r, const char *name);
/* What has been set by that name; "" when nothing. */
const char *view_text(struct req *r, const char *name);
/* How many entries a list has, as long as they are set in their order. */
size_t view_count(struct req *r, const char *list);

/*
 * view_render - answer with a template, e.g. "operator/meters.cst".
 *
 * On a fragment request the template named with _part is rendered instead
 * where the handler says so. Adds the layout's own names: Lang, Who, Csrf,
 * Section, Theme, Words.*. On a route that READS the transaction ends here:
 * no question to the database after it.
 */
enum err view_render(struct req *r, const char *template_name) MUST_CHECK;

/* ---- answers without a page ---- */

enum err answer_redirect(struct req *r, const char *to) MUST_CHECK; /* 303 */
enum err answer_unchanged(struct req *r) MUST_CHECK;                /* 204 */
/* 200 with these bytes, e.g. "application/json". */
enum err answer_body(struct req *r, const char *type, const char *bytes,
                     size_t len) MUST_CHECK;
void answer_status(struct req *r, int status);
void answer_header(struct req *r, const char *name, const char *value);

/* A cookie of this site; max_age_s 0: until the browser closes, -1: gone. */
void answer_cookie(struct req *r, const char *name, const char *value,
                   int64_t max_age_s);

/* ---- signing in and out: the browser's side (lib/model/operator.h) ---- */

#define COOKIE_SESSION "lazur"
#define COOKIE_VISITOR "lazur-visitor"
/* Of a view of a cabinet: made by admin, read by cabinet. */
#define COOKIE_CABINET_VIEW "lazur-cabinet-view"
#define COOKIE_LANGUAGE     "lang"
#define COOKIE_THEME        "theme"

/* "view", "control", "security", "admin", and back; "" and 0: neither. */
const char *role_name(unsigned role);
unsigned role_of_name(const char *name);

/* The token of the session cookie, NULL without one; and the cookie's name. */
const char *session_token(struct req *r);
const char *session_cookie(struct req *r);

/* A header as the web server passes it: "HTTP_USER_AGENT"; "" without it. */
const char *request_header(struct req *r, const char *cgi_name);
bool request_is_tls(struct req *r);

/*
 * The answer is shown over the page that asked. A link with hx-boost inside of
 * a dialog asks for a whole page, of which the dialog takes its part.
 */
bool in_dialog(struct req *r);

/* ---- download: CSV streamed row by row, UTF-8 with BOM, ';' (GC-012) ---- */

struct csv;
enum err csv_begin(struct req *r, const char *file_name,
                   struct csv **out) MUST_CHECK;
void csv_cell(struct csv *c, const char *text);
void csv_number(struct csv *c, const char *number); /* left as it is */
void csv_row_end(struct csv *c);
/* The browser hung up: the rest of the rows is for nobody. */
bool csv_gone(const struct csv *c);
/* Nothing can be answered after the first row; an error cuts the download. */
enum err csv_end(struct csv *c) MUST_CHECK;

/* ---- secrets ---- */

/*
 * secret_unseal - what was sealed about this identity (lib/base/seal.h).
 *
 * ERR_IO when this program was started without the key, ERR_INVALID when the
 * secret was sealed with another.
 */
enum err secret_unseal(struct req *r, const char *about, struct bytes sealed,
                       struct bytes *out) MUST_CHECK;

/* Seals plain about it, for the database to keep; ERR_IO without the key. */
enum err secret_seal(struct req *r, const char *about, struct bytes plain,
                     struct bytes *out) MUST_CHECK;

/* secret_mark() by the key of this program; ERR_IO without it. */
struct secret;
enum err secret_marked(struct req *r, const struct secret *s, bool *has,
                       int64_t *mark) MUST_CHECK;

/* ---- the log of operators ---- */

/* A line of it about whoever asks, in the transaction of the request. */
enum err audit_tell(struct req *r, const char *action,
                    const char *note) MUST_CHECK;

/* ---- countries ---- */

/*
 * The country of an address, ISO 3166-1 alpha-2 (lib/base/country.h); "" when
 * it is not known, or this program was started without the file. Its name is
 * the word Country.<code>.
 */
const char *address_country(struct req *r, const char *address);

/* ---- words ---- */

/* A word of templates/lang in the reader's language: "Valve.Open". */
const char *word(struct req *r, const char *key);
bool word_known(struct req *r, const char *key);

/* What is kept in Russian, a word of that group, in the reader's language;
 * text itself where the group has it not. */
const char *word_for(struct req *r, const char *group, const char *text);

/* Percent-encoding for building URLs in handlers. */
char *url_encode(struct arena *a, const char *text);

#endif
