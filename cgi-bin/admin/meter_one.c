/*
 * Orders to the selected meter: another password of its short-range radio
 * (GC-184), the reading of its mechanical counter (GC-185, GC-186); and
 * commands taken back.
 */
#include "cgi-bin/admin/meters.h"

#include <inttypes.h>
#include <openssl/rand.h>
#include <string.h>

#include "cgi-bin/admin/directory.h"
#include "lib/units/decimal.h"
#include "lib/units/quantity.h"

/* The line of the log is «прибор №17», or with what was ordered behind it. */
static enum err order_one(struct sheet *s, const struct fleet_meter *m,
                          const struct fleet_order *o, struct bytes sealed,
                          const char *action)
{
    struct req *r = s->r;
    const char *note = arena_printf(r->arena, "прибор №%s%s%s", m->serial,
                                    o->note[0] != '\0' ? ", " : "", o->note);
    enum err e = fleet_order_one(r->db, r->arena, m->id, o, sealed);

    if (e == ERR_OK)
        e = audit_tell(r, action, note);
    return e != ERR_OK ? e : sheet_done(s, "Ordered", m->serial);
}

/* ---- «Смена пароля» ---- */

#define PASSWORD_DIGITS 8

/*
 * As meters have them from the factory: people read it and type it at the
 * meter. Each digit is as likely as any other.
 */
static enum err password_make(struct arena *a, const char **out)
{
    char *text = arena_alloc(a, PASSWORD_DIGITS + 1);
    unsigned char octet;

    for (size_t i = 0; i < PASSWORD_DIGITS;) {
        if (RAND_bytes(&octet, 1) != 1)
            return err_raise(ERR_IO, "no random numbers");
        if (octet < 250)
            text[i++] = (char)('0' + octet % 10);
    }
    text[PASSWORD_DIGITS] = '\0';
    *out = text;
    return ERR_OK;
}

enum err password_ask(struct req *r)
{
    struct sheet s = row_sheet(r, "MeterPassword", METERS_ADDRESS, "password");
    struct fleet_meter m;
    enum err e = fleet_find(r->db, r->arena, r->id, &m);

    if (e != ERR_OK)
        return e;
    meter_facts(&s, &m);
    if (!m.has_radio)
        return sheet_unable(&s);
    sheet_notice(&s, "info", "About");
    sheet_button(&s, "primary", "Change");
    return sheet_render(&s, NULL);
}

static enum err password_seal(struct req *r, struct bytes *sealed)
{
    const char *password = "", *line;
    enum err e = password_make(r->arena, &password);

    if (e != ERR_OK)
        return e;
    line = arena_printf(r->arena, "radio=%s\n", password);
    return secret_seal(r, arena_printf(r->arena, "command:%" PRId64, r->id),
                       (struct bytes){ (const uint8_t *)line, strlen(line) },
                       sealed);
}

enum err password_order(struct req *r)
{
    const struct fleet_order order = { "radio_password", "{}", "" };
    struct sheet s = row_sheet(r, "MeterPassword", METERS_ADDRESS, "password");
    struct bytes sealed;
    struct fleet_meter m;
    enum err e;

    if ((e = fleet_find(r->db, r->arena, r->id, &m)) != ERR_OK)
        return e;
    if (!m.has_radio)
        return sheet_unable(&s);
    if ((e = password_seal(r, &sealed)) != ERR_OK)
        return e;
    return order_one(&s, &m, &order, sealed, "Смена пароля");
}

/* ---- «Синхронизация показаний» ---- */

/* Nine digits before the point: no counter of a house has more. */
#define VOLUME_MAX_DM3 INT64_C(999999999999)

static const struct sheet_field sync_fields[] = {
    { .name = "volume", .kind = SHEET_NUMBER, .required = true, .max = 20 },
};

static struct sheet sync_sheet(struct req *r)
{
    struct sheet s = row_sheet(r, "MeterSync", METERS_ADDRESS, "sync");

    s.fields = sync_fields;
    s.n = 1;
    return s;
}

static void sync_facts(struct sheet *s, const struct fleet_meter *m)
{
    meter_facts(s, m);
    if (m->volume_dm3.known)
        sheet_fact(s, "Shown", volume_m3_text(s->r->arena, m->volume_dm3.n));
}

enum err sync_ask(struct req *r)
{
    struct sheet s = sync_sheet(r);
    struct fleet_meter m;
    enum err e = fleet_find(r->db, r->arena, r->id, &m);

