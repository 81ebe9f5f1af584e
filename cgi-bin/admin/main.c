/* Administrators: the site map. */
#include <stddef.h>

#include "cgi-bin/admin/audit.h"
#include "cgi-bin/admin/faults.h"
#include "cgi-bin/admin/parameters.h"
#include "cgi-bin/web/serials.h"
#include "cgi-bin/web/web.h"

static enum err home(struct req *r)
{
    return answer_redirect(r, "/admin/faults");
}

/* clang-format off */
static const struct route routes[] = {
    /* method  path                needs           effect  handler */
    { "GET",  "/admin",            ADMINISTRATION, READS,  home },
    { "GET",  "/admin/",           ADMINISTRATION, READS,  home },
    { "GET",  "/admin/faults",     ADMINISTRATION, READS,  faults_list },
    { "GET",  "/admin/faults.csv", ADMINISTRATION, READS,  faults_csv },
    { "GET",  "/admin/serials",    ADMINISTRATION, READS,  serials_preview },
    { "POST", "/admin/serials",    ADMINISTRATION, READS,  serials_preview },
    { "GET",  "/admin/log",        ADMINISTRATION, READS,  audit_list_page },
    { "GET",  "/admin/log.csv",    ADMINISTRATION, READS,  audit_csv },

    { "GET",  "/admin/parameters",           ADMINISTRATION, READS,   parameters_page },
    { "POST", "/admin/parameters",           ADMINISTRATION, CHANGES, parameters_save },
    { "GET",  "/admin/parameters/test",      ADMINISTRATION, READS,   test_page },
    { "POST", "/admin/parameters/test",      ADMINISTRATION, CHANGES, test_send },
    { "GET",  "/admin/parameters/test/live", ADMINISTRATION, READS,   test_live },
};
/* clang-format on */

static const struct program program = {
    .name = "admin",
    .templates = "admin",
    .routes = routes,
    .n_routes = sizeof(routes) / sizeof(routes[0]),
};

int main(int argc, char **argv)
{
    return web_main(argc, argv, &program);
}
