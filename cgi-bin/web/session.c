/*
 * Who is asking: the transaction of a request belongs to him. And how operators
 * are known; subscribers have cgi-bin/cabinet/session.c.
 */
#include "cgi-bin/web/inner.h"

#include <string.h>

#include "lib/base/log.h"
#include "lib/model/audit.h"
#include "lib/model/operator.h"

static const struct {
    unsigned role;
    const char *name; /* as operator_role in the database */
} roles[] = {
    { ROLE_VIEW, "view" },
    { ROLE_CONTROL, "control" },
    { ROLE_SECURITY, "security" },
    { ROLE_ADMIN, "admin" },
};

const char *role_name(unsigned role)
{
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (roles[i].role == role)
            return roles[i].name;
    }
    return "";
}

unsigned role_of_name(const char *name)
{
    for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++) {
        if (strcmp(roles[i].name, name) == 0)
            return roles[i].role;
    }
    return 0;
}

const char *session_token(struct req *r)
{
    return inner_of(r)->token;
}

const char *session_cookie(struct req *r)
{
    return inner_of(r)->cookie;
}

enum err session_open(struct req *r)
{
    const struct inner *in = inner_of(r);
    bool anybody = (in->route->needs & ANYBODY) != 0;
    enum err e;

    if (in->token == NULL)
        return anybody ? db_begin(r->db)
                       : err_raise(ERR_UNSIGNED, "no session cookie");
    e = sessions_of(r)->enter(r, in->token);
    return e == ERR_UNSIGNED && anybody ? ERR_OK : e;
}

/* ---- operators' ---- */

static enum err enter(struct req *r, const char *token)
{
    struct operator_session s;
    enum err e = operator_session_enter(r->db, r->arena, token, r->address,
                                        !r->background, &s);

    if (e != ERR_OK)
        return e;
    r->who = (struct operator_who){
        .id = s.id,
        .login = s.login,
        .role = role_of_name(s.role),
        .csrf_token = s.csrf_token,
        .first_name = s.first_name,
        .last_name = s.last_name,
    };
    return ERR_OK;
}

/* Why the session of this cookie is over, as the form is told: "Idle". */
static const char *ended(struct req *r, const char *token)
{
    enum session_fate fate = SESSION_GONE;

    if (operator_session_fate(r->db, r->arena, token, &fate) != ERR_OK)
        log_err(ERR_DB, "fate of a session");
    return fate == SESSION_IDLE       ? "Idle"
           : fate == SESSION_REPLACED ? "Replaced"
                                      : "";
}

enum err audit_tell(struct req *r, const char *action, const char *note)
{
    return audit_add(r->db, r->arena, r->who.login, action, note, r->address);
}

/* Refused: the attempt itself is an action of the operator. */
static enum err refused(struct req *r)
{
    enum err e = db_begin(r->db);

    return e != ERR_OK ? e
                       : audit_tell(r, "Отказано в доступе",
                                    arena_printf(r->arena, "%s %s", r->method,
                                                 r->path));
}

const struct sessions operator_sessions = {
    .cookie = COOKIE_SESSION,
    .visitor = COOKIE_VISITOR,
    .sign_in = "/sign-in",
    .home = "/",
    .pages = "web",
    .enter = enter,
    .ended = ended,
    .refused = refused,
};
