/*
 * What is said of one meter: the information of an unfolded row (GC-076), the
 * selected meter with its buttons.
 */
#include "cgi-bin/operator/meters.h"

#include <inttypes.h>
#include <string.h>

#include "lib/model/register.h"
#include "lib/units/grouped.h"
#include "lib/units/quantity.h"

/* ---- an unfolded row ---- */

/* 0 empty ... 4 full; by the voltage of a lithium cell when that is all. */
static const char *charge_level(const struct meter_card *c)
{
    static const char *const levels[] = { "0", "1", "2", "3", "4" };
    int64_t permille = c->battery_permille.n;

    if (!c->battery_permille.known)
        return levels[c->battery_mv.n >= 3500   ? 4
                      : c->battery_mv.n >= 3300 ? 2
                                                : 0];
    return levels[permille < 100   ? 0
                  : permille < 300 ? 1
                  : permille < 600 ? 2
                  : permille < 850 ? 3
                                   : 4];
}

static void info_put(struct window *w, size_t row, const char *field,
                     const char *value)
{
    window_put(w, "Meters.Rows", row,
               arena_printf(w->r->arena, "Info.%s", field), value);
}

static void measured_show(struct window *w, size_t row,
                          const struct meter_card *c)
{
    struct arena *a = w->r->arena;

    if (c->temperature_mk.known)
        info_put(
            w, row, "Temperature",
            arena_printf(a, "%s °C", temperature_cell(a, c->temperature_mk)));
    if (c->signal_percent.known)
        info_put(w, row, "Signal", param_int(a, c->signal_percent.n));
    info_put(w, row, "MobileOperator", c->mobile_operator);
    info_put(w, row, "BatteryVolts", battery_cell(a, c->battery_mv));
    if (c->battery_permille.known)
        info_put(w, row, "Charge", decimal_text(a, c->battery_permille.n, -1));
    if (c->battery_mv.known || c->battery_permille.known)
        info_put(w, row, "ChargeLevel", charge_level(c));
}

static void info_show(struct window *w, size_t row, const struct meter_card *c)
{
    struct arena *a = w->r->arena;

    info_put(w, row, "Address", c->address);
    info_put(w, row, "Subscriber", c->full_name);
    info_put(w, row, "Tariff", c->tariff);
    info_put(w, row, "Price", money_cell(a, c->price_kopecks_per_1000_m3));
    info_put(w, row, "Model", c->model);
    info_put(w, row, "Firmware", c->firmware);
    measured_show(w, row, c);
    info_put(w, row, "Period", c->period);
    if (c->period_minutes.known)
        info_put(w, row, "PeriodMinutes", param_int(a, c->period_minutes.n));
    info_put(w, row, "Note", c->note);
    if (strcmp(c->medium, "electricity") == 0)
        info_put(w, row, "Electric", "1");
}

/* "Потребление активной энергии, тариф 2"; "" when nobody named it. */
static const char *register_name(struct req *r, const char *logical_name)
{
    int tariff;
    const char *code = register_code(logical_name, &tariff);
    const char *name;

    if (code[0] == '\0')
        return "";
    name = word(r, arena_printf(r->arena, "Register.%s", code));
    if (tariff == 0)
        return name;
    return arena_printf(r->arena, "%s, %s %d", name, word(r, "Register.tariff"),
                        tariff);
}

/* "1.0.1.8.0.255" as people write it, 1-0:1.8.0; all of it when F is used. */
static char *obis_text(struct arena *a, const char *logical_name)
{
    char *text = arena_strdup(a, logical_name), *dot = strchr(text, '.');
    size_t len = strlen(text);

    if (dot == NULL)
        return text;
    *dot = '-';
    if ((dot = strchr(dot, '.')) != NULL)
        *dot = ':';
    if (len > 4 && strcmp(text + len - 4, ".255") == 0)
        text[len - 4] = '\0';
    return text;
}

static void register_show(struct window *w, size_t row, size_t no,
                          const struct meter_register *g)
{
    struct arena *a = w->r->arena;
    const char *list = arena_printf(a, "Meters.Rows.%zu.Info.Registers", row);

    window_put(w, list, no, "Name", register_name(w->r, g->logical_name));
    window_put(w, list, no, "Obis", obis_text(a, g->logical_name));
    window_put(w, list, no, "Value",
               g->value.known
                   ? grouped_text(a, decimal_text(a, g->value.n, g->scaler))
                   : g->text);
    window_put(w, list, no, "Unit", unit_name(g->unit));
    window_put_moment(w, list, no, "At", g->at);
}

/* ---- the selected meter ---- */

const char *valve_why(const struct req *r, const struct meter_card *card,
                      enum command_kind kind)
{
    if ((r->who.role & VALVE_COMMAND) == 0)
        return "rights";
    if (!card->has_valve)
        return "novalve";
    if (kind == VALVE_CLOSE && card->close_banned)
        return "banned";
    if (card->waiting != kind)
        return "";
    return strcmp(card->waiting_state, "delivered") == 0 ? "allowed" : "queued";
}