    if (e != ERR_OK)
        return e;
    sync_facts(&s, &m);
    return m.has_counter ? sheet_render(&s, "admin/meter_sync.cst")
                         : sheet_unable(&s);
}

static int64_t volume_read(struct sheet *s)
{
    static const char *const words[] = {
        [DECIMAL_NO_NUMBER] = "NoNumber",
        [DECIMAL_MANY_DECIMALS] = "Decimals",
        [DECIMAL_TOO_LARGE] = "TooLarge",
    };
    int64_t volume = 0;
    enum decimal_fault fault =
        decimal_read(sheet_text(s, "volume"), 3, VOLUME_MAX_DM3, &volume);

    if (s->wrong == 0 && fault != DECIMAL_GOOD)
        sheet_mistake(s, "volume", words[fault]);
    return volume;
}

/* Once more, with both readings and what lies between them. */
static enum err sync_confirm(struct sheet *s, const struct fleet_meter *m,
                             int64_t volume)
{
    struct arena *a = s->r->arena;
    struct sheet ask = *s;

    sheet_hide(&ask, "volume", sheet_text(s, "volume"));
    sheet_hide(&ask, "sure", "1");
    ask.n = 0;
    sheet_title(&ask, "Confirm", "");
    sync_facts(&ask, m);
    sheet_fact(&ask, "Becomes", volume_m3_text(a, volume));
    if (m->volume_dm3.known)
        sheet_fact(&ask, "Jump", volume_m3_text(a, volume - m->volume_dm3.n));
    sheet_notice(&ask, "warn", "ConfirmText");
    sheet_button(&ask, "danger", "Give");
    return sheet_asks_again(&ask, NULL);
}

enum err sync_order(struct req *r)
{
    struct sheet s = sync_sheet(r);
    struct fleet_order order = { .kind = "sync_reading" };
    struct fleet_meter m;
    int64_t volume;
    enum err e = fleet_find(r->db, r->arena, r->id, &m);

    if (e != ERR_OK)
        return e;
    if (!m.has_counter)
        return sheet_unable(&s);
    sheet_read(&s);
    volume = volume_read(&s);
    if (s.wrong > 0) {
        sync_facts(&s, &m);
        return sheet_render(&s, "admin/meter_sync.cst");
    }
    if (!form_has(r, "sure"))
        return sync_confirm(&s, &m, volume);
    order.carries =
        arena_printf(r->arena, "{\"volume_dm3\":%" PRId64 "}", volume);
    order.note =
        arena_printf(r->arena, "%s м³", volume_m3_text(r->arena, volume));
    return order_one(&s, &m, &order, (struct bytes){ NULL, 0 },
                     "Синхронизация показаний");
}

/* ---- commands taken back ---- */

static struct sheet cancel_sheet(struct req *r)
{
    struct sheet s = row_sheet(r, "MeterCancel", "/admin/commands", "cancel");

    s.back = back_to(r, METERS_ADDRESS);
    return s;
}

static enum err cancel_show(struct sheet *s, const struct fleet_command *c)
{
    struct req *r = s->r;

    sheet_fact(s, "Serial", c->serial);
    sheet_fact(s, "Command",
               word(r, arena_printf(r->arena, "FleetKind.%s", c->kind)));
    if (c->note[0] != '\0')
        sheet_fact(s, "Note", c->note);
    sheet_fact(s, "At", moment_text(r->arena, c->submitted_at));
    sheet_fact(s, "Login", c->operator_login);
    if (!fleet_command_waits(c)) {
        sheet_notice(s, "warn", "TooLate");
        sheet_shut(s);
        answer_status(r, 409);
    }
    sheet_button(s, "danger", "Give");
    return sheet_render(s, NULL);
}

enum err take_back_ask(struct req *r)
{
    struct sheet s = cancel_sheet(r);
    struct fleet_command c;
    enum err e = fleet_command_find(r->db, r->arena, r->id, &c);

    return e != ERR_OK ? e : cancel_show(&s, &c);
}

enum err take_back(struct req *r)
{
    struct sheet s = cancel_sheet(r);
    struct fleet_command c;
    enum err e;

    if ((e = fleet_command_find(r->db, r->arena, r->id, &c)) != ERR_OK)
        return e;
    if (!fleet_command_waits(&c))
        return cancel_show(&s, &c);
    e = fleet_command_take_back(r->db, r->arena, r->id, r->address);
    return sheet_end(&s, e, "Done", c.serial);
}
