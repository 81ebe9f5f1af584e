/* The list of meters, and the commands of the selected one. */
#include "cgi-bin/admin/meters.h"

#include <inttypes.h>
#include <string.h>

#include "cgi-bin/admin/directory.h"
#include "cgi-bin/admin/exchange.h"
#include "cgi-bin/web/serials.h"
#include "cgi-bin/web/table.h"
#include "lib/units/quantity.h"

/* As fleet_page.sql has them. */
enum { SERIAL, TYPE, VERSION, REGISTERED, LAST, PRESSURE, PERIOD };
#define FIELD_MINUTES 10 /* behind the columns */

static const struct listing_column columns[] = {
    [SERIAL] = { .name = "serial",
                 .kind = CELL_CODE,
                 .sorts = true,
                 .width = 28 },
    [TYPE] = { .name = "type", .sorts = true, .width = 28 },
    [VERSION] = { .name = "version",
                  .kind = CELL_CODE,
                  .sorts = true,
                  .width = 10 },
    [REGISTERED] = { .name = "registered",
                     .kind = CELL_MOMENT,
                     .sorts = true,
                     .width = 20 },
    [LAST] = { .name = "last",
               .kind = CELL_MOMENT,
               .sorts = true,
               .width = 20 },
    [PRESSURE] = { .name = "pressure",
                   .kind = CELL_NUMBER,
                   .sorts = true,
                   .width = 12 },
    [PERIOD] = { .name = "period", .sorts = true, .width = 44 },
    { .name = "branch", .sorts = true, .width = 20 },
    { .name = "address", .kind = CELL_FLAG, .sorts = true, .width = 12 },
};

/* "Раз в месяц ...", "Период передачи в минутах: 15". */
static const char *period_words(struct req *r, const char *period,
                                int64_t minutes)
{
    const char *text = word(r, arena_printf(r->arena, "Period.%s", period));

    if (strcmp(period, "minutes") != 0)
        return text;
    return arena_printf(r->arena, "%s %" PRId64, text, minutes);
}

static const char *cell(struct req *r, struct arena *a, const struct rows *rows,
                        size_t row, size_t column)
{
    int field = (int)column + 1;

    (void)a;
    if (column != PERIOD)
        return NULL;
    return period_words(r, row_text(rows, row, field),
                        row_int(rows, row, FIELD_MINUTES));
}

static const struct listing listing = {
    .root = "List",
    .words = "Fleet",
    .address = METERS_ADDRESS,
    .sort = "serial",
    .statement = { Q_FLEET_PAGE, Q_FLEET_COUNT },
    .columns = columns,
    .n_columns = sizeof(columns) / sizeof(columns[0]),
    .bulk = true,
    .picks = true,
    .cell = cell,
};

/* ---- the commands ---- */

static const struct listing_column command_columns[] = {
    { .name = "at", .kind = CELL_MOMENT, .sorts = true },
    { .name = "kind", .kind = CELL_WORD, .sorts = true, .group = "FleetKind" },
    { .name = "note", .sorts = true },
    { .name = "state", .sorts = true },
    { .name = "done", .kind = CELL_MOMENT, .sorts = true },
    { .name = "login", .kind = CELL_CODE, .sorts = true },
};
enum { NOTE = 2, STATE };
enum {
    FIELD_PERIOD = 7,
    FIELD_PERIOD_MINUTES,
    FIELD_PASCALS,
    FIELD_VOLUME,
    FIELD_REFUSAL,
};

/* «Прибор отказал: hardware-fault» */
static const char *state_cell(struct req *r, struct arena *a,
                              const struct rows *rows, size_t row)
{
    const char *refusal = row_text(rows, row, FIELD_REFUSAL);
    const char *state = word(
        r, arena_printf(a, "FleetState.%s", row_text(rows, row, STATE + 1)));

    return refusal[0] != '\0' ? arena_printf(a, "%s: %s", state, refusal)
                              : state;
}

/* What a command carries, in the reader's words. */
static const char *command_cell(struct req *r, struct arena *a,
                                const struct rows *rows, size_t row,
                                size_t column)
{
    if (column == STATE)
        return state_cell(r, a, rows, row);
    if (column != NOTE)
        return NULL;
    if (!row_null(rows, row, FIELD_PERIOD))
        return period_words(r, row_text(rows, row, FIELD_PERIOD),
                            row_int(rows, row, FIELD_PERIOD_MINUTES));
    if (!row_null(rows, row, FIELD_PASCALS))
        return arena_printf(
            a, "%s %s",
            pressure_mmhg_text(a, row_int(rows, row, FIELD_PASCALS)),
            word(r, "Fleet.mmhg"));
    if (!row_null(rows, row, FIELD_VOLUME))
        return arena_printf(a, "%s %s",
                            volume_m3_text(a, row_int(rows, row, FIELD_VOLUME)),
                            word(r, "Fleet.m3"));
    return NULL;
}

