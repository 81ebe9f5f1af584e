/*
 * Deleting meters (GC-195): one, or the ticked ones after their number is
 * typed. What goes with them is told in numbers first.
 */
#include "cgi-bin/admin/meters.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/admin/directory.h"
#include "cgi-bin/web/table.h"

/* A page of the list has no more. */
#define TICKED_MAX 100

static void loss_show(struct sheet *s, const struct fleet_loss *loss)
{
    struct arena *a = s->r->arena;

    sheet_fact(s, "Sessions", count_text(a, loss->sessions));
    sheet_fact(s, "Archives", count_text(a, loss->archives));
    sheet_fact(s, "Commands", count_text(a, loss->commands));
    if (loss->bound > 0)
        sheet_fact(s, "Bound", count_text(a, loss->bound));
    sheet_deletes(s);
}

/* ---- one ---- */

enum err meter_delete_ask(struct req *r)
{
    struct sheet s = row_sheet(r, "MeterDelete", METERS_ADDRESS, "delete");
    struct fleet_meter m;
    struct fleet_loss loss;
    enum err e;

    if ((e = fleet_find(r->db, r->arena, r->id, &m)) != ERR_OK ||
        (e = fleet_loss(r->db, r->arena, &r->id, 1, &loss)) != ERR_OK)
        return e;
    s.version = m.version;
    meter_facts(&s, &m);
    loss_show(&s, &loss);
    return sheet_render(&s, NULL);
}

enum err meter_delete(struct req *r)
{
    struct sheet s = row_sheet(r, "MeterDelete", METERS_ADDRESS, "delete");
    struct fleet_meter m;
    enum err e;

    sheet_read(&s);
    if ((e = fleet_find(r->db, r->arena, r->id, &m)) != ERR_OK)
        return e;
    e = fleet_delete(r->db, r->arena, &r->id, 1, s.version, r->address);
    return sheet_end(&s, e, "Deleted", m.serial);
}

/* ---- the ticked ones ---- */

static const struct sheet_field number_field[] = {
    { .name = "number", .kind = SHEET_NUMBER, .required = true, .max = 12 },
};

/* Each once; ERR_INVALID when one is no number, or none is ticked. */
static enum err ids_read(struct req *r, int64_t *ids, size_t *n)
{
    const char *text;

    *n = 0;
    for (size_t i = 0; i < TICKED_MAX; i++) {
        int64_t id = 0;

        if ((text = form_nth(r, "ids", i)) == NULL)
            break;
        if (strlen(text) > 18 || strspn(text, "0123456789") != strlen(text) ||
            text[0] == '\0')
            return err_raise(ERR_INVALID, "no id");
        for (const char *p = text; *p != '\0'; p++)
            id = id * 10 + (*p - '0');
        ids[(*n)++] = id;
    }
    return *n > 0 ? ERR_OK : err_raise(ERR_INVALID, "nothing is ticked");
}

static enum err ask(struct sheet *s, const int64_t *ids, size_t n,
                    const struct fleet_loss *loss)
{
    struct arena *a = s->r->arena;

    for (size_t i = 0; i < n; i++)
        sheet_hide(s, "ids", param_int(a, ids[i]));
    sheet_title(s, "DeleteMany", "");
    sheet_fact(s, "Serials", loss->serials);
    sheet_fact(s, "Number", count_text(a, loss->meters));
    loss_show(s, loss);
    return sheet_render(s, NULL);
}

enum err meters_delete(struct req *r)
{
    struct sheet s = { .r = r,
                       .words = "MeterDelete",
                       .fields = number_field,
                       .n = 1,
                       .post = METERS_ADDRESS "/delete",
                       .back = back_to(r, METERS_ADDRESS) };
    struct fleet_loss loss;
    int64_t ids[TICKED_MAX];
    size_t n;
    enum err e;

    if ((e = ids_read(r, ids, &n)) != ERR_OK ||
        (e = fleet_loss(r->db, r->arena, ids, n, &loss)) != ERR_OK)
        return e;
    if (form_has(r, "number"))
        sheet_read(&s);
    if (!number_typed(&s, loss.meters))
        return ask(&s, ids, n, &loss);
    e = fleet_delete(r->db, r->arena, ids, n, NULL, r->address);
    return sheet_end(&s, e, "DeletedMany", param_int(r->arena, loss.meters));
}
