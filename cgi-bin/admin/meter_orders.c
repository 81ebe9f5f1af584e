/*
 * Orders to those an expression over serial numbers names (GC-177 ... GC-183,
 * GC-192 ... GC-194): one meter at once, several after their number is typed,
 * very many by the worker.
 */
#include "cgi-bin/admin/meters.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/web/serials.h"
#include "cgi-bin/web/table.h"
#include "lib/model/group_card.h"
#include "lib/model/job.h"
#include "lib/units/pressure.h"
#include "lib/units/quantity.h"

#define NOTE_MAX 400 /* octets of an expression in the log */

/* A form that orders, and what was read of it. */
struct mass {
    struct sheet s;
    const char *template_name;
    void (*prepare)(
        struct mass *m); /* what the form shows besides its fields */
    const char *action;  /* of the log */
    struct fleet_order order;
    struct serials named;
};

/* Again, or for the first time. */
static enum err mass_form(struct mass *m)
{
    m->prepare(m);
    return sheet_render(&m->s, m->template_name);
}

static enum err mass_done(struct mass *m, int64_t n)
{
    return sheet_done(&m->s, "Ordered", param_int(m->s.r->arena, n));
}

/* ---- the log ---- */

static const char *expression(struct mass *m)
{
    const char *text = sheet_text(&m->s, "serials");

    if (strlen(text) <= NOTE_MAX)
        return text;
    return arena_printf(m->s.r->arena, "%.*s…", NOTE_MAX, text);
}

static enum err tell(struct mass *m, int64_t n)
{
    struct req *r = m->s.r;
    const char *note = arena_printf(r->arena, "приборы: %s (%" PRId64 "), %s",
                                    expression(m), n, m->order.note);

    return audit_tell(r, m->action, note);
}

/* ---- giving the order ---- */

static enum err order_now(struct mass *m, int64_t n)
{
    struct req *r = m->s.r;
    enum err e = fleet_order(r->db, r->arena, &m->named, &m->order, n);

    if (e == ERR_OK)
        e = tell(m, n);
    if (e == ERR_OK)
        return mass_done(m, n);
    m->prepare(m);
    return sheet_conflict(&m->s, e);
}

/* The worker's file says how many; its progress is seen in the downloads. */
static enum err order_later(struct mass *m, int64_t n)
{
    static const char *const names[] = { "Order.Able" };
    struct req *r = m->s.r;
    const char *const words[] = { word(r, names[0]) };
    const struct document_words told = { names, words, 1 };
    const char *title =
        arena_printf(r->arena, "%s: %s", m->action, expression(m));
    int64_t id;
    enum err e = fleet_order_ask(r->db, r->arena, &m->named, &m->order, &told,
                                 title, &id);

    if (e == ERR_CONFLICT) {
        db_rollback(r->db);
        sheet_notice_text(&m->s, "warn", word(r, "Fleet.ManyJobs"));
        answer_status(r, 409);
        return mass_form(m);
    }
    if (e != ERR_OK || (e = tell(m, n)) != ERR_OK)
        return e;
    return answer_redirect(
        r, arena_printf(r->arena, "/downloads?new=%" PRId64, id));
}

/* ---- the question ---- */

static const struct sheet_field number_field[] = {
    { .name = "number", .kind = SHEET_NUMBER, .required = true, .max = 12 },
};

/* The fields of the form go with the question, to come back with its answer. */
static enum err ask_number(struct mass *m, int64_t named, int64_t able)
{
    struct req *r = m->s.r;
    struct sheet ask = m->s;

    for (size_t i = 0; i < m->s.n; i++)
        sheet_hide(&ask, m->s.fields[i].name, m->s.value[i]);
    ask.fields = number_field;
    ask.n = 1;
    ask.value[0] = "";
    sheet_put(&ask, "number", form_text(r, "number"));
    if (form_has(r, "number") && !number_typed(&ask, able) && ask.wrong == 0)
        sheet_mistake(&ask, "number", "Required");
    sheet_title(&ask, "Confirm", "");
    sheet_fact(&ask, "serials", expression(m));
    sheet_fact(&ask, "What", m->order.note);
    sheet_fact(&ask, "Named", count_text(r->arena, named));
    sheet_fact(&ask, "Able", count_text(r->arena, able));
    if (able < named)
        sheet_notice_text(&ask, "info", word(r, "Fleet.SomeUnable"));
    sheet_notice_text(
        &ask, "warn",
        word(r, able > FLEET_AT_ONCE ? "Fleet.AskLater" : "Fleet.AskNumber"));
    sheet_button(&ask, "danger", "Give");
    return sheet_asks_again(&ask, NULL);
}