static enum err cancel_button(struct req *r, const struct listing_state *s,
                              int64_t meter_id)
{
    struct fleet_command c;
    enum err e;

    if (s->picked == 0)
        return ERR_OK;
    e = fleet_command_find(r->db, r->arena, s->picked, &c);
    if (e != ERR_OK)
        return e == ERR_NOT_FOUND ? ERR_OK : e;
    if (c.meter_id != meter_id)
        return ERR_OK;
    if (!fleet_command_waits(&c)) {
        view_set(r, "Why.Cancel", word(r, "MeterCancel.TooLate"));
        return ERR_OK;
    }
    view_setf(r, "/admin/commands/%" PRId64 "/cancel?back=%s", "Buttons.Cancel",
              c.id, view_text(r, "Sub.Back"));
    return ERR_OK;
}

/* Of which meter, by the field id. */
static struct listing commands_of(struct req *r, int64_t id)
{
    return (struct listing){
        .root = "Sub",
        .words = "FleetCommands",
        .address = METERS_ADDRESS,
        .keep = listing_keep(r, id),
        .prefix = "s",
        .sort = "-at",
        .statement = { Q_FLEET_COMMANDS_PAGE, Q_FLEET_COMMANDS_COUNT },
        .columns = command_columns,
        .n_columns = sizeof(command_columns) / sizeof(command_columns[0]),
        .picks = true,
        .hidden = true,
        .cell = command_cell,
    };
}

static enum err commands_show(struct req *r, int64_t id)
{
    const struct listing l = commands_of(r, id);
    struct listing_state s = { 0 };
    const char *file;
    enum err e;

    if ((e = listing_read_of(r, &l, id, &s)) != ERR_OK ||
        (e = listing_show(r, &l, &s, -1)) != ERR_OK)
        return e;
    file = arena_printf(r->arena, "/admin/commands.csv?id=%" PRId64 "&ssort=%s",
                        id, view_text(r, "Sub.Sort"));
    view_set(r, "Sub.Csv", file);
    view_set(r, "Sub.Xlsx", arena_printf(r->arena, "%s&format=xlsx", file));
    return cancel_button(r, &s, id);
}

enum err commands_file(struct req *r)
{
    struct listing_state s = { 0 };
    struct listing l;
    int64_t id;
    enum err e = form_int(r, "id", 1, INT64_MAX, 0, &id);

    if (e != ERR_OK)
        return e;
    l = commands_of(r, id);
    e = listing_read_of(r, &l, id, &s);
    return e != ERR_OK ? e : listing_download(r, &l, &s);
}

/* ---- the buttons ---- */

/* Buttons.<name>, or Why.<name> when this type of meter cannot do it. */
static void button_show(struct req *r, const char *name, bool able,
                        const char *address)
{
    if (able)
        view_set(r, arena_printf(r->arena, "Buttons.%s", name), address);
    else
        view_set(r, arena_printf(r->arena, "Why.%s", name),
                 word(r, "Fleet.Unable"));
}

/* A form over serial numbers, with that of the selected meter in it. */
static const char *serials_address(struct req *r, const char *path,
                                   const char *serial)
{
    return arena_printf(r->arena, "%s?serials=%s&back=%s", path,
                        url_encode(r->arena, serial),
                        view_text(r, "List.Back"));
}

static void one_buttons_show(struct req *r, const struct fleet_meter *m)
{
    button_show(r, "Password", m->has_radio,
                row_address(r, &listing, m->id, "password"));
    button_show(r, "Sync", m->has_counter,
                row_address(r, &listing, m->id, "sync"));
    button_show(r, "Attached", m->has_external,
                row_address(r, &listing, m->id, "attached"));
    view_setf(r, METERS_ADDRESS "/%" PRId64 "/keys", "Buttons.Keys", m->id);
    view_setf(r, EXCHANGE_ADDRESS "?meter=%" PRId64, "Buttons.Exchange", m->id);
    view_set(r, "Buttons.Delete", row_address(r, &listing, m->id, "delete"));
    view_setf(r, "/meters/%" PRId64 "/map", "Buttons.Map", m->id);
}

