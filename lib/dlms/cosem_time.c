/* Clocks, scripts, days, calendars and schedules: see cosem_time.h. */
#include "lib/dlms/cosem_time.h"

#include "lib/dlms/shape.h"

static const struct shape_field script_action_fields[] = {
    SHAPE_AT(SHAPE_ENUM, struct dlms_script_action, service),
    SHAPE_AT(SHAPE_U16, struct dlms_script_action, class_id),
    SHAPE_AT(SHAPE_OBIS, struct dlms_script_action, name),
    SHAPE_AT(SHAPE_I8, struct dlms_script_action, index),
    SHAPE_AT(SHAPE_VALUE, struct dlms_script_action, parameter),
};
static const struct shape script_action = {
    "script action", sizeof(struct dlms_script_action),
    SHAPE_FIELDS(script_action_fields)
};

static const struct shape_field script_fields[] = {
    SHAPE_AT(SHAPE_U16, struct dlms_script, id),
    SHAPE_LIST(struct dlms_script, actions, n, &script_action),
};
static const struct shape script = { "script", sizeof(struct dlms_script),
                                     SHAPE_FIELDS(script_fields) };
SHAPE_LIST_DOOR(dlms_scripts, struct dlms_script, &script)

static const struct shape_field script_call_fields[] = {
    SHAPE_AT(SHAPE_OBIS, struct dlms_script_call, table),
    SHAPE_AT(SHAPE_U16, struct dlms_script_call, selector),
};
const struct shape shape_script_call = { "action item",
                                         sizeof(struct dlms_script_call),
                                         SHAPE_FIELDS(script_call_fields) };
SHAPE_DOOR(dlms_script_call, struct dlms_script_call, &shape_script_call)

static const struct shape_field special_day_fields[] = {
    SHAPE_AT(SHAPE_U16, struct dlms_special_day, index),
    SHAPE_AT(SHAPE_DATE, struct dlms_special_day, date),
    SHAPE_AT(SHAPE_U8, struct dlms_special_day, day_id),
};
static const struct shape special_day = { "spec_day_entry",
                                          sizeof(struct dlms_special_day),
                                          SHAPE_FIELDS(special_day_fields) };
SHAPE_DOOR(dlms_special_day, struct dlms_special_day, &special_day)
SHAPE_LIST_DOOR(dlms_special_days, struct dlms_special_day, &special_day)

static const struct shape_field season_fields[] = {
    SHAPE_AT(SHAPE_OCTETS, struct dlms_season, name),
    SHAPE_AT(SHAPE_DATETIME, struct dlms_season, start),
    SHAPE_AT(SHAPE_OCTETS, struct dlms_season, week),
};
static const struct shape season = { "season", sizeof(struct dlms_season),
                                     SHAPE_FIELDS(season_fields) };
SHAPE_LIST_DOOR(dlms_seasons, struct dlms_season, &season)

static const struct shape_field week_fields[] = {
    SHAPE_AT(SHAPE_OCTETS, struct dlms_week, name),
    SHAPE_AT(SHAPE_U8, struct dlms_week, monday),
    SHAPE_AT(SHAPE_U8, struct dlms_week, tuesday),
    SHAPE_AT(SHAPE_U8, struct dlms_week, wednesday),
    SHAPE_AT(SHAPE_U8, struct dlms_week, thursday),
    SHAPE_AT(SHAPE_U8, struct dlms_week, friday),
    SHAPE_AT(SHAPE_U8, struct dlms_week, saturday),
    SHAPE_AT(SHAPE_U8, struct dlms_week, sunday),
};
static const struct shape week = { "week_profile", sizeof(struct dlms_week),
                                   SHAPE_FIELDS(week_fields) };
SHAPE_LIST_DOOR(dlms_weeks, struct dlms_week, &week)

static const struct shape_field day_action_fields[] = {
    SHAPE_AT(SHAPE_TIME, struct dlms_day_action, start),
    SHAPE_AT(SHAPE_OBIS, struct dlms_day_action, table),
    SHAPE_AT(SHAPE_U16, struct dlms_day_action, selector),
};
static const struct shape day_action = { "day_profile_action",
                                         sizeof(struct dlms_day_action),
                                         SHAPE_FIELDS(day_action_fields) };

static const struct shape_field day_profile_fields[] = {
    SHAPE_AT(SHAPE_U8, struct dlms_day_profile, id),
    SHAPE_LIST(struct dlms_day_profile, actions, n, &day_action),
};
static const struct shape day_profile = { "day_profile",
                                          sizeof(struct dlms_day_profile),
                                          SHAPE_FIELDS(day_profile_fields) };
SHAPE_LIST_DOOR(dlms_days, struct dlms_day_profile, &day_profile)

static const struct shape_field execution_time_fields[] = {
    SHAPE_AT(SHAPE_TIME, struct dlms_execution_time, time),
    SHAPE_AT(SHAPE_DATE, struct dlms_execution_time, date),
};
static const struct shape execution_time = {
    "execution_time_date", sizeof(struct dlms_execution_time),
    SHAPE_FIELDS(execution_time_fields)
};
SHAPE_LIST_DOOR(dlms_execution_times, struct dlms_execution_time,
                &execution_time)

const struct obis dlms_clock_name = { { 0, 0, 1, 0, 0, 255 } };

struct dlms_asked dlms_clock_set(struct arena *a, const struct dlms_datetime *t)
{
    const struct dlms_value v = dlms_of_datetime(a, t);

    return dlms_ask_with(DLMS_CLOCK, dlms_clock_name, DLMS_CLOCK_TIME, &v);
}

struct dlms_asked dlms_clock_shift(int16_t seconds)
{
    const struct dlms_value v = dlms_of_signed(DLMS_LONG, seconds);

    return dlms_ask_with(DLMS_CLOCK, dlms_clock_name, DLMS_CLOCK_SHIFT, &v);
}