static enum err mass_decide(struct mass *m)
{
    struct req *r = m->s.r;
    int64_t named, able;
    enum err e =
        fleet_named(r->db, r->arena, &m->named, m->order.kind, &named, &able);

    if (e != ERR_OK)
        return e;
    if (able == 0) {
        sheet_mistake_text(
            &m->s, "serials",
            word(r, named == 0 ? "Fleet.NoneNamed" : "Fleet.NoneAble"));
        return mass_form(m);
    }
    if (able > 1 &&
        strcmp(form_text(r, "number"), param_int(r->arena, able)) != 0)
        return ask_number(m, named, able);
    return able > FLEET_AT_ONCE ? order_later(m, able) : order_now(m, able);
}

/* Mistakes of the language are told, and nothing is done (GC-200). */
static void serials_check(struct mass *m)
{
    const char *wrong = serials_read(m->s.r, "serials", &m->named);

    if (wrong != NULL)
        sheet_mistake_text(&m->s, "serials", wrong);
}

/* ---- «Установка периода передачи данных» ---- */

static const struct sheet_field period_fields[] = {
    { .name = "serials", .kind = SHEET_SERIALS, .required = true },
    { .name = "period", .kind = SHEET_RADIO, .required = true },
    { .name = "minutes", .kind = SHEET_NUMBER, .max = 5 },
};

/* In the order of the manual; words of the log and of «Примечание». */
static const char *const periods[][2] = {
    { "monthly", "Раз в месяц, 1-го числа, с 00:00 до 06:00" },
    { "twice_monthly", "Два раза в конце каждого месяца, с 00:00 до 06:00" },
    { "weekly", "Раз в неделю, по понедельникам, с 00:00 до 06:00" },
    { "daily", "Каждый день с 00:00 до 01:00" },
    { "every_12h", "Через 12 часов" },
    { "hourly", "Через час" },
    { "minutes", "Период передачи в минутах:" },
};
#define PERIODS (sizeof(periods) / sizeof(periods[0]))

/* What a long-unsigned of the meter holds. */
#define MINUTES_MAX 65535

/* Options of the field period. */
static void period_options(struct mass *m)
{
    struct sheet *s = &m->s;

    for (size_t i = 0; i < PERIODS; i++) {
        const char *key =
            i + 1 < PERIODS
                ? arena_printf(s->r->arena, "Period.%s", periods[i][0])
                : "MeterPeriod.Otherwise";

        sheet_option(s, "period", periods[i][0], word(s->r, key));
    }
}

static struct mass period_mass(struct req *r)
{
    return (struct mass){
        .s = { .r = r,
               .words = "MeterPeriod",
               .fields = period_fields,
               .n = sizeof(period_fields) / sizeof(period_fields[0]),
               .post = METERS_ADDRESS "/period",
               .back = back_to(r, METERS_ADDRESS) },
        .prepare = period_options,
        .action = "Установка периода передачи данных",
        .order = { .kind = "period" },
    };
}

/* One meter is named: what it is set to now is chosen. */
static enum err period_put(struct sheet *s)
{
    struct req *r = s->r;
    struct fleet_meter now;
    int64_t id = 0;
    enum err e =
        meter_by_serial(r->db, r->arena, sheet_text(s, "serials"), &id);

    if (e != ERR_OK || id <= 0)
        return e;
    if ((e = fleet_find(r->db, r->arena, id, &now)) != ERR_OK)
        return e;
    sheet_put(s, "period", now.period);
    if (now.period_minutes.known)
        sheet_put(s, "minutes", param_int(r->arena, now.period_minutes.n));
    return ERR_OK;
}

enum err period_ask(struct req *r)
{
    struct mass m = period_mass(r);
    enum err e;

    sheet_put(&m.s, "serials", form_text(r, "serials"));
    e = period_put(&m.s);
    return e != ERR_OK ? e : mass_form(&m);
}

