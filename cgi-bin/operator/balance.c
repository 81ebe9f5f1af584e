/* «Балансный отчёт» (GC-110 … GC-115) of a group of meters. */
#include "cgi-bin/operator/documents.h"

#include <string.h>

#include "lib/model/group.h"
#include "lib/units/decimal.h"

#define VOLUME_MAX_DM3 INT64_C(1000000000000000)

static const char *const formats[] = { "pdf", "csv", "xlsx", NULL };

static enum err show(struct mistakes *m, int64_t group)
{
    struct req *r = m->r;
    const char *mode = form_text(r, "mode");
    enum err e = form_groups_show(r, group);

    if (e != ERR_OK)
        return e;
    view_set(r, "Report.Mode", mode[0] ? mode : "use");
    view_set(r, "Report.Volume", form_text(r, "volume"));
    if (!form_has(r, "mode") || form_has(r, "detailed"))
        view_set(r, "Report.Detailed", "1");
    form_last_month(r);
    return form_show(m, "operator/balance.cst");
}

enum err balance_form(struct req *r)
{
    struct mistakes m = { .r = r, .group = "ReportError" };

    return show(&m, 0);
}

/* "1 234,5" or "1234.500" m3 as dm3: at most three decimals, above zero. */
static bool volume_read(const char *text, int64_t *out)
{
    return decimal_read(text, 3, VOLUME_MAX_DM3, out) == DECIMAL_GOOD &&
           *out > 0;
}

static void mode_read(struct mistakes *m, struct document_order *order)
{
    const char *mode = form_text(m->r, "mode");
    const char *volume = form_text(m->r, "volume");

    order->mode = balance_mode_of_code(mode);
    if (strcmp(mode, balance_mode_code(order->mode)) != 0)
        mistake(m, "mode", "mode");
    /* In the other modes the field is not looked at (GC-112). */
    if (order->mode != BALANCE_MANUAL)
        return;
    if (volume[0] == '\0')
        mistake(m, "volume", "needed");
    else if (!volume_read(volume, &order->volume_dm3))
        mistake(m, "volume", "volume");
}

/* ERR_NOT_FOUND for a group that is not his. */
static enum err group_read(struct mistakes *m, struct document_order *order,
                           struct meter_group *group)
{
    struct req *r = m->r;
    enum err e = form_int(r, "group", 1, INT64_MAX, 0, &order->whose.group_id);

    if (e != ERR_OK)
        return e;
    if (order->whose.group_id == 0) {
        mistake(m, "group", "group");
        return ERR_OK;
    }
    e = group_find(r->db, r->arena, order->whose.group_id, group);
    if (e != ERR_OK || strcmp(form_text(r, "mode"), "use") != 0)
        return e;
    if (!group->has_balance)
        mistake(m, "mode", "nobalance");
    else if (group->balance_id == 0)
        mistake(m, "mode", "unseen");
    return ERR_OK;
}

enum err balance_ask(struct req *r)
{
    struct mistakes m = { .r = r, .group = "ReportError" };
    struct document_order order = { .kind = DOCUMENT_BALANCE, .charset = NULL };
    struct meter_group group = { .seen = 0 };
    struct document made;
    bool many = false;
    enum err e = group_read(&m, &order, &group);

    if (e != ERR_OK)
        return e;
    form_days(&m, &order);
    mode_read(&m, &order);
    form_format(&m, &order, formats);
    order.detailed = form_has(r, "detailed");
    if ((e = too_many_jobs(r, &many)) != ERR_OK)
        return e;
    if (many)
        mistake(&m, "group", "busy");
    if (m.n > 0)
        return show(&m, order.whose.group_id);
    return group.seen <= AT_ONCE_METERS
               ? document_now(r, &order, group.name, &made)
               : document_later(r, &order, group.name);
}
