/* Administrators: the site map. */
#include <stddef.h>

#include "cgi-bin/admin/audit.h"
#include "cgi-bin/admin/branches.h"
#include "cgi-bin/admin/exchange.h"
#include "cgi-bin/admin/faults.h"
#include "cgi-bin/admin/groups.h"
#include "cgi-bin/admin/import.h"
#include "cgi-bin/admin/messages.h"
#include "cgi-bin/admin/meter_jobs.h"
#include "cgi-bin/admin/meter_keys.h"
#include "cgi-bin/admin/meters.h"
#include "cgi-bin/admin/operators.h"
#include "cgi-bin/admin/parameters.h"
#include "cgi-bin/admin/statistics.h"
#include "cgi-bin/admin/subscribers.h"
#include "cgi-bin/admin/tariffs.h"
#include "cgi-bin/web/serials.h"
#include "cgi-bin/web/web.h"

static enum err home(struct req *r)
{
    return answer_redirect(r, "/admin/subscribers");
}

/* clang-format off */
static const struct route routes[] = {
    /* method  path                needs           effect  handler */
    { "GET",  "/admin",            ADMINISTRATION, READS,  home },
    { "GET",  "/admin/",           ADMINISTRATION, READS,  home },

    { "GET",  "/admin/subscribers",             ADMINISTRATION, READS,   subscribers_list },
    { "GET",  "/admin/subscribers.csv",         ADMINISTRATION, READS,   subscribers_file },
    { "GET",  "/admin/subscribers/new",         ADMINISTRATION, READS,   subscriber_new },
    { "POST", "/admin/subscribers/new",         ADMINISTRATION, CHANGES, subscriber_save },
    { "POST", "/admin/subscribers/{id}/cabinet", ADMINISTRATION, CHANGES, cabinet_look_into },
    { "POST", "/admin/subscribers/delete",      ADMINISTRATION, CHANGES, subscribers_ask },
    { "POST", "/admin/subscribers/delete/sure", ADMINISTRATION, CHANGES, subscribers_remove },
    { "GET",  "/admin/subscribers/{id}/edit",   ADMINISTRATION, READS,   subscriber_edit },
    { "POST", "/admin/subscribers/{id}/edit",   ADMINISTRATION, CHANGES, subscriber_save },
    { "GET",  "/admin/subscribers/{id}/delete", ADMINISTRATION, READS,   subscriber_ask },
    { "POST", "/admin/subscribers/{id}/delete", ADMINISTRATION, CHANGES, subscriber_remove },
    { "GET",  "/admin/subscribers/{id}/bind",   ADMINISTRATION, READS,   binding_ask },
    { "POST", "/admin/subscribers/{id}/bind",   ADMINISTRATION, CHANGES, binding_add },
    { "GET",  "/admin/subscribers/{id}/unbind", ADMINISTRATION, READS,   unbinding_ask },
    { "POST", "/admin/subscribers/{id}/unbind", ADMINISTRATION, CHANGES, binding_drop },

    { "GET",  "/admin/branches",             ADMINISTRATION, READS,   branches_list },
    { "GET",  "/admin/branches.csv",         ADMINISTRATION, READS,   branches_file },
    { "GET",  "/admin/branches/new",         ADMINISTRATION, READS,   branch_new },
    { "POST", "/admin/branches/new",         ADMINISTRATION, CHANGES, branch_save },
    { "GET",  "/admin/branches/{id}/edit",   ADMINISTRATION, READS,   branch_edit },
    { "POST", "/admin/branches/{id}/edit",   ADMINISTRATION, CHANGES, branch_save },
    { "GET",  "/admin/branches/{id}/delete", ADMINISTRATION, READS,   branch_ask },
    { "POST", "/admin/branches/{id}/delete", ADMINISTRATION, CHANGES, branch_remove },

    { "GET",  "/admin/operators",               ADMINISTRATION, READS,   operators_list },
    { "GET",  "/admin/operators.csv",           ADMINISTRATION, READS,   operators_file },
    { "GET",  "/admin/operators/new",           ADMINISTRATION, READS,   operator_new },
    { "POST", "/admin/operators/new",           ADMINISTRATION, CHANGES, operator_save },
    { "GET",  "/admin/operators/{id}/edit",     ADMINISTRATION, READS,   operator_edit },
    { "POST", "/admin/operators/{id}/edit",     ADMINISTRATION, CHANGES, operator_save },
    { "GET",  "/admin/operators/{id}/delete",   ADMINISTRATION, READS,   operator_ask },
    { "POST", "/admin/operators/{id}/delete",   ADMINISTRATION, CHANGES, operator_remove },
    { "GET",  "/admin/operators/{id}/sessions", ADMINISTRATION, READS,   sessions_ask },
    { "POST", "/admin/operators/{id}/sessions", ADMINISTRATION, CHANGES, sessions_end },

    { "GET",  "/admin/groups",                  ADMINISTRATION, READS,   groups_list },
    { "GET",  "/admin/groups.csv",              ADMINISTRATION, READS,   groups_file },
    { "GET",  "/admin/groups/{id}/members.csv", ADMINISTRATION, READS,   members_file },
    { "GET",  "/admin/groups/new",              ADMINISTRATION, READS,   group_new },
    { "POST", "/admin/groups/new",              ADMINISTRATION, CHANGES, group_save },
    { "GET",  "/admin/groups/{id}/edit",        ADMINISTRATION, READS,   group_edit },
    { "POST", "/admin/groups/{id}/edit",        ADMINISTRATION, CHANGES, group_save },
    { "GET",  "/admin/groups/{id}/delete",      ADMINISTRATION, READS,   group_ask },
    { "POST", "/admin/groups/{id}/delete",      ADMINISTRATION, CHANGES, group_remove },
    { "GET",  "/admin/groups/{id}/add",         ADMINISTRATION, READS,   members_choose },
    { "POST", "/admin/groups/{id}/add",         ADMINISTRATION, CHANGES, members_add },
    { "GET",  "/admin/groups/{id}/serials",     ADMINISTRATION, READS,   members_ask },
    { "POST", "/admin/groups/{id}/serials",     ADMINISTRATION, CHANGES, members_serials },
    { "POST", "/admin/groups/{id}/drop",        ADMINISTRATION, CHANGES, members_drop },
    { "GET",  "/admin/meter-options",           ADMINISTRATION, READS,   meter_suggest },

    { "GET",  "/admin/firmware",               ADMINISTRATION, READS,   firmware_list },
    { "GET",  "/admin/firmware.csv",           ADMINISTRATION, READS,   firmware_file },
    { "GET",  "/admin/firmware/new",           ADMINISTRATION, READS,   firmware_new },
    { "POST", "/admin/firmware/new",           ADMINISTRATION, UPLOADS, firmware_create },
    { "GET",  "/admin/firmware/{id}/delete",   ADMINISTRATION, READS,   meter_job_ask },
    { "POST", "/admin/firmware/{id}/delete",   ADMINISTRATION, CHANGES, meter_job_remove },
    { "GET",  "/admin/addresses",              ADMINISTRATION, READS,   addresses_list },
    { "GET",  "/admin/addresses.csv",          ADMINISTRATION, READS,   addresses_file },
    { "GET",  "/admin/addresses/new",          ADMINISTRATION, READS,   address_new },
    { "POST", "/admin/addresses/new",          ADMINISTRATION, UPLOADS, address_create },
    { "GET",  "/admin/addresses/{id}/delete",  ADMINISTRATION, READS,   meter_job_ask },
    { "POST", "/admin/addresses/{id}/delete",  ADMINISTRATION, CHANGES, meter_job_remove },

    { "GET",  "/admin/tariffs",              ADMINISTRATION, READS,   tariffs_list },
    { "GET",  "/admin/tariffs.csv",          ADMINISTRATION, READS,   tariffs_file },
    { "GET",  "/admin/tariffs/new",          ADMINISTRATION, READS,   tariff_new },
    { "POST", "/admin/tariffs/new",          ADMINISTRATION, CHANGES, tariff_save },
    { "GET",  "/admin/tariffs/{id}/edit",    ADMINISTRATION, READS,   tariff_edit },
    { "POST", "/admin/tariffs/{id}/edit",    ADMINISTRATION, CHANGES, tariff_save },
    { "GET",  "/admin/tariffs/{id}/delete",  ADMINISTRATION, READS,   tariff_ask },
    { "POST", "/admin/tariffs/{id}/delete",  ADMINISTRATION, CHANGES, tariff_remove },

    { "GET",  "/admin/meters",                ADMINISTRATION, READS,   meters_list },
    { "GET",  "/admin/meters.csv",            ADMINISTRATION, READS,   meters_file },
    { "GET",  "/admin/meters/period",         ADMINISTRATION, READS,   period_ask },
    { "POST", "/admin/meters/period",         ADMINISTRATION, CHANGES, period_order },
    { "GET",  "/admin/meters/pressure",       ADMINISTRATION, READS,   pressure_ask },
    { "POST", "/admin/meters/pressure",       ADMINISTRATION, CHANGES, pressure_order },
    { "GET",  "/admin/meters/pressure/units", ADMINISTRATION, READS,   pressure_units },
    { "GET",  "/admin/meters/{id}/password",  ADMINISTRATION, READS,   password_ask },
    { "POST", "/admin/meters/{id}/password",  ADMINISTRATION, CHANGES, password_order },
    { "GET",  "/admin/meters/keys-import",        ADMINISTRATION, READS,   keys_import_ask },
    { "POST", "/admin/meters/keys-import",        ADMINISTRATION, HOLDS,   keys_import },
    { "GET",  "/admin/meters/{id}/keys",          ADMINISTRATION, READS,   meter_keys },
    { "GET",  "/admin/meters/{id}/keys/show",     ADMINISTRATION, READS,   key_show_ask },
    { "POST", "/admin/meters/{id}/keys/show",     ADMINISTRATION, CHANGES, key_show },
    { "GET",  "/admin/meters/{id}/keys/set",      ADMINISTRATION, READS,   keys_set_ask },
    { "POST", "/admin/meters/{id}/keys/set",      ADMINISTRATION, CHANGES, keys_set },
    { "GET",  "/admin/meters/{id}/keys/remove",   ADMINISTRATION, READS,   key_remove_ask },
    { "POST", "/admin/meters/{id}/keys/remove",   ADMINISTRATION, CHANGES, key_remove },
    { "GET",  "/admin/meters/{id}/keys/plain",    ADMINISTRATION, READS,   keys_plain_ask },
    { "POST", "/admin/meters/{id}/keys/plain",    ADMINISTRATION, CHANGES, keys_plain_save },
    { "GET",  "/admin/meters/{id}/keys/rotate",   ADMINISTRATION, READS,   keys_rotate_ask },
    { "POST", "/admin/meters/{id}/keys/rotate",   ADMINISTRATION, CHANGES, keys_rotate_do },
    { "GET",  "/admin/meters/{id}/keys/withdraw", ADMINISTRATION, READS,   keys_stop_ask },
    { "POST", "/admin/meters/{id}/keys/withdraw", ADMINISTRATION, CHANGES, keys_stop },
    { "GET",  "/admin/meters/{id}/keys/again",    ADMINISTRATION, READS,   keys_repeat_ask },
    { "POST", "/admin/meters/{id}/keys/again",    ADMINISTRATION, CHANGES, keys_repeat },
    { "GET",  "/admin/meters/{id}/sync",      ADMINISTRATION, READS,   sync_ask },
    { "POST", "/admin/meters/{id}/sync",      ADMINISTRATION, CHANGES, sync_order },
    { "GET",  "/admin/meters/attached",       ADMINISTRATION, READS,   attached_about },
    { "GET",  "/admin/meters/{id}/attached",  ADMINISTRATION, READS,   attached_ask },
    { "POST", "/admin/meters/{id}/attached",  ADMINISTRATION, CHANGES, attached_save },
    { "GET",  "/admin/meters/{id}/delete",    ADMINISTRATION, READS,   meter_delete_ask },
    { "POST", "/admin/meters/{id}/delete",    ADMINISTRATION, CHANGES, meter_delete },
    { "POST", "/admin/meters/delete",         ADMINISTRATION, CHANGES, meters_delete },
    { "GET",  "/admin/commands.csv",          ADMINISTRATION, READS,   commands_file },
    { "GET",  "/admin/commands/{id}/cancel",  ADMINISTRATION, READS,   take_back_ask },
    { "POST", "/admin/commands/{id}/cancel",  ADMINISTRATION, CHANGES, take_back },

    { "GET",  "/admin/import",                    ADMINISTRATION, READS,   import_form },
    { "POST", "/admin/import",                    ADMINISTRATION, UPLOADS, import_start },
    { "GET",  "/admin/imports/{id}",              ADMINISTRATION, READS,   import_page },
    { "GET",  "/admin/imports/{id}/live",         ADMINISTRATION, READS,   import_live },
    { "POST", "/admin/imports/{id}/cancel",       ADMINISTRATION, CHANGES, import_stop },
    { "GET",  "/admin/imports/{id}/problems.csv", ADMINISTRATION, READS,   import_csv },

    { "GET",  "/admin/messages",            ADMINISTRATION, READS,   messages_list },
    { "GET",  "/admin/messages.csv",        ADMINISTRATION, READS,   messages_file },
    { "GET",  "/admin/messages/{id}/again", ADMINISTRATION, READS,   message_ask },
    { "POST", "/admin/messages/{id}/again", ADMINISTRATION, CHANGES, message_repeat },

    { "GET",  "/admin/faults",     ADMINISTRATION, READS,  faults_list },
    { "GET",  "/admin/faults.csv", ADMINISTRATION, READS,  faults_file },
    { "GET",  "/admin/exchange",           ADMINISTRATION, READS, exchange_page },
    { "GET",  "/admin/exchange.csv",       ADMINISTRATION, READS, exchange_file },
    { "GET",  "/admin/exchange/{id}/text", ADMINISTRATION, READS, exchange_text },
    { "GET",  "/admin/serials",    ADMINISTRATION, READS,  serials_preview },
    { "POST", "/admin/serials",    ADMINISTRATION, READS,  serials_preview },
    { "GET",  "/admin/log",        ADMINISTRATION, READS,  audit_list_page },
    { "GET",  "/admin/log.csv",    ADMINISTRATION, READS,  audit_csv },
    { "GET",  "/admin/log.xlsx",   ADMINISTRATION, READS,  audit_xlsx },

    { "GET",  "/admin/parameters",           ADMINISTRATION, READS,   parameters_page },
    { "POST", "/admin/parameters",           ADMINISTRATION, CHANGES, parameters_save },
    { "GET",  "/admin/parameters/test",      ADMINISTRATION, READS,   test_page },
    { "POST", "/admin/parameters/test",      ADMINISTRATION, CHANGES, test_send },
    { "GET",  "/admin/parameters/test/live", ADMINISTRATION, READS,   test_live },
    { "GET",  "/admin/statistics",           ADMINISTRATION, READS,   statistics_page },
    { "GET",  "/admin/statistics.json",      ADMINISTRATION, READS,   statistics_json },
    { "GET",  "/metrics",                    ANYBODY,        READS,   metrics },
};
/* clang-format on */

static const struct program program = {
    .name = "admin",
    .templates = "admin",
    .routes = routes,
    .n_routes = sizeof(routes) / sizeof(routes[0]),
    .before = job_tabs_show,
};

int main(int argc, char **argv)
{
    return web_main(argc, argv, &program);
}