static void period_read(struct mass *m)
{
    struct arena *a = m->s.r->arena;
    const char *chosen = sheet_text(&m->s, "period");
    size_t at = 0;
    int64_t minutes;

    while (at < PERIODS && strcmp(periods[at][0], chosen) != 0)
        at++;
    if (at == PERIODS) {
        sheet_mistake(&m->s, "period", "Required");
        return;
    }
    m->order.note = periods[at][1];
    m->order.carries = arena_printf(a, "{\"period\":\"%s\"}", chosen);
    if (at + 1 < PERIODS)
        return;
    minutes = sheet_int(&m->s, "minutes", 1, MINUTES_MAX, 0);
    if (minutes == 0)
        sheet_mistake(&m->s, "minutes", "Required");
    m->order.note = arena_printf(a, "%s %" PRId64, periods[at][1], minutes);
    m->order.carries = arena_printf(
        a, "{\"period\":\"minutes\",\"minutes\":%" PRId64 "}", minutes);
}

enum err period_order(struct req *r)
{
    struct mass m = period_mass(r);

    sheet_read(&m.s);
    serials_check(&m);
    period_read(&m);
    return m.s.wrong > 0 ? mass_form(&m) : mass_decide(&m);
}

/* ---- «Установка абсолютного давления газа» ---- */

static const struct sheet_field pressure_fields[] = {
    { .name = "serials", .kind = SHEET_SERIALS, .required = true },
    { .name = "pressure", .kind = SHEET_NUMBER, .required = true, .max = 12 },
};

/* Units.Mmhg .Kpa .Bar .Water .Atm; of a text that is no pressure nothing. */
static void units_show(struct req *r, const char *typed)
{
    struct arena *a = r->arena;
    int64_t pa;

    if (pressure_read(typed, &pa) != PRESSURE_GOOD)
        return;
    view_set(r, "Units.Mmhg", pressure_mmhg_text(a, pa));
    view_set(r, "Units.Kpa", pressure_kpa_text(a, pa));
    view_set(r, "Units.Bar", pressure_bar_text(a, pa));
    view_set(r, "Units.Water", pressure_mmh2o_text(a, pa));
    view_set(r, "Units.Atm", pressure_atm_text(a, pa));
}

enum err pressure_units(struct req *r)
{
    units_show(r, form_text(r, "pressure"));
    return view_render(r, "admin/meter_pressure_part.cst");
}

static void pressure_prepare(struct mass *m)
{
    units_show(m->s.r, sheet_text(&m->s, "pressure"));
    sheet_notice(&m->s, "warn", "Warning");
}

static struct mass pressure_mass(struct req *r)
{
    return (struct mass){
        .s = { .r = r,
               .words = "MeterPressure",
               .fields = pressure_fields,
               .n = sizeof(pressure_fields) / sizeof(pressure_fields[0]),
               .post = METERS_ADDRESS "/pressure",
               .back = back_to(r, METERS_ADDRESS) },
        .template_name = "admin/meter_pressure.cst",
        .prepare = pressure_prepare,
        .action = "Установка абсолютного давления газа",
        .order = { .kind = "pressure" },
    };
}

enum err pressure_ask(struct req *r)
{
    struct mass m = pressure_mass(r);

    sheet_put(&m.s, "serials", form_text(r, "serials"));
    sheet_put(&m.s, "pressure", "760.0");
    return mass_form(&m);
}

static void pressure_check(struct mass *m)
{
    static const char *const words[] = {
        [PRESSURE_NO_NUMBER] = "NoNumber",
        [PRESSURE_DECIMALS] = "Decimals",
        [PRESSURE_BEYOND] = "Beyond",
    };
    struct arena *a = m->s.r->arena;
    const char *typed = sheet_text(&m->s, "pressure");
    int64_t pa = 0;
    enum pressure_fault fault = pressure_read(typed, &pa);

    if (typed[0] == '\0')
        return; /* told already */
    if (fault != PRESSURE_GOOD)
        sheet_mistake(&m->s, "pressure", words[fault]);
    m->order.note = arena_printf(a, "%s мм рт.ст.", pressure_mmhg_text(a, pa));
    m->order.carries = arena_printf(a, "{\"pressure_pa\":%" PRId64 "}", pa);
}

enum err pressure_order(struct req *r)
{
    struct mass m = pressure_mass(r);

    sheet_read(&m.s);
    serials_check(&m);
    pressure_check(&m);
    return m.s.wrong > 0 ? mass_form(&m) : mass_decide(&m);
}
