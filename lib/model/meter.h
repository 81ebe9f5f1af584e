/* Meters as an operator sees them: a page of the list, one in full. */
#ifndef LAZUR_LIB_MODEL_METER_H
#define LAZUR_LIB_MODEL_METER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/command.h"
#include "lib/model/list.h"

/* In the order of the variants of meter_page.sql. */
enum meter_order {
    METERS_BY_SERIAL,
    METERS_BY_ACCOUNT,
    METERS_BY_AT,
    METERS_BY_VOLUME,
    METERS_BY_WORKING,
    METERS_BY_TAMPER,
    METERS_BY_STATE,
    METERS_BY_VALVE,
    METERS_BY_BALANCE,
    METER_ORDERS
};

struct meter {
    int64_t id;
    const char *account, *serial, *medium; /* medium: gas, water, heat ... */
    struct moment at;                      /* us 0: never called */
    struct figure volume_dm3, energy_wh, working_h, tamper_h, valve;
    struct figure balance_kopecks; /* unknown when it is not calculated */
    int64_t status;
    bool silent; /* «Не выходит на связь» */
    enum command_kind waiting;
};

/* What is asked of the list. term: "" is everything. */
struct meter_filter {
    enum meter_order order;
    bool descending;
    const char *term;
    struct span span;
};

struct meter_list {
    const struct meter *rows;
    size_t n;
    int64_t total;  /* under the filter; without one the same as all */
    int64_t all;    /* meters this operator sees */
    int64_t before; /* rows before the page that is shown */
    bool more;      /* there are more than total */
};

/*
 * meter_page - a page of the list: one statement for most pages.
 *
 * A page past the end is answered with the last one. A filter of one or two
 * characters is what a serial or an account begins with, a longer one is
 * looked for anywhere in them; a phrase in the language of serial numbers
 * (lib/units/serials.h) with a mask, a list or a range finds what it names. Of
 * more than 1000 found the first 1000 are counted.
 */
enum err meter_page(struct db *db, struct arena *a,
                    const struct meter_filter *filter,
                    struct meter_list *out) MUST_CHECK;

/* A meter in full: the panels, the valve. */
struct meter_card {
    int64_t id;
    const char *account, *serial, *medium;
    const char *address, *full_name, *tariff; /* "" without a subscriber */
    struct figure price_kopecks_per_1000_m3;
    const char *model, *firmware, *note;
    const char *period; /* as in meter.period */
    struct figure period_minutes;
    struct moment at, received_at;
    struct moment next_at; /* planned; us 0 when that cannot be said */
    bool has_valve, has_archive;
    struct figure valve, temperature_mk, signal_percent;
    const char *mobile_operator;
    struct figure battery_mv, battery_permille;
    enum command_kind waiting;
    const char *waiting_state; /* queued, sent, delivered */
    int64_t subscriber_id;     /* 0: bound to none that the operator sees */
    bool calculates_balance;
    struct figure balance_kopecks; /* calculated or not */
    bool close_banned; /* «Запрет команд отключения газа» */
    bool has_events; /* journals of its own */
};

/* Those of ids that the operator sees, unordered. */
enum err meter_cards(struct db *db, struct arena *a, const int64_t *ids,
                     size_t n, const struct meter_card **out,
                     size_t *found) MUST_CHECK;

/* ERR_NOT_FOUND when there is none that the operator sees. */
enum err meter_find(struct db *db, struct arena *a, int64_t id,
                    struct meter_card *out) MUST_CHECK;

/* A line of the list for a spreadsheet. */
struct meter_line {
    struct meter meter; /* id, medium and waiting are not filled */
    const char *full_name, *address, *branch, *model;
};

/* Every meter under the filter's term by serial, one at a time. */
enum err meter_stream(struct db *db, struct arena *a, const char *term,
                      enum err (*each)(const struct meter_line *it, void *ctx),
                      void *ctx) MUST_CHECK;

#endif
