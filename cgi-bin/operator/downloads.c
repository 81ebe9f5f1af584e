/*
 * CSV of the list and of a meter's tabs (GC-074, GC-085, GC-087, GC-091),
 * streamed: memory stays flat whatever the length.
 *
 * Numbers have a decimal comma in Russian and a point in English and no
 * grouping, so that LibreOffice and MyOffice of that language take them for
 * numbers; dates are as on the screen.
 */
#include "cgi-bin/operator/meters.h"

#include <inttypes.h>
#include <string.h>

#include "lib/base/buf.h"
#include "lib/base/clock.h"
#include "lib/model/archive.h"
#include "lib/model/event.h"
#include "lib/model/reading.h"
#include "lib/units/grouped.h"
#include "lib/units/money.h"
#include "lib/units/quantity.h"

struct sheet {
    struct req *r;
    struct csv *csv;
    struct arena *row; /* of one row, emptied after it */
    bool comma;
    bool energy; /* of an electricity meter */
    const char *states[STATUS_BITS], *silent;
    const char *valves[4];
};

static void row_close(void *arena)
{
    arena_free(arena);
}

/* Words are looked up once, not in each of a million rows. */
static enum err sheet_begin(struct req *r, const char *file_name,
                            struct sheet *s)
{
    memset(s, 0, sizeof(*s));
    s->r = r;
    s->row = arena_new();
    arena_defer(r->arena, row_close, s->row);
    s->comma = strcmp(r->language, "ru") == 0;
    for (int i = 0; i < STATUS_BITS; i++)
        s->states[i] =
            word(r, arena_printf(r->arena, "State.%s", status_code(i)));
    s->silent = word(r, "State.silent");
    for (int i = 0; i < 4; i++)
        s->valves[i] =
            word(r, arena_printf(r->arena, "ValveState.%s",
                                 valve_code((struct figure){ true, i })));
    return csv_begin(r, file_name, &s->csv);
}

/* ---- cells ---- */

static void put_number(struct sheet *s, struct figure f,
                       char *(*text)(struct arena *a, int64_t n))
{
    char *number = f.known ? text(s->row, f.n) : arena_strdup(s->row, "");

    csv_number(s->csv, s->comma ? comma_text(s->row, number) : number);
}

static char *money_of_kopecks(struct arena *a, int64_t kopecks)
{
    return money_text(a, (struct money){ kopecks });
}

static void put_moment(struct sheet *s, struct moment m)
{
    csv_cell(s->csv, moment_text(s->row, m));
}

static void put_states(struct sheet *s, int64_t status, bool silent)
{
    struct buf text = { 0 };

    if (silent)
        buf_puts(&text, s->silent);
    for (int bit = 0; bit < STATUS_BITS; bit++) {
        if ((status >> bit & 1) == 0)
            continue;
        if (text.len > 0)
            buf_puts(&text, ", ");
        buf_puts(&text, s->states[bit]);
    }
    csv_cell(s->csv, text.len > 0 ? text.at : "");
    buf_free(&text);
}

static void put_valve(struct sheet *s, struct figure valve)
{
    csv_cell(s->csv, valve_code(valve)[0] ? s->valves[valve.n] : "");
}

static void put_head(struct sheet *s, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        csv_cell(s->csv, word(s->r, keys[i]));
    csv_row_end(s->csv);
}

static enum err row_end(struct sheet *s)
{
    csv_row_end(s->csv);
    arena_reset(s->row);
    if (csv_gone(s->csv))
        return err_raise(ERR_IO, "download: the browser hung up");
    return ERR_OK;
}

/* "20-11-2026", for file names. */
static char *today(struct arena *a)
{
    return arena_strndup(a, moment_text(a, (struct moment){ clock_now_us() }),
                         10);
}

/* ---- the list ---- */

static enum err meters_row(const struct meter_line *it, void *ctx)
{
    struct sheet *s = ctx;
    const struct meter *m = &it->meter;

    csv_cell(s->csv, m->account);
    csv_cell(s->csv, m->serial);
    put_moment(s, m->at);
    put_number(s, m->volume_dm3, volume_m3_text);
    put_number(s, m->working_h, param_int);
    put_number(s, m->tamper_h, param_int);
    put_states(s, m->status, m->silent);
    put_valve(s, m->valve);
    put_number(s, m->balance_kopecks, money_of_kopecks);
    put_number(s, m->energy_wh, energy_kwh_text);
    csv_cell(s->csv, it->full_name);
    csv_cell(s->csv, it->address);
    csv_cell(s->csv, it->branch);
    csv_cell(s->csv, it->model);
    return row_end(s);
}

enum err meters_csv(struct req *r)
{
    static const char *const head[] = {
        "Meters.Account", "Meters.Serial", "Meters.At",      "Meters.Volume",
        "Meters.Working", "Meters.Tamper", "Meters.State",   "Meters.Valve",
        "Meters.Balance", "Csv.Energy",    "Csv.Subscriber", "Csv.Address",
        "Csv.Branch",     "Csv.Model",
    };
    struct meters_state state;
    struct sheet s;
    enum err e;

