/* From a request to its answer: route, session, right, token, handler. */
#include "cgi-bin/web/inner.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/log.h"

/* A database that is away is asked again this often, not by every request. */
#define REVIVE_EVERY_US 1000000

/* True when path fits pattern; {id} is a positive number of 1..18 digits. */
static bool path_fits(const char *pattern, const char *path, int64_t *id)
{
    for (; *pattern != '\0'; pattern++, path++) {
        if (*pattern == '{') {
            size_t n = strspn(path, "0123456789");

            if (n == 0 || n > 18 || *path == '0')
                return false;
            *id = strtoll(path, NULL, 10);
            pattern = strchr(pattern, '}');
            path += n - 1;
        } else if (*pattern != *path) {
            return false;
        }
    }
    return *path == '\0';
}

const struct route *route_find(const struct program *p, const char *method,
                               const char *path, int64_t *id,
                               bool *other_method)
{
    *other_method = false;
    for (size_t i = 0; i < p->n_routes; i++) {
        const struct route *route = &p->routes[i];

        *id = 0;
        if (!path_fits(route->path, path, id))
            continue;
        if (strcmp(route->method, method) == 0)
            return route;
        *other_method = true;
    }
    return NULL;
}

/* ---- the database behind this worker ---- */

static struct db *database;

static enum err revive(const char *conninfo)
{
    static int64_t tried_us;
    int64_t now = clock_monotonic_us();
    enum err e;

    if (tried_us != 0 && now - tried_us < REVIVE_EVERY_US)
        return err_raise(ERR_DB, "the database is away");
    e = database ? db_revive(database) : db_open(conninfo, &database);
    tried_us = e == ERR_OK ? 0 : now;
    return e;
}

/*
 * The first word of a request to the database. A connection that died while
 * nobody used it (a restart) is noticed here, when nothing has been done yet,
 * and the request goes on over a new one.
 */
static enum err open_session(struct req *r, const char *conninfo)
{
    enum err e;

    if (database == NULL || !db_alive(database)) {
        if ((e = revive(conninfo)) != ERR_OK)
            return e;
    }
    r->db = database;
    e = session_open(r);
    if (e == ERR_OK || db_alive(database))
        return e;
    if ((e = revive(conninfo)) != ERR_OK)
        return e;
    return session_open(r);
}

/* ---- what is not a page of the handler's ---- */

/* The page a person is on: its path and query. */
static const char *page_of(struct req *r)
{
    const char *url = request_header(r, "HTTP_HX_CURRENT_URL");
    const char *host;

    if (strcmp(r->method, "GET") == 0 && !r->fragment && !r->background)
        return inner_of(r)->uri;
    if (url[0] == '\0')
        url = request_header(r, "HTTP_REFERER");
    host = strstr(url, "://");
    return host && strchr(host + 3, '/') ? strchr(host + 3, '/') : "/";
}

/* Something that a person gave and that is not done; not what a page says by
 * itself or how it looks. */
static bool is_lost(struct req *r)
{
    static const char *const small[] = { "/alive", "/columns", "/sign-out",
                                         "/admin/serials",
                                         "/cabinet/sign-out" };

    for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
        if (strcmp(r->path, small[i]) == 0)
            return false;
    }
    return strcmp(r->method, "POST") == 0 && !r->background;
}

/* Back to the form; afterwards to where the person was. */
static void answer_unsigned(struct req *r)
{
    const struct sessions *s = sessions_of(r);
    const char *token = inner_of(r)->token;
    const char *ended = token && r->db ? s->ended(r, token) : "";
    const char *form = arena_printf(
        r->arena, "%s?back=%s&ended=%s%s", s->sign_in,
        url_encode(r->arena, page_of(r)), ended, is_lost(r) ? "&lost=1" : "");

    answer_clear(r);
    if (token != NULL)
        answer_cookie(r, inner_of(r)->cookie, "", -1);
    if (!r->fragment && !r->background) {
        if (answer_redirect(r, form) != ERR_OK)
            log_err(ERR_IO, "redirect");
        return;
    }
    inner_of(r)->answered = true;
    answer_status(r, 401);
    answer_header(r, "HX-Redirect", form);
}

