/*
 * The city as numbers: who a meter is and what it has shown follow from the
 * seed and its number alone, so nothing is remembered.
 */
#ifndef LAZUR_TOOLS_SEED_DATA_CITY_H
#define LAZUR_TOOLS_SEED_DATA_CITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DAY_S INT64_C(86400)
/* How far back a meter may have fallen silent, and a month to find its slot. */
#define CALENDAR_DAYS 400

#define PICK(list, n) ((list)[(n) % (sizeof(list) / sizeof *(list))])

struct city {
    int64_t seed, meters, subscribers, branches, days, now;
};

extern struct city city;

/* Chance: a number for a kind of question about a thing. */
/* clang-format off */
enum about {
    ABOUT_PERSON, ABOUT_ADDRESS, ABOUT_MONEY, ABOUT_TYPE, ABOUT_PERIOD, ABOUT_SLOT,
    ABOUT_SILENCE, ABOUT_FLOW, ABOUT_DAY, ABOUT_STATUS, ABOUT_BATTERY, ABOUT_VALVE,
    ABOUT_RADIO, ABOUT_WEATHER, ABOUT_COMMAND, ABOUT_SECOND_METER, ABOUT_PLACE
};
enum period { MONTHLY, WEEKLY, DAILY, TWICE, THRICE, HALF_DAY, HOURLY, MINUTES };
/* clang-format on */
uint64_t chance(enum about about, int64_t thing, int64_t part);
int64_t chance_of(enum about about, int64_t thing, int64_t below);

struct type {
    const char *name, *firmware;
    int serial_prefix;
    bool valve, archive, thermometer, electricity;
    int percent;
};

extern const struct type types[];
extern const size_t n_types;

struct period_of_call {
    const char *name; /* as in meter.period */
    int permille;     /* of the meters */
    int64_t step_s;   /* 0: by the calendar */
};

extern const struct period_of_call periods[];

struct meter {
    int64_t id, subscriber; /* 0: bound to nobody */
    const struct type *type;
    enum period period;
    char serial[16];
    int64_t slot_s;    /* its minute inside the window, or its phase */
    int64_t last_at;   /* of its newest session */
    int64_t closed_at; /* when its valve shut; INT64_MAX: it is open */
    int64_t per_day;   /* dm3, or Wh */
    int64_t start;     /* what it showed CALENDAR_DAYS ago */
    int64_t status, working_h;
    int battery_mv, battery_permille, signal_percent, valve;
    const char *mobile_operator;
};

/* Sets up the days of the utility's zone (TZ) before city.now. */
void calendar_make(void);
/* UTC seconds of midnight, so many days ago. */
int64_t midnight_before(int64_t days);

void meter_of(int64_t id, struct meter *m);
/* Silent for longer than any period: nobody has heard it for long. */
bool is_silent(int64_t id);
/* The newest planned session before this moment; 0 when there is none. */
int64_t session_before(const struct meter *m, int64_t moment);
int64_t shown_at(const struct meter *m, int64_t moment);
int64_t hours_at(const struct meter *m, int64_t moment);
int tamper_hours(const struct meter *m);
int temperature_mk_at(const struct meter *m, int64_t moment);

/* When somebody last asked something of its valve; it heard it later. */
#define SENT_AFTER_S 7200
int64_t asked_at(const struct meter *m);

#endif
