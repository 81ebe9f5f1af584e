/* What the files of web/ share and screens do not see. */
#ifndef LAZUR_CGI_BIN_WEB_INNER_H
#define LAZUR_CGI_BIN_WEB_INNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/urlform.h"

#include "cgi-bin/web/web.h"

/* A form of ours is small; what is larger is not one of ours. */
#define BODY_MAX 65536

struct form_file {
    const char *field;
    struct upload upload;
    struct held_file held; /* on a route that HOLDS */
};

/* The half that the dispatcher and the answer keep about a request. */
struct inner {
    const struct program *program;
    const struct route *route;
    struct urlform query, body;
    struct form_file *files; /* what the form brought beside its fields */
    size_t n_files;
    const char *token;     /* of the session, from its cookie; or NULL */
    const char *cookie;    /* which that was */
    const char *pre_token; /* of a browser nobody has signed in with */
    const char *theme;     /* "", "light", "dark", "contrast" */
    const char *uri;       /* as sent: path and query, still encoded */
    int status;
    struct buf *head; /* header lines of the answer, each with its CRLF */
    struct buf *out;  /* its body */
    bool answered;    /* there is something to send */
    bool sent;        /* the head is out: a download is on its way */
    bool cut;         /* it broke off, and the browser must notice */
    bool explained;   /* the error has its page already */
};

static inline struct inner *inner_of(const struct req *r)
{
    return r->inner;
}

/* How the program of this request keeps its sessions. */
static inline const struct sessions *sessions_of(const struct req *r)
{
    const struct sessions *s = inner_of(r)->program->sessions;

    return s != NULL ? s : &operator_sessions;
}

/* ---- web.c: the wire to the web server ---- */

/* Listens on a unix socket that the web server's group may connect to. */
enum err wire_listen(const char *path, int *fd) MUST_CHECK;
void wire_attach(int fd);      /* once in each worker */
bool wire_accept(void);        /* false: interrupted, or no connection */
void wire_finish(bool broken); /* broken: without saying that it is whole */

/* NULL when the web server did not send it. */
const char *wire_param(const char *name);
/* The first of len bytes of the body; fewer when it ends earlier. */
size_t wire_read(char *to, size_t len);
/* False when nobody listens any more. */
bool wire_write(const char *at, size_t len);

/* ---- answer.c, error_page.c ---- */

void answer_begin(struct req *r);
/* Forgets what has been answered so far, to answer an error instead. */
void answer_clear(struct req *r);
/* The status line and the headers. */
bool answer_send_head(struct req *r);
void answer_send(struct req *r);
/* The page that says what went wrong and what to do next. */
void answer_error(struct req *r, enum err code);
void answer_error_page(struct req *r, int status, const char *what);
void answer_maintenance(struct req *r);
void answer_old_browser(struct req *r);

/* ---- view.c ---- */

/*
 * view_start - read the words and parse every template of folder and web/.
 *
 * Called before the workers are made, so that they share the parsed pages; a
 * template that does not parse stops the start.
 */
enum err view_start(const char *templates_dir, const char *folder) MUST_CHECK;
void view_stop(void);

/* The data of one request. */
struct view *view_new(void);
void view_free(struct view *v);
void view_clear(struct view *v);
bool view_has(const struct view *v, const char *name);

/* ---- request.c ---- */

/* Everything but the body, which waits until somebody may send one. */
enum err request_receive(struct req *r) MUST_CHECK;
enum err request_read_body(struct req *r) MUST_CHECK;

/* ---- upload.c ---- */

/* The body of a route that UPLOADS: fields, and files into the database. */
enum err request_read_upload(struct req *r) MUST_CHECK;

/* ---- router.c ---- */

/*
 * route_find - the route of a method and a path; *id is its {id}.
 *
 * NULL: none; then *other_method says that the path exists by another.
 */
const struct route *route_find(const struct program *p, const char *method,
                               const char *path, int64_t *id,
                               bool *other_method);
void request_serve(struct req *r, const char *conninfo);
void router_stop(void); /* closes the database */

/* ---- seals.c ---- */

/* The key file of lib/base/seal.h, for secret_unseal. */
enum err seals_load(const char *path) MUST_CHECK;

/* ---- countries.c ---- */

/* For address_country; a file that cannot be read is told of, no more. */
void countries_load(const char *path);

/* ---- browser.c ---- */

/* One that cannot show these pages, by its own name (GC-005, GC-007). */
bool browser_is_too_old(const char *user_agent);

/* ---- csrf.c ---- */

/* The token that forms of this page carry; makes the cookie when needed. */
const char *csrf_token(struct req *r);
/* ERR_FORBIDDEN when the request was not made by a page of ours. */
enum err csrf_check(struct req *r) MUST_CHECK;
/* The same, and the page that says so is answered. */
enum err csrf_guard(struct req *r) MUST_CHECK;

/* ---- session.c ---- */

/*
 * session_open - begin the transaction and say who is asking.
 *
 * One round trip. ERR_UNSIGNED when nobody is signed in and the route needs
 * somebody.
 */
enum err session_open(struct req *r) MUST_CHECK;

/* ---- worker.c ---- */

/* Serves until told to stop. */
void worker_run(const struct program *p, int listen_fd, const char *conninfo);

#endif
