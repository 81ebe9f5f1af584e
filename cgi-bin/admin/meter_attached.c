/*
 * «Настройка подключенного счетчика» (GC-187 ... GC-190): what hangs on a
 * device. What is said of a type, and which boxes it leaves free, changes with
 * the choice of it.
 */
#include "cgi-bin/admin/meters.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cgi-bin/admin/directory.h"
#include "lib/model/attached.h"
#include "lib/units/quantity.h"

static const struct sheet_field fields[] = {
    { .name = "serial", .required = true, .max = 32 },
    { .name = "type", .kind = SHEET_SELECT, .required = true },
    { .name = "temperature", .kind = SHEET_CHECK },
    { .name = "pressure", .kind = SHEET_CHECK },
    { .name = "tamper", .kind = SHEET_CHECK },
};
#define FIELDS (sizeof(fields) / sizeof(fields[0]))
/* The boxes stand below what is said of the type. */
#define FIELDS_ABOVE 2

struct types {
    const struct attached_type *at;
    size_t n;
};

static const struct attached_type *type_of(const struct types *types,
                                           const char *id)
{
    for (size_t i = 0; i < types->n; i++) {
        char text[24];

        snprintf(text, sizeof(text), "%" PRId64, types->at[i].id);
        if (strcmp(text, id) == 0)
            return &types->at[i];
    }
    return NULL;
}

/* ---- what is said of a type ---- */

static void box_show(struct req *r, size_t i, const char *name, bool on,
                     bool fixed, const char *why)
{
    static const char list[] = "Attached.Boxes";

    view_set_at(r, list, i, "Name", name);
    view_set_at(r, list, i, "Word",
                word(r, arena_printf(r->arena, "MeterAttached.%s", name)));
    if (on)
        view_set_at(r, list, i, "On", "1");
    if (fixed)
        view_set_at(r, list, i, "Why", word(r, why));
}

/* The way of connection, with the weight of a pulse where there is one. */
static const char *connection_text(struct req *r, const struct attached_type *t)
{
    const char *way =
        word(r, arena_printf(r->arena, "MeterAttached.by_%s", t->connection));

    if (!t->pulse_dm3.known)
        return way;
    return arena_printf(r->arena, "%s, %s %s %s", way,
                        word(r, "MeterAttached.Weight"),
                        volume_m3_text(r->arena, t->pulse_dm3.n),
                        word(r, "MeterAttached.WeightUnit"));
}

/*
 * Attached.Type .Manufacturer .Connection .Tamper; Attached.Boxes.N .Name
 * .Word .On .Why (it cannot be changed)
 */
static void type_show(struct req *r, const struct attached_type *t,
                      const struct attached *it)
{
    if (t != NULL) {
        view_set(r, "Attached.Type", t->name);
        view_set(r, "Attached.Manufacturer", t->manufacturer);
        view_set(r, "Attached.Connection", connection_text(r, t));
        view_set(r, "Attached.Tamper",
                 word(r, t->detects_tamper ? "MeterAttached.Detects"
                                           : "MeterAttached.NotDetects"));
    }
    box_show(r, 0, "temperature",
             it->corrects_temperature || (t && t->corrects_temperature),
             t && t->corrects_temperature, "MeterAttached.BuiltIn");
    box_show(r, 1, "pressure",
             it->corrects_pressure || (t && t->corrects_pressure),
             t && t->corrects_pressure, "MeterAttached.BuiltIn");
    box_show(r, 2, "tamper",
             it->detects_tamper && (t == NULL || t->detects_tamper),
             t && !t->detects_tamper, "MeterAttached.NotDetects");
}

enum err attached_about(struct req *r)
{
    const struct attached it = {
        .corrects_temperature = form_has(r, "temperature"),
        .corrects_pressure = form_has(r, "pressure"),
        .detects_tamper = form_has(r, "tamper"),
    };
    struct types types;
    enum err e = attached_types(r->db, r->arena, &types.at, &types.n);

    if (e != ERR_OK)
        return e;
    type_show(r, type_of(&types, form_text(r, "type")), &it);
    return view_render(r, "admin/meter_attached_part.cst");
}

/* ---- the form ---- */

static struct sheet sheet_of(struct req *r)
{
    struct sheet s = row_sheet(r, "MeterAttached", METERS_ADDRESS, "attached");

    s.fields = fields;
    s.n = FIELDS;
    return s;
}

