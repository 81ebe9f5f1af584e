/* Who is asking: the transaction of a request belongs to him. */
#include "cgi-bin/web/inner.h"

#include <string.h>

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

enum err session_open(struct req *r)
{
    const struct inner *in = inner_of(r);
    bool anybody = (in->route->needs & ANYBODY) != 0;
    enum err e;

    if (in->token == NULL)
        return anybody ? db_begin(r->db)
                       : err_raise(ERR_UNSIGNED, "no session cookie");
    e = enter(r, in->token);
    return e == ERR_UNSIGNED && anybody ? ERR_OK : e;
}
