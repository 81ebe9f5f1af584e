/* Meters, their states, sessions, daily archives and past commands. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tools/seed-data/city.h"
#include "tools/seed-data/rows.h"

void meter_row(int64_t id)
{
    struct meter m;

    meter_of(id, &m);
    printf("%" PRId64 "\t%s\t%td", id, m.serial, m.type - types + 1);
    number_or_null(m.subscriber != 0, m.subscriber);
    printf("\t%s\t%s", m.type->firmware, periods[m.period].name);
    number_or_null(m.period == MINUTES, periods[MINUTES].step_s / 60);
    printf("\t%s\n", moment_utc(midnight_before(CALENDAR_DAYS) + m.slot_s));
}

/* What a session of this meter says at this moment; a row has the same columns
 * in the state and in the history. */
static void values_write(const struct meter *m, int64_t at)
{
    bool gas = !m->type->electricity, warm = m->type->thermometer;
    int64_t shown = shown_at(m, at);

    number_or_null(gas, shown);
    number_or_null(!gas, shown);
    number_or_null(true, at == m->last_at ? m->status : m->status & 1 << 5);
    number_or_null(true, hours_at(m, at));
    number_or_null(true, tamper_hours(m));
    number_or_null(warm, temperature_mk_at(m, at));
    number_or_null(gas, 101325 + 600 + m->id % 1900);
    number_or_null(gas, m->battery_mv);
    number_or_null(gas, m->battery_permille);
    number_or_null(true, m->signal_percent);
    number_or_null(m->valve >= 0,
                   at < m->closed_at && m->valve != 3 ? 1 : m->valve);
}

void state_row(int64_t id)
{
    struct meter m;

    meter_of(id, &m);
    printf("%" PRId64 "\t%s\t%s", id, moment_utc(m.last_at),
           moment_utc(m.last_at + 2 + id % 7));
    values_write(&m, m.last_at);
    printf("\t%s\n", m.mobile_operator);
}

/* The newest session at least, and all of the last days. */
void reading_rows(int64_t id)
{
    struct meter m;
    int64_t since = city.now - city.days * DAY_S;

    meter_of(id, &m);
    for (int64_t at = m.last_at; at > 0; at = session_before(&m, at)) {
        if (at < since && at != m.last_at)
            break;
        printf("%" PRId64 "\t%s\t%s", id, moment_utc(at),
               moment_utc(at + 2 + id % 7));
        values_write(&m, at);
        fputs("\t0\n", stdout);
    }
}

/* The meter's own record of each day, closed at ten in the morning. */
void archive_rows(int64_t id)
{
    struct meter m;

    meter_of(id, &m);
    if (!m.type->archive)
        return;
    for (int64_t back = city.days; back >= 1; back--) {
        int64_t at = midnight_before(back) + 36000;
        if (at > m.last_at)
            break;
        printf("%" PRId64 "\t%s\t%s", id, moment_utc(at), moment_utc(at));
        number_or_null(true, shown_at(&m, at));
        number_or_null(true, shown_at(&m, at) - shown_at(&m, at - DAY_S));
        number_or_null(true, m.status & 1 << 5);
        number_or_null(m.type->thermometer, temperature_mk_at(&m, at));
        number_or_null(true, 101325 + 600 + id % 1900);
        fputc('\n', stdout);
    }
}

/* ---- commands: a past for the valve to have come to its state -------------
 */

static void command_row(const struct meter *m, const char *kind,
                        const char *state, int64_t asked)
{
    bool executed = strcmp(state, "executed") == 0;
    bool delivered = executed || strcmp(state, "delivered") == 0;

    printf("%" PRId64 "\t%s\t%s\toperator\t%s", m->id, kind, state,
           moment_utc(asked));
    for (int i = 0; i < 3; i++) { /* sent, delivered, executed */
        bool there = i == 2   ? executed
                     : i == 1 ? delivered && kind[6] == 'o'
                              : delivered;
        printf("\t%s", there
                           ? moment_utc(asked + SENT_AFTER_S + i * INT64_C(300))
                           : "\\N");
    }
    fputc('\n', stdout);
}

void command_rows(int64_t id)
{
    struct meter m;
    int64_t c = chance_of(ABOUT_COMMAND, id, 100);
    int64_t asked;

    meter_of(id, &m);
    asked = asked_at(&m);
    switch (m.valve) {
    case 0:
        command_row(&m, "valve_close", "executed", asked);
        break;
    case 2:
        command_row(&m, "valve_close", "executed", asked - 5 * DAY_S);
        command_row(&m, "valve_open", "delivered", asked);
        break;
    case 1:
        if (c < 4) {
            command_row(&m, "valve_close", "executed", asked - 6 * DAY_S);
            command_row(&m, "valve_open", "executed", asked);
        }
        break;
    }
}