/* m NULL: nothing is selected; what names meters by itself can be opened. */
static void buttons_show(struct req *r, const struct fleet_meter *m)
{
    const char *serial = m != NULL ? m->serial : "";

    button_show(r, "Period", m == NULL || m->has_period,
                serials_address(r, METERS_ADDRESS "/period", serial));
    button_show(r, "Pressure", m == NULL || m->has_pressure,
                serials_address(r, METERS_ADDRESS "/pressure", serial));
    view_set(r, "Buttons.KeysImport", METERS_ADDRESS "/keys-import");
    button_show(r, "Address", true,
                serials_address(r, "/admin/addresses/new", serial));
    button_show(r, "Firmware", m == NULL || m->software_type[0] != '\0',
                serials_address(r, "/admin/firmware/new", serial));
    if (m != NULL)
        one_buttons_show(r, m);
}

static enum err selected_show(struct req *r, int64_t id)
{
    struct fleet_meter m;
    enum err e = fleet_find(r->db, r->arena, id, &m);

    if (e == ERR_NOT_FOUND) {
        buttons_show(r, NULL);
        return ERR_OK;
    }
    if (e != ERR_OK)
        return e;
    /* Back with the meter selected: its commands stand below the list. */
    view_set(r, "List.Back",
             arena_printf(r->arena, "%s%%26id%%3D%" PRId64,
                          view_text(r, "List.Back"), id));
    buttons_show(r, &m);
    view_set(r, "Selected.Serial", m.serial);
    view_set(r, "Selected.Account", m.account);
    view_set(r, "Selected.Subscriber", m.full_name);
    view_set(r, "Selected.Address", m.address);
    view_set(r, "Selected.Branch", m.branch);
    return commands_show(r, id);
}

/*
 * Names beside those of a list: Buttons.<name> or Why.<name> of Period,
 * Password, Sync, Attached, Pressure, Address, Firmware, Delete, Map, Cancel;
 * Selected.Serial .Account .Subscriber .Address .Branch; Sub: its commands.
 */
enum err meters_list(struct req *r)
{
    struct listing_state s = { 0 };
    const char *wrong;
    int64_t total;
    enum err e;

    if ((e = listing_read(r, &listing, &s)) != ERR_OK ||
        (e = fleet_total(r->db, r->arena, &total)) != ERR_OK)
        return e;
    fleet_search(r->arena, &s.filter);
    if ((e = listing_show(r, &listing, &s, total)) != ERR_OK)
        return e;
    if (view_count(r, "List.Rows") == 0 &&
        (wrong = serials_misread(r, s.filter.term)) != NULL)
        view_set(r, "List.Misread", wrong);
    if (s.picked == 0)
        buttons_show(r, NULL);
    else if ((e = selected_show(r, s.picked)) != ERR_OK)
        return e;
    return view_render(r, "admin/meters.cst");
}

enum err meters_file(struct req *r)
{
    struct listing_state s = { 0 };
    enum err e = listing_read(r, &listing, &s);

    if (e != ERR_OK)
        return e;
    fleet_search(r->arena, &s.filter);
    return listing_download(r, &listing, &s);
}

/* ---- what the forms share ---- */

const char *meter_path(struct req *r, const char *what)
{
    return row_path(r, METERS_ADDRESS, what);
}

void meter_facts(struct sheet *s, const struct fleet_meter *m)
{
    sheet_fact(s, "Serial", m->serial);
    sheet_fact(s, "Type", m->type);
    if (m->account[0] != '\0')
        sheet_fact(s, "Account", m->account);
    if (m->address[0] != '\0')
        sheet_fact(s, "Address", m->address);
}

enum err sheet_unable(struct sheet *s)
{
    sheet_notice_text(s, "warn", word(s->r, "Fleet.Unable"));
    sheet_shut(s);
    s->n = 0;
    answer_status(s->r, 422);
    return sheet_render(s, NULL);
}

bool number_typed(struct sheet *s, int64_t n)
{
    const char *typed = sheet_text(s, "number");

    if (strcmp(typed, param_int(s->r->arena, n)) == 0)
        return true;
    if (typed[0] != '\0')
        sheet_mistake_text(s, "number",
                           arena_printf(s->r->arena, "%s %" PRId64,
                                        word(s->r, "Fleet.WrongNumber"), n));
    return false;
}
