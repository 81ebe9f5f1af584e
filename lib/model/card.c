/* One meter in full. */
#include "lib/model/meter.h"

#include <inttypes.h>

/* Columns of sql/queries/meter_card.sql. */
enum {
    ID,
    ACCOUNT,
    SERIAL,
    MEDIUM,
    ADDRESS,
    FULL_NAME,
    TARIFF,
    PRICE,
    MODEL,
    FIRMWARE,
    NOTE,
    PERIOD,
    PERIOD_MINUTES,
    AT,
    RECEIVED_AT,
    NEXT_AT,
    HAS_VALVE,
    HAS_ARCHIVE,
    VALVE,
    TEMPERATURE,
    SIGNAL,
    MOBILE_OPERATOR,
    BATTERY_MV,
    BATTERY_PERMILLE,
    WAITING,
    WAITING_STATE,
    SUBSCRIBER,
    CALCULATES,
    BALANCE,
    CLOSE_BANNED,
    HAS_EVENTS,
};

static struct meter_card card_of_row(const struct rows *r, size_t i)
{
    return (struct meter_card){
        .id = row_int(r, i, ID),
        .account = row_text(r, i, ACCOUNT),
        .serial = row_text(r, i, SERIAL),
        .medium = row_text(r, i, MEDIUM),
        .address = row_text(r, i, ADDRESS),
        .full_name = row_text(r, i, FULL_NAME),
        .tariff = row_text(r, i, TARIFF),
        .price_kopecks_per_1000_m3 = row_figure(r, i, PRICE),
        .model = row_text(r, i, MODEL),
        .firmware = row_text(r, i, FIRMWARE),
        .note = row_text(r, i, NOTE),
        .period = row_text(r, i, PERIOD),
        .period_minutes = row_figure(r, i, PERIOD_MINUTES),
        .at = row_moment(r, i, AT),
        .received_at = row_moment(r, i, RECEIVED_AT),
        .next_at = row_moment(r, i, NEXT_AT),
        .has_valve = row_bool(r, i, HAS_VALVE),
        .has_archive = row_bool(r, i, HAS_ARCHIVE),
        .valve = row_figure(r, i, VALVE),
        .temperature_mk = row_figure(r, i, TEMPERATURE),
        .signal_percent = row_figure(r, i, SIGNAL),
        .mobile_operator = row_text(r, i, MOBILE_OPERATOR),
        .battery_mv = row_figure(r, i, BATTERY_MV),
        .battery_permille = row_figure(r, i, BATTERY_PERMILLE),
        .waiting = command_of_row(r, i, WAITING),
        .waiting_state = row_text(r, i, WAITING_STATE),
        .subscriber_id = row_int(r, i, SUBSCRIBER),
        .calculates_balance = row_bool(r, i, CALCULATES),
        .balance_kopecks = row_figure(r, i, BALANCE),
        .close_banned = row_bool(r, i, CLOSE_BANNED),
        .has_events = row_bool(r, i, HAS_EVENTS),
    };
}

enum err meter_cards(struct db *db, struct arena *a, const int64_t *ids,
                     size_t n, const struct meter_card **out, size_t *found)
{
    const char *const params[] = { param_ids(a, ids, n) };
    struct meter_card *list;
    struct rows rows;
    enum err e;

    if ((e = db_query(db, a, Q_METER_CARD, params, &rows)) != ERR_OK)
        return e;
    list = arena_alloc(a, rows.n * sizeof(*list) + 1);
    for (size_t i = 0; i < rows.n; i++)
        list[i] = card_of_row(&rows, i);
    *out = list;
    *found = rows.n;
    return ERR_OK;
}

enum err meter_find(struct db *db, struct arena *a, int64_t id,
                    struct meter_card *out)
{
    const struct meter_card *list;
    size_t found;
    enum err e = meter_cards(db, a, &id, 1, &list, &found);

    if (e != ERR_OK)
        return e;
    if (found == 0)
        return err_raise(ERR_NOT_FOUND, "no meter=%" PRId64, id);
    *out = list[0];
    return ERR_OK;
}
