/*
 * One meter: the record that outlives the process, and what happens to it.
 * Nothing here knows of sockets or of time other than what it is told.
 *
 * Records live in shared memory of a file. A kill between two stores must
 * leave a meter that still makes sense, so a telegram is filled in first and
 * marked pending last, and a volume is replaced in one store.
 */
#ifndef LAZUR_TOOLS_METER_SIM_METER_H
#define LAZUR_TOOLS_METER_SIM_METER_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>

#include "tools/meter-sim/model.h"
#include "tools/meter-sim/settings.h"

#define SERIAL_MAX 20
#define LLS_MAX    16

/* clang-format off */
enum valve { VALVE_CLOSED = 0, VALVE_OPEN = 1, VALVE_READY = 2,
             VALVE_FAULTY = 3, VALVE_NONE = 255 };
enum cause { CAUSE_PLANNED = 0, CAUSE_BUTTON = 1, CAUSE_ALARM = 2,
             CAUSE_NONE = 255 };
enum clock_line { CLOCK_TRUE, CLOCK_EPOCH, CLOCK_AHEAD, CLOCK_LINES };
/* clang-format on */

/* Bits of the status word, docs/protocol.md. */
#define STATUS_TAMPER   (1u << 0)
#define STATUS_BUTTON   (1u << 1)
#define STATUS_COVER    (1u << 2)
#define STATUS_LEAK     (1u << 4)
#define STATUS_BATTERY  (1u << 5)
#define STATUS_REVERSE  (1u << 7)
#define STATUS_RECOVERS (STATUS_TAMPER | STATUS_COVER | STATUS_REVERSE)

/* What one telegram says; it says the same when it is sent again. */
struct reading {
    int64_t at_s;    /* meter time, UTC */
    uint64_t volume; /* dm3, or Wh of an electricity meter */
    uint32_t invoke;
    uint32_t status;
    uint32_t working_h;
    uint32_t tamper_h;
    uint32_t pressure_pa;
    int16_t temperature_d; /* tenths of a degree C */
    uint16_t battery_mv;
    uint16_t battery_permille;
    uint8_t signal_percent;
    uint8_t valve;
    uint8_t cause;
};

struct meter {
    char serial[SERIAL_MAX];
    char lls[LLS_MAX];
    uint64_t volume;
    int64_t moved_us;  /* volume counts up to this moment */
    int64_t next_s;    /* next planned call */
    uint32_t volume_u; /* millionths of a dm3 (or Wh) beyond volume */
    uint32_t status;
    uint32_t invoke;
    uint32_t working_s;
    uint32_t tamper_s;
    uint32_t last_s[CLOCK_LINES]; /* newest meter time told, since 2000 */
    uint32_t seed;
    uint16_t battery_mv;
    uint8_t model;
    uint8_t valve;
    uint8_t clock_line;
    uint8_t pending;           /* told waits for its confirmation */
    uint8_t wants;             /* enum cause of the next unplanned telegram */
    uint8_t watching;          /* the minute after opening */
    uint16_t battery_permille; /* 0: follows from the voltage */
    struct reading told;
    /* Since LZSIM02; what is before has the layout of LZSIM01. */
    uint32_t pressure_pa; /* set; 0: measured */
    uint32_t sync_number; /* of the last synchronisation */
};
static_assert(sizeof(struct meter) < 216, "three million must fit");

/* A new meter; its model and history follow from the serial. */
void meter_make(struct meter *m, const char *serial, uint8_t model,
                int64_t now_us);

/* What a meter has counted before it came here. */
struct past {
    uint32_t working_h, tamper_h;
    uint16_t battery_mv, battery_permille; /* 0: not told */
    uint32_t per_day; /* dm3, or Wh, that it counts; 0: not told */
};

/* What it counts in an hour, in the mean, with its valve as it stands. */
uint32_t meter_per_hour(const struct meter *m);

/* The hours, the battery and the use of this past instead of made-up ones. */
void meter_inherit(struct meter *m, const struct past *past);

/* Its charge, told or as the voltage says. */
uint16_t meter_battery_permille(const struct meter *m);

/* Another battery: its charge follows from its voltage. */
static inline void meter_set_battery(struct meter *m, uint16_t mv)
{
    m->battery_mv = mv;
    m->battery_permille = 0;
}

/* Time passes: gas flows, hours count. speed: times faster than life. */
void meter_live(struct meter *m, int64_t now_us, int64_t speed);

/* The clock as the meter has it now, never twice the same. */
int64_t meter_clock_s(const struct meter *m, int64_t now_us);

/* A telegram to be sent until it is confirmed. */
void meter_tell(struct meter *m, enum cause cause, int64_t now_us);

/* Something happens to the meter itself; chance decides details. */
void meter_suffer(struct meter *m, enum fault fault, uint64_t *chance);

/* What has gone wrong may get well again. */
void meter_recover(struct meter *m, uint64_t *chance);

/* A person presses the button: true when that opened the valve. */
bool meter_press(struct meter *m);

/* IEC 62056-6-2, class 70: remote_disconnect and remote_reconnect. */
void meter_disconnect(struct meter *m);
void meter_reconnect(struct meter *m);

static inline bool meter_is_electric(const struct meter *m)
{
    return model_at(m->model)->electricity;
}

#endif
