/*
 * Interface classes that know time: 8 Clock, 9 Script table, 11 Special days
 * table, 20 Activity calendar, 22 Single action schedule (IEC 62056-6-2, 4.5).
 * Readers and makers as cosem.h says.
 */
#ifndef LAZUR_LIB_DLMS_COSEM_TIME_H
#define LAZUR_LIB_DLMS_COSEM_TIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/dlms/cosem.h"
#include "lib/dlms/datetime.h"

/* ---- 8: Clock ---- */

/* clang-format off */
enum dlms_clock_attribute {
    DLMS_CLOCK_TIME = 2, DLMS_CLOCK_TIME_ZONE = 3, DLMS_CLOCK_STATUS = 4,
    DLMS_CLOCK_DST_BEGIN = 5, DLMS_CLOCK_DST_END = 6,
    DLMS_CLOCK_DST_DEVIATION = 7, DLMS_CLOCK_DST_ENABLED = 8,
    DLMS_CLOCK_BASE = 9,
};
enum dlms_clock_method {
    DLMS_CLOCK_ADJUST_TO_QUARTER = 1, DLMS_CLOCK_ADJUST_TO_PERIOD = 2,
    DLMS_CLOCK_ADJUST_TO_MINUTE = 3, DLMS_CLOCK_ADJUST_TO_PRESET = 4,
    DLMS_CLOCK_PRESET = 5, DLMS_CLOCK_SHIFT = 6,
};
/* clang-format on */
#define DLMS_CLOCK_SHIFT_MAX 900 /* seconds, either way, of one shift_time */

extern const struct obis dlms_clock_name; /* 0.0.1.0.0.255 */

/* SET of the time, and ACTION shift_time by so many seconds (-900 ... 900). */
struct dlms_asked dlms_clock_set(struct arena *a,
                                 const struct dlms_datetime *t);
struct dlms_asked dlms_clock_shift(int16_t seconds);

/* ---- 9: Script table ---- */

/* clang-format off */
enum dlms_script_member { DLMS_SCRIPTS = 2, DLMS_SCRIPT_EXECUTE = 1 };
/* clang-format on */

struct dlms_script_action {
    uint8_t service; /* 1 write attribute, 2 execute method */
    uint16_t class_id;
    struct obis name;
    int8_t index;
    struct dlms_value parameter;
};

struct dlms_script {
    uint16_t id;
    struct dlms_script_action *actions;
    size_t n;
};
enum err dlms_scripts_read(struct arena *a, const struct dlms_value *v,
                           struct dlms_script **out, size_t *n) MUST_CHECK;
void dlms_scripts_make(struct arena *a, const struct dlms_script *at, size_t n,
                       struct dlms_value *out);

/* A script of a table somewhere: what calendars and monitors start. */
struct dlms_script_call {
    struct obis table;
    uint16_t selector;
};
enum err dlms_script_call_read(struct arena *a, const struct dlms_value *v,
                               struct dlms_script_call *out) MUST_CHECK;
void dlms_script_call_make(struct arena *a, const struct dlms_script_call *in,
                           struct dlms_value *out);

/* ---- 11: Special days table ---- */

/* clang-format off */
enum dlms_special_days_member {
    DLMS_SPECIAL_DAYS_ENTRIES = 2, /* attribute */
    DLMS_SPECIAL_DAYS_INSERT = 1, DLMS_SPECIAL_DAYS_DELETE = 2, /* methods */
};
/* clang-format on */

struct dlms_special_day {
    uint16_t index;
    uint8_t date[DLMS_DATE_LEN];
    uint8_t day_id;
};
enum err dlms_special_day_read(struct arena *a, const struct dlms_value *v,
                               struct dlms_special_day *out) MUST_CHECK;
void dlms_special_day_make(struct arena *a, const struct dlms_special_day *in,
                           struct dlms_value *out);
enum err dlms_special_days_read(struct arena *a, const struct dlms_value *v,
                                struct dlms_special_day **out,
                                size_t *n) MUST_CHECK;
void dlms_special_days_make(struct arena *a, const struct dlms_special_day *at,
                            size_t n, struct dlms_value *out);

/* ---- 20: Activity calendar; passive ones are the attribute and 4 ---- */

/* clang-format off */
enum dlms_calendar_attribute {
    DLMS_CALENDAR_NAME = 2, DLMS_CALENDAR_SEASONS = 3, DLMS_CALENDAR_WEEKS = 4,
    DLMS_CALENDAR_DAYS = 5, DLMS_CALENDAR_PASSIVE = 4 /* added */,
    DLMS_CALENDAR_ACTIVATE_AT = 10,
};
enum dlms_calendar_method { DLMS_CALENDAR_ACTIVATE_PASSIVE = 1 };
/* clang-format on */

struct dlms_season {
    struct bytes name;
    struct dlms_datetime start;
    struct bytes week;
};
enum err dlms_seasons_read(struct arena *a, const struct dlms_value *v,
                           struct dlms_season **out, size_t *n) MUST_CHECK;
void dlms_seasons_make(struct arena *a, const struct dlms_season *at, size_t n,
                       struct dlms_value *out);

struct dlms_week {
    struct bytes name;
    uint8_t monday;
    uint8_t tuesday;
    uint8_t wednesday;
    uint8_t thursday;
    uint8_t friday;
    uint8_t saturday;
    uint8_t sunday;
};
enum err dlms_weeks_read(struct arena *a, const struct dlms_value *v,
                         struct dlms_week **out, size_t *n) MUST_CHECK;
void dlms_weeks_make(struct arena *a, const struct dlms_week *at, size_t n,
                     struct dlms_value *out);

struct dlms_day_action {
    uint8_t start[DLMS_TIME_LEN];
    struct obis table;
    uint16_t selector;
};

struct dlms_day_profile {
    uint8_t id;
    struct dlms_day_action *actions;
    size_t n;
};
enum err dlms_days_read(struct arena *a, const struct dlms_value *v,
                        struct dlms_day_profile **out, size_t *n) MUST_CHECK;
void dlms_days_make(struct arena *a, const struct dlms_day_profile *at,
                    size_t n, struct dlms_value *out);

/* ---- 22: Single action schedule ---- */

/* clang-format off */
enum dlms_schedule_attribute {
    DLMS_SCHEDULE_SCRIPT = 2, /* dlms_script_call */
    DLMS_SCHEDULE_TYPE = 3, DLMS_SCHEDULE_TIMES = 4,
};
/* clang-format on */

struct dlms_execution_time {
    uint8_t time[DLMS_TIME_LEN];
    uint8_t date[DLMS_DATE_LEN];
};
enum err dlms_execution_times_read(struct arena *a, const struct dlms_value *v,
                                   struct dlms_execution_time **out,
                                   size_t *n) MUST_CHECK;
void dlms_execution_times_make(struct arena *a,
                               const struct dlms_execution_time *at, size_t n,
                               struct dlms_value *out);

#endif
