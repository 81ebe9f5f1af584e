/* Security officers: the site map; nobody else comes in (GC-030). */
#include <stddef.h>

#include "cgi-bin/security/commands.h"
#include "cgi-bin/web/web.h"

/* clang-format off */
static const struct route routes[] = {
    /* method  path          needs          effect  handler */
    { "GET",  "/security",   SECURITY_DESK, READS,  commands_list },
    { "GET",  "/security/",  SECURITY_DESK, READS,  commands_list },
};
/* clang-format on */

static const struct program program = {
    .name = "security",
    .templates = "security",
    .routes = routes,
    .n_routes = sizeof(routes) / sizeof(routes[0]),
};

int main(int argc, char **argv)
{
    return web_main(argc, argv, &program);
}