static void tell_refusal(struct req *r)
{
    const struct sessions *s = sessions_of(r);
    enum err e;

    if (s->refused == NULL || r->who.id == 0)
        return;
    e = s->refused(r);
    if (e == ERR_OK)
        e = db_commit(r->db);
    if (e != ERR_OK) {
        log_err(e, "audit of a refusal");
        db_rollback(r->db);
    }
}

static void answer_failure(struct req *r, enum err e)
{
    struct inner *in = inner_of(r);

    if (e != ERR_UNSIGNED)
        log_info("refused method=%s path=%s who=%" PRId64 " code=%s reason=%s",
                 r->method, r->path, r->who.id, err_name(e), err_reason());
    if (in->sent) {
        in->cut = true; /* a download cannot turn into an error page */
        return;
    }
    if (e == ERR_UNSIGNED) {
        answer_unsigned(r);
        return;
    }
    if (e == ERR_DB && (database == NULL || !db_alive(database))) {
        answer_maintenance(r);
        return;
    }
    if (e == ERR_FORBIDDEN)
        tell_refusal(r);
    if (!in->explained)
        answer_error(r, e);
}

/* ---- the way of a request ---- */

static enum err check_right(struct req *r)
{
    const struct route *route = inner_of(r)->route;

    if ((route->needs & (ANYBODY | r->who.role)) == 0)
        return err_raise(ERR_FORBIDDEN, "role %s has no right",
                         role_name(r->who.role));
    return ERR_OK;
}

static enum err check_form(struct req *r)
{
    enum effect effect = inner_of(r)->route->effect;
    enum err e = effect == UPLOADS || effect == HOLDS ? request_read_upload(r)
                                                      : request_read_body(r);

    return e != ERR_OK || effect == READS ? e : csrf_guard(r);
}

static enum err prepare(struct req *r)
{
    const struct inner *in = inner_of(r);

    if (in->program->before == NULL || r->who.id == 0 || r->background)
        return ERR_OK;
    return in->program->before(r);
}

static enum err handle(struct req *r, const char *conninfo)
{
    struct inner *in = inner_of(r);
    enum err e;

    if ((e = open_session(r, conninfo)) != ERR_OK ||
        (e = check_right(r)) != ERR_OK || (e = check_form(r)) != ERR_OK ||
        (e = prepare(r)) != ERR_OK || (e = in->route->handler(r)) != ERR_OK)
        return e;
    if (!in->answered)
        return err_raise(ERR_IO, "the handler of %s answered nothing",
                         in->route->path);
    return db_commit(r->db);
}

static void route_missing(struct req *r, bool other_method)
{
    answer_error_page(r, other_method ? 405 : 404, "NotFound");
}

static void dispatch(struct req *r, const char *conninfo)
{
    struct inner *in = inner_of(r);
    bool other_method;
    enum err e = request_receive(r);

    if (e != ERR_OK) {
        answer_failure(r, e);
        return;
    }
    if (browser_is_too_old(request_header(r, "HTTP_USER_AGENT"))) {
        answer_old_browser(r);
        return;
    }
    in->route =
        route_find(in->program, r->method, r->path, &r->id, &other_method);
    if (in->route == NULL) {
        route_missing(r, other_method);
        return;
    }
    e = handle(r, conninfo);
    if (e != ERR_OK) {
        if (r->db != NULL)
            db_rollback(r->db);
        answer_failure(r, e);
    }
}

void request_serve(struct req *r, const char *conninfo)
{
    const struct inner *in = inner_of(r);

    answer_begin(r);
    dispatch(r, conninfo);
    if (!in->sent)
        answer_send(r);
}

void router_stop(void)
{
    db_close(database);
    database = NULL;
}