    state_read(r, &state);
    e = sheet_begin(r,
                    arena_printf(r->arena, "%s %s.csv", word(r, "Csv.Meters"),
                                 today(r->arena)),
                    &s);
    if (e != ERR_OK)
        return e;
    put_head(&s, head, sizeof(head) / sizeof(head[0]));
    e = meter_stream(r->db, r->arena, state.term, meters_row, &s);
    return e == ERR_OK ? csv_end(s.csv) : e;
}

/* ---- one meter ---- */

/* "История команд 022220007104 20-11-2026.csv" */
static enum err meter_sheet(struct req *r, const char *tab, struct sheet *s)
{
    struct meter_card card;
    enum err e = meter_find(r->db, r->arena, r->id, &card);

    if (e != ERR_OK)
        return e;
    e = sheet_begin(
        r,
        arena_printf(r->arena, "%s %s %s.csv",
                     word(r, arena_printf(r->arena, "Tabs.%s", tab)),
                     card.serial, today(r->arena)),
        s);
    s->energy = strcmp(card.medium, "electricity") == 0;
    return e;
}

static enum err sessions_row(const struct reading *it, void *ctx)
{
    struct sheet *s = ctx;

    put_moment(s, it->at);
    if (s->energy)
        put_number(s, it->energy_wh, energy_kwh_text);
    else
        put_number(s, it->volume_dm3, volume_m3_text);
    put_number(s, it->temperature_mk, temperature_c_text);
    put_number(s, it->pressure_pa, pressure_mmhg_text);
    put_number(s, it->working_h, param_int);
    put_number(s, it->tamper_h, param_int);
    put_states(s, it->status, false);
    put_valve(s, it->valve);
    put_number(s, it->battery_mv, battery_v_text);
    return row_end(s);
}

enum err sessions_csv(struct req *r)
{
    const char *head[] = {
        "Sessions.At",    "Csv.Volume",       "Sessions.Temperature",
        "Csv.Pressure",   "Sessions.Working", "Sessions.Tamper",
        "Sessions.State", "Sessions.Valve",   "Csv.Battery",
    };
    struct sheet s;
    enum err e;

    if ((e = meter_sheet(r, "sessions", &s)) != ERR_OK)
        return e;
    if (s.energy)
        head[1] = "Csv.Energy";
    put_head(&s, head, sizeof(head) / sizeof(head[0]));
    e = reading_stream(r->db, r->arena, r->id, sessions_row, &s);
    return e == ERR_OK ? csv_end(s.csv) : e;
}

static enum err commands_row(const struct command *it, void *ctx)
{
    struct sheet *s = ctx;

    csv_cell(s->csv, it->operator_login);
    csv_cell(s->csv, word(s->r, it->kind == VALVE_CLOSE ? "Command.close"
                                                        : "Command.open"));
    put_moment(s, it->submitted_at);
    put_moment(s, it->executed_at);
    return row_end(s);
}

enum err commands_csv(struct req *r)
{
    static const char *const head[] = { "Commands.Operator", "Commands.Command",
                                        "Commands.Submitted",
                                        "Commands.Executed" };
    struct sheet s;
    enum err e;

    if ((e = meter_sheet(r, "commands", &s)) != ERR_OK)
        return e;
    put_head(&s, head, sizeof(head) / sizeof(head[0]));
    e = command_stream(r->db, r->arena, r->id, commands_row, &s);
    return e == ERR_OK ? csv_end(s.csv) : e;
}

static enum err archive_row(const struct archive_day *it, void *ctx)
{
    struct sheet *s = ctx;

    csv_cell(s->csv, moment_minute_text(s->row, it->at));
    put_number(s, it->volume_dm3, volume_m3_text);
    put_number(s, it->delta_dm3, volume_m3_text);
    put_number(s, it->temperature_mk, temperature_c_text);
    put_number(s, it->pressure_pa, pressure_mmhg_text);
    put_states(s, it->status, false);
    return row_end(s);
}

static enum err events_row(const struct event *it, void *ctx)
{
    struct sheet *s = ctx;

    put_moment(s, it->at);
    put_states(s, it->status, false);
    csv_cell(s->csv, it->text);
    csv_cell(s->csv, it->code < 0 ? "" : param_int(s->row, it->code));
    csv_cell(s->csv, it->log);
    return row_end(s);
}

enum err events_csv(struct req *r)
{
    static const char *const head[] = { "Events.At", "Events.State",
                                        "Events.Text", "Events.Code",
                                        "Events.Log" };
    struct sheet s;
    enum err e;

    if ((e = meter_sheet(r, "events", &s)) != ERR_OK)
        return e;
    put_head(&s, head, sizeof(head) / sizeof(head[0]));
    e = event_stream(r->db, r->arena, r->id, events_row, &s);
    return e == ERR_OK ? csv_end(s.csv) : e;
}

enum err archive_csv(struct req *r)
{
    static const char *const head[] = { "Archive.Day",     "Csv.VolumeDay",
                                        "Csv.Delta",       "Csv.Average",
                                        "Csv.PressureDay", "Archive.State" };
    struct sheet s;
    enum err e;

    if ((e = meter_sheet(r, "archive", &s)) != ERR_OK)
        return e;
    put_head(&s, head, sizeof(head) / sizeof(head[0]));
    e = archive_stream(r->db, r->arena, r->id, archive_row, &s);
    return e == ERR_OK ? csv_end(s.csv) : e;
}
