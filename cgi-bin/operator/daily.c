/*
 * «Посуточный отчёт» (GC-104 … GC-109): of the selected meter, of a group or
 * of all meters that the operator sees.
 */
#include "cgi-bin/operator/documents.h"

#include <inttypes.h>
#include <string.h>

#include "lib/model/group.h"
#include "lib/model/meter.h"

static const char *const formats[] = { "pdf", "csv", "dbf", "xlsx", NULL };

/* The meter of the form, when it is about one. */
static enum err meter_read(struct req *r, struct document_order *order,
                           const char **serial)
{
    struct meter_card card;
    enum err e = form_int(r, "meter", 1, INT64_MAX, 0, &order->whose.meter_id);

    *serial = "";
    if (e != ERR_OK || order->whose.meter_id == 0)
        return e;
    e = meter_find(r->db, r->arena, order->whose.meter_id, &card);
    if (e != ERR_OK)
        return e;
    *serial = card.serial;
    view_set(r, "Report.Meter", param_int(r->arena, card.id));
    view_set(r, "Report.Serial", card.serial);
    view_set(r, "Report.Subscriber", card.full_name);
    return ERR_OK;
}

/* Whom it is about: for the title; ERR_NOT_FOUND for a group not his. */
static enum err group_read(struct req *r, struct document_order *order,
                           const char **name)
{
    struct meter_group group;
    enum err e = form_int(r, "group", 1, INT64_MAX, 0, &order->whose.group_id);

    *name = word(r, "Doc.AllMeters");
    if (e != ERR_OK || order->whose.group_id == 0)
        return e;
    e = group_find(r->db, r->arena, order->whose.group_id, &group);
    if (e == ERR_OK)
        *name = group.name;
    return e;
}

static enum err whose_read(struct req *r, struct document_order *order,
                           const char **what)
{
    enum err e = meter_read(r, order, what);

    if (e != ERR_OK || order->whose.meter_id != 0)
        return e;
    return group_read(r, order, what);
}

static enum err show(struct mistakes *m, const struct document_order *order)
{
    struct req *r = m->r;
    const char *charset = form_text(r, "charset");

    if (order->whose.meter_id == 0) {
        enum err e = form_groups_show(r, order->whose.group_id);

        if (e != ERR_OK)
            return e;
    }
    view_set(r, "Report.Charset", charset[0] ? charset : "cp866");
    form_this_month(r);
    return form_show(m, "operator/daily.cst");
}

enum err daily_form(struct req *r)
{
    struct mistakes m = { .r = r, .group = "ReportError" };
    struct document_order order = { .kind = DOCUMENT_DAILY };
    const char *what;
    enum err e = whose_read(r, &order, &what);

    return e == ERR_OK ? show(&m, &order) : e;
}

/* A period longer than a month is for DBF, which has a row for a meter. */
static void check_length(struct mistakes *m, const struct document_order *order)
{
    if (m->n == 0 && strcmp(order->format, "dbf") != 0 &&
        day_count(order->days.from, order->days.to) > DAILY_DAYS_MAX)
        mistake(m, "to", "long");
}

static enum err make(struct req *r, const struct document_order *order,
                     const char *what)
{
    struct document made;
    bool many;
    enum err e =
        daily_is_many(r->db, r->arena, order->whose, AT_ONCE_METERS, &many);

    if (e != ERR_OK)
        return e;
    return many ? document_later(r, order, what)
                : document_now(r, order, what, &made);
}

enum err daily_ask(struct req *r)
{
    struct mistakes m = { .r = r, .group = "ReportError" };
    struct document_order order = { .kind = DOCUMENT_DAILY };
    const char *what;
    bool many = false;
    enum err e = whose_read(r, &order, &what);

    if (e != ERR_OK)
        return e;
    order.charset =
        strcmp(form_text(r, "charset"), "cp1251") == 0 ? "cp1251" : "cp866";
    form_days(&m, &order);
    form_format(&m, &order, formats);
    check_length(&m, &order);
    if ((e = too_many_jobs(r, &many)) != ERR_OK)
        return e;
    if (many && order.whose.meter_id == 0)
        mistake(&m, "group", "busy");
    return m.n > 0 ? show(&m, &order) : make(r, &order, what);
}