/* name: "Selected.OpenValve" */
static void button_show(struct window *w, const char *name,
                        const struct meter_card *c, enum command_kind kind)
{
    struct arena *a = w->r->arena;
    const char *why = valve_why(w->r, c, kind);

    if (why[0] != '\0') {
        window_set(w, arena_printf(a, "%s.Why", name), why);
        return;
    }
    window_set(
        w, arena_printf(a, "%s.Href", name),
        arena_printf(a, "/meters/%" PRId64 "/valve?action=%s&back=%s", c->id,
                     command_code(kind),
                     url_encode(a, state_address(a, "/meters", &w->at))));
}

/* The toast after a command, as long as the command is still the last one. */
static void done_show(struct window *w, const struct meter_card *c)
{
    enum command_kind kind = command_of_code(form_text(w->r, "done"));
    struct arena *a = w->r->arena;

    if (kind == COMMAND_NONE || kind != c->waiting)
        return;
    view_set(w->r, "Done.Kind", command_code(kind));
    view_set(w->r, "Done.Serial", c->serial);
    view_set(w->r, "Done.UndoHref",
             arena_printf(a, "/meters/%" PRId64 "/valve?action=%s&back=%s",
                          c->id, kind == VALVE_CLOSE ? "open" : "close",
                          url_encode(a, state_address(a, "/meters", &w->at))));
}

/* Pages of their own, which lead back to this very window. */
static void pages_show(struct window *w, const struct meter_card *c)
{
    struct arena *a = w->r->arena;
    const char *back = url_encode(a, state_address(a, "/meters", &w->at));

    view_set(w->r, "Selected.Chart",
             arena_printf(a, "/meters/%" PRId64 "/chart?back=%s", c->id, back));
    view_set(w->r, "Selected.Map",
             arena_printf(a, "/meters/%" PRId64 "/map?back=%s", c->id, back));
}

static void selected_show(struct window *w, const struct meter_card *c)
{
    struct meters_state none = w->at;

    none.meter = 0;
    window_set(w, "Selected.Id", param_int(w->r->arena, c->id));
    window_set(w, "Selected.Serial", c->serial);
    window_set(w, "Selected.Account", c->account);
    window_set(w, "Selected.Address", c->address);
    view_set(w->r, "Selected.Close",
             state_address(w->r->arena, "/meters", &none));
    button_show(w, "Selected.OpenValve", c, VALVE_OPEN);
    button_show(w, "Selected.CloseValve", c, VALVE_CLOSE);
    desk_buttons_show(w, c);
    pages_show(w, c);
    done_show(w, c);
}

/* ---- all of it ---- */

/* The selected meter and the unfolded rows of this page, each once. */
static size_t ids_wanted(const struct window *w, const struct meter_list *list,
                         int64_t *ids)
{
    size_t n = 0;

    if (w->at.meter != 0)
        ids[n++] = w->at.meter;
    for (size_t i = 0; i < list->n && n <= OPEN_MAX_ROWS; i++) {
        if (list->rows[i].id != w->at.meter &&
            state_is_open(&w->at, list->rows[i].id))
            ids[n++] = list->rows[i].id;
    }
    return n;
}

static const struct meter_card *card_of(const struct meter_card *cards,
                                        size_t n, int64_t id)
{
    for (size_t i = 0; i < n; i++) {
        if (cards[i].id == id)
            return &cards[i];
    }
    return NULL;
}

static void rows_info_show(struct window *w, const struct meter_list *list,
                           const struct meter_card *cards, size_t n,
                           const struct register_list *registers)
{
    for (size_t row = 0; row < list->n; row++) {
        int64_t id = list->rows[row].id;
        const struct meter_card *card = card_of(cards, n, id);
        size_t no = 0;

        if (card == NULL || !state_is_open(&w->at, id))
            continue;
        info_show(w, row, card);
        for (size_t i = 0; i < registers->n; i++) {
            if (registers->rows[i].meter_id == id)
                register_show(w, row, no++, &registers->rows[i]);
        }
    }
}

enum err panel_show(struct window *w, const struct meter_list *list)
{
    struct db *db = w->r->db;
    struct arena *a = w->r->arena;
    struct register_list registers = { .n = 0 };
    const struct meter_card *cards, *selected;
    int64_t ids[OPEN_MAX_ROWS + 1];
    size_t n = ids_wanted(w, list, ids), found;
    enum err e;

    if (n == 0)
        return ERR_OK;
    if ((e = meter_cards(db, a, ids, n, &cards, &found)) != ERR_OK ||
        (w->at.n_open > 0 &&
         (e = register_list(db, a, ids, n, &registers)) != ERR_OK))
        return e;
    rows_info_show(w, list, cards, found, &registers);
    if (w->at.meter == 0)
        return ERR_OK;
    if ((selected = card_of(cards, found, w->at.meter)) == NULL)
        return err_raise(ERR_NOT_FOUND, "no meter=%" PRId64, w->at.meter);
    selected_show(w, selected);
    return tabs_show(w, selected->has_events);
}
