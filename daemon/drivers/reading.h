/* What a push says about a meter, in Lazur's units, whatever the protocol. */
#ifndef LAZUR_DAEMON_DRIVERS_READING_H
#define LAZUR_DAEMON_DRIVERS_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define READING_NAME_MAX   64 /* of identities, models, types, with the NUL */
#define READING_LAYOUT_MAX 64
#define READING_WORD_MAX   32 /* of firmware versions and mobile operators */

/* A value beside the main register: a number with its scaler, or text. */
struct reading_register {
    char name[24]; /* logical name, "1.0.1.7.0.255" */
    int8_t scaler;
    uint8_t unit; /* IEC 62056-6-2; 255 is none */
    bool is_number;
    int64_t value;
    const char *text; /* when it is no number */
};

/* What a meter's register showed on a day of its own zone. */
struct reading_day {
    char day[12]; /* "2025-04-30" */
    int64_t at_us, volume_dm3;
};

/* Which of the members below the meter sent. */
enum reading_has {
    HAS_CLOCK = 1 << 0,
    HAS_VOLUME = 1 << 1,
    HAS_ENERGY = 1 << 2,
    HAS_WORKING = 1 << 3,
    HAS_TAMPER = 1 << 4,
    HAS_TEMPERATURE = 1 << 5,
    HAS_PRESSURE = 1 << 6,
    HAS_BATTERY_MV = 1 << 7,
    HAS_BATTERY_PERMILLE = 1 << 8,
    HAS_SIGNAL = 1 << 9,
    HAS_VALVE = 1 << 10,
    HAS_CELL = 1 << 11,
};

struct reading {
    char identity[READING_NAME_MAX];
    char model[READING_NAME_MAX]; /* "" unless the meter names it */
    char type[READING_NAME_MAX];  /* of the template, when model is unknown */
    char firmware[READING_WORD_MAX];
    char mobile_operator[READING_WORD_MAX];
    bool by_line; /* the line named it, for the meter does not */
    char
        layout[READING_LAYOUT_MAX]; /* when by_line: what the push looks like */
    char tail[16]; /* the meter says only these last digits of its number */
    uint32_t has;
    int64_t at_us, received_us; /* UTC; at is the meter's clock */
    int64_t volume_dm3, energy_wh, status;
    int64_t cell; /* mcc, mnc (10 bits each), lac (16), cell (28) */
    int32_t working_h, tamper_h, temperature_mk, pressure_pa;
    int16_t battery_mv, battery_permille, signal_percent, valve, cause;
    uint16_t registers_n;
    struct reading_register *registers;
    uint16_t days_n;
    struct reading_day *days;
};

#endif
