/* Operators: the site map. */
#include <stddef.h>

#include "cgi-bin/operator/chart.h"
#include "cgi-bin/operator/columns.h"
#include "cgi-bin/operator/desk.h"
#include "cgi-bin/operator/documents.h"
#include "cgi-bin/operator/map.h"
#include "cgi-bin/operator/meters.h"
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
    { "GET",  "/meters",                    METERS_READ,   READS,   meters_list },
    { "GET",  "/meters/live",               METERS_READ,   READS,   meters_live },
    { "GET",  "/meters.csv",                METERS_READ,   READS,   meters_csv },
    { "POST", "/columns",                   METERS_READ,   CHANGES, columns_save },
    { "GET",  "/meters/{id}/sessions.csv",  METERS_READ,   READS,   sessions_csv },
    { "GET",  "/meters/{id}/commands.csv",  METERS_READ,   READS,   commands_csv },
    { "GET",  "/meters/{id}/archive.csv",   METERS_READ,   READS,   archive_csv },
    { "GET",  "/meters/{id}/events.csv",    METERS_READ,   READS,   events_csv },
    { "GET",  "/meters/{id}/valve",         VALVE_COMMAND, READS,   valve_ask },
    { "POST", "/meters/{id}/valve",         VALVE_COMMAND, CHANGES, valve_command },
    { "GET",  "/meters/{id}/chart",         METERS_READ,   READS,   chart_page },
    { "GET",  "/meters/{id}/chart.json",    METERS_READ,   READS,   chart_json },
    { "GET",  "/meters/{id}/chart.csv",     METERS_READ,   READS,   chart_csv },
    { "GET",  "/meters/{id}/map",           METERS_READ,   READS,   meter_map },
    { "POST", "/meters/{id}/map",           ADMINISTRATION, CHANGES, meter_map_save },
    { "GET",  "/map",                       METERS_READ,   READS,   map_page },
    { "GET",  "/map/squares.json",          METERS_READ,   READS,   map_squares },
    { "GET",  "/map/square.json",           METERS_READ,   READS,   map_square },
    { "GET",  "/meters/{id}/account",       ACCOUNT_CHANGE, READS,   account_ask },
    { "POST", "/meters/{id}/account",       ACCOUNT_CHANGE, CHANGES, account_change },
    { "GET",  "/meters/{id}/payments",      METERS_READ,    READS,   payments_list },
    { "GET",  "/meters/{id}/payments.csv",  METERS_READ,    READS,   payments_csv },
    { "GET",  "/meters/{id}/note",          METERS_READ,    READS,   note_ask },
    { "POST", "/meters/{id}/note",          ADMINISTRATION, CHANGES, note_change },
    { "GET",  "/meters/{id}/radio",         RADIO_PASSWORDS, READS,  radio_view },
    { "GET",  "/meters/{id}/receipt",       METERS_READ,    READS,   receipt_one },
    { "GET",  "/receipts",                  METERS_READ,    READS,   receipts_form },
    { "POST", "/receipts",                  METERS_READ,    CHANGES, receipts_ask },
    { "GET",  "/reports/daily",             METERS_READ,    READS,   daily_form },
    { "POST", "/reports/daily",             METERS_READ,    CHANGES, daily_ask },
    { "GET",  "/reports/balance",           METERS_READ,    READS,   balance_form },
    { "POST", "/reports/balance",           METERS_READ,    CHANGES, balance_ask },
    { "GET",  "/downloads",                 METERS_READ,    READS,   downloads_list },
    { "GET",  "/downloads/live",            METERS_READ,    READS,   downloads_live },
    { "GET",  "/downloads/bell",            METERS_READ,    READS,   downloads_bell },
    { "GET",  "/downloads/{id}/file",       METERS_READ,    READS,   downloads_file },
    { "POST", "/downloads/{id}/cancel",     METERS_READ,    CHANGES, downloads_cancel },
    { "POST", "/downloads/{id}/delete",     METERS_READ,    CHANGES, downloads_delete },
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