static enum err form_show(struct sheet *s, const struct fleet_meter *m,
                          const struct types *types, const struct attached *it)
{
    struct req *r = s->r;

    meter_facts(s, m);
    s->n = FIELDS_ABOVE;
    sheet_option(s, "type", "", word(r, "MeterAttached.Choose"));
    for (size_t i = 0; i < types->n; i++)
        sheet_option(s, "type", param_int(r->arena, types->at[i].id),
                     types->at[i].name);
    type_show(r, type_of(types, sheet_text(s, "type")), it);
    if (m->attached.is)
        view_set(r, "Attached.Is", "1");
    return sheet_render(s, "admin/meter_attached.cst");
}

enum err attached_ask(struct req *r)
{
    struct sheet s = sheet_of(r);
    struct types types;
    struct fleet_meter m;
    enum err e;

    if ((e = fleet_find(r->db, r->arena, r->id, &m)) != ERR_OK ||
        (e = attached_types(r->db, r->arena, &types.at, &types.n)) != ERR_OK)
        return e;
    if (!m.has_external)
        return sheet_unable(&s);
    s.version = param_int(r->arena, m.attached.version);
    sheet_put(&s, "serial", m.attached.serial);
    if (m.attached.is)
        sheet_put(&s, "type", param_int(r->arena, m.attached.type_id));
    return form_show(&s, &m, &types, &m.attached);
}

/* ---- saving ---- */

/* A number that fits; the database compares it with its own. */
static int64_t version_of(const char *text)
{
    int64_t n = 0;

    for (size_t i = 0; i < 9 && text[i] >= '0' && text[i] <= '9'; i++)
        n = n * 10 + (text[i] - '0');
    return n;
}

static enum err check(struct sheet *s, const struct attached_type *t,
                      const struct attached *it)
{
    const char *by = "";
    enum err e = ERR_OK;

    if (strpbrk(it->serial, " \t\n") != NULL)
        sheet_mistake(s, "serial", "Spaces");
    if (t == NULL)
        sheet_mistake(s, "type", "Required");
    else if (it->detects_tamper && !t->detects_tamper)
        sheet_mistake(s, "tamper", "NotDetects");
    if (s->wrong == 0)
        e = attached_taken(s->r->db, s->r->arena, s->r->id, it, &by);
    if (by[0] != '\0')
        sheet_mistake_text(s, "serial",
                           arena_printf(s->r->arena, "%s %s",
                                        word(s->r, "MeterAttached.Taken"), by));
    return e;
}

/* The row has changed since, or its number was given while we looked. */
static enum err refused(struct sheet *s, enum err e)
{
    s->n = 0;
    return sheet_conflict(s, e);
}

static enum err forget(struct sheet *s, const struct fleet_meter *m)
{
    struct req *r = s->r;
    enum err e = attached_drop(r->db, r->arena, r->id, version_of(s->version),
                               r->address);

    return e != ERR_OK ? refused(s, e) : sheet_done(s, "Dropped", m->serial);
}

enum err attached_save(struct req *r)
{
    struct sheet s = sheet_of(r);
    const struct attached_type *t;
    struct attached it;
    struct types types;
    struct fleet_meter m;
    enum err e;

    if ((e = fleet_find(r->db, r->arena, r->id, &m)) != ERR_OK ||
        (e = attached_types(r->db, r->arena, &types.at, &types.n)) != ERR_OK)
        return e;
    if (!m.has_external)
        return sheet_unable(&s);
    if (form_has(r, "forget")) {
        s.version = form_text(r, "version");
        return forget(&s, &m);
    }
    sheet_read(&s);
    t = type_of(&types, sheet_text(&s, "type"));
    it = (struct attached){
        .version = version_of(s.version),
        .type_id = t != NULL ? t->id : 0,
        .serial = sheet_text(&s, "serial"),
        .corrects_temperature = sheet_on(&s, "temperature"),
        .corrects_pressure = sheet_on(&s, "pressure"),
        .detects_tamper = sheet_on(&s, "tamper"),
    };
    if ((e = check(&s, t, &it)) != ERR_OK)
        return e;
    if (s.wrong > 0)
        return form_show(&s, &m, &types, &it);
    e = attached_put(r->db, r->arena, r->id, &it, r->address);
    return e != ERR_OK ? refused(&s, e) : sheet_done(&s, "Saved", m.serial);
}
