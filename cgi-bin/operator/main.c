/* Operators: the site map. */
#include <stddef.h>

#include "cgi-bin/operator/sign_in.h"
#include "cgi-bin/web/web.h"

/* clang-format off */
static const struct route routes[] = {
    /* method  path         needs          effect   handler */
    { "GET",  "/",          ANY_OPERATOR,  READS,   home },
    { "GET",  "/help",      ANY_OPERATOR,  READS,   help },
    { "GET",  "/sign-in",   ANYBODY,       READS,   sign_in_form },
    { "POST", "/sign-in",   ANYBODY,       CHANGES, sign_in },
    { "POST", "/sign-out",  ANY_OPERATOR,  CHANGES, sign_out },
    { "POST", "/alive",     ANY_OPERATOR,  CHANGES, alive },
    { "POST", "/look",      ANYBODY,       CHANGES, look },
};
/* clang-format on */

static const struct program program = {
    .name = "operator",
    .templates = "operator",
    .routes = routes,
    .n_routes = sizeof(routes) / sizeof(routes[0]),
};

int main(int argc, char **argv)
{
    return web_main(argc, argv, &program);
}
