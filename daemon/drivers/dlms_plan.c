/* What each command asks of a meter: the objects of docs/protocol.md. */
#include "daemon/drivers/dlms_inner.h"

#include <inttypes.h>
#include <string.h>

#include "daemon/drivers/dlms_convert.h"
#include "lib/dlms/cosem_control.h"

/* IEC 62056-6-2: interface classes, their attributes and methods. */
enum { DATA = 1, REGISTER = 3, PROFILE = 7, CLOCK = 8, ASSOCIATION = 15 };
enum { ACTION_SCHEDULE = 22, PUSH_SETUP = 40, DISCONNECT_CONTROL = 70 };
enum { VALUE = 2, TIME = 2, BUFFER = 2, CAPTURE_OBJECTS = 3, SECRET = 7 };
enum { EXECUTION_TIME = 4, DESTINATION = 3, RANDOMISATION = 5 };
enum { CONTROL_STATE = 3, REMOTE_DISCONNECT = 1, REMOTE_RECONNECT = 2 };
enum { LOGICAL_NAME = 1, CHANGE_HLS_SECRET = 2 };
enum { RANGE_DESCRIPTOR = 1 };

#define ANY      0xFF
#define LAST_DAY 0xFE

/* clang-format off */
static const struct obis valve_name      = { { 0, 0, 96, 3, 10, 255 } };
static const struct obis clock_name      = { { 0, 0, 1, 0, 0, 255 } };
static const struct obis push_name       = { { 0, 0, 25, 9, 0, 255 } };
static const struct obis push_schedule   = { { 0, 0, 15, 0, 4, 255 } };
static const struct obis day_schedule    = { { 0, 0, 15, 1, 0, 255 } };
static const struct obis association     = { { 0, 0, 40, 0, 0, 255 } };
static const struct obis security_name   = { { 0, 0, 43, 0, 0, 255 } };
static const struct obis message_name    = { { 0, 0, 96, 13, 1, 255 } };
static const struct obis pressure_name   = { { 7, 0, 42, 0, 0, 255 } };
static const struct obis hourly_name     = { { 7, 0, 99, 1, 0, 255 } };
static const struct obis daily_name      = { { 7, 0, 99, 2, 0, 255 } };
/* Of our own profile, where the standard has no object. */
static const struct obis interval_name   = { { 0, 0, 96, 50, 10, 255 } };
static const struct obis radio_name      = { { 0, 0, 96, 50, 11, 255 } };
static const struct obis sync_name       = { { 7, 0, 96, 50, 15, 255 } };
static const struct obis auto_close_name = { { 0, 0, 96, 50, 16, 255 } };
static const struct obis cutoff_name     = { { 0, 0, 96, 50, 17, 255 } };
static const struct obis service_name    = { { 0, 0, 96, 50, 18, 255 } };
/* clang-format on */

/* ---- values ---- */

static struct dlms_value *value_new(struct arena *a, enum dlms_type type)
{
    struct dlms_value *v = arena_alloc(a, sizeof(*v));

    *v = (struct dlms_value){ .type = type };
    return v;
}

static const struct dlms_value *number(struct arena *a, enum dlms_type type,
                                       int64_t n)
{
    struct dlms_value *v = value_new(a, type);

    if (type == DLMS_INTEGER || type == DLMS_LONG)
        v->i = n;
    else if (type == DLMS_BOOLEAN)
        v->boolean = n != 0;
    else
        v->u = (uint64_t)n;
    return v;
}

static const struct dlms_value *octets(struct arena *a, const void *at,
                                       size_t len)
{
    struct dlms_value *v = value_new(a, DLMS_OCTET_STRING);
    uint8_t *copy = arena_alloc(a, len + 1);

    memcpy(copy, at, len);
    v->octets = (struct bytes){ copy, len };
    return v;
}

static const struct dlms_value *text(struct arena *a, const char *s)
{
    return octets(a, s, strlen(s));
}

static struct dlms_value *list(struct arena *a, enum dlms_type type, size_t n)
{
    struct dlms_value *v = value_new(a, type);

    v->list.at = arena_alloc(a, n * sizeof(*v->list.at) + 1);
    v->list.n = n;
    return v;
}

static const struct dlms_value *moment(struct arena *a, int64_t us,
                                       int zone_minutes)
{
    uint8_t bytes[DLMS_DATETIME_LEN];
    struct dlms_datetime t;

    dlms_datetime_of_moment((struct moment){ .us = us }, -zone_minutes, &t);
    dlms_datetime_write(bytes, &t);
    return octets(a, bytes, sizeof(bytes));
}

/* ---- schedules of class 22 ---- */

/* One {time, date} of execution_time, at a whole hour. */
static void execution(struct arena *a, struct dlms_value *out, int hour,
                      int month, int day, int weekday)
{
    const uint8_t time[DLMS_TIME_LEN] = { (uint8_t)hour, 0, 0, 0 };
    const uint8_t date[DLMS_DATE_LEN] = { ANY, ANY, (uint8_t)month,
                                          (uint8_t)day, (uint8_t)weekday };

    *out = *list(a, DLMS_STRUCTURE, 2);
    out->list.at[0] = *octets(a, time, sizeof(time));
    out->list.at[1] = *octets(a, date, sizeof(date));
}

static const struct dlms_value *one_execution(struct arena *a, int hour,
                                              int day, int weekday)
{
    struct dlms_value *v = list(a, DLMS_ARRAY, 1);

    execution(a, &v->list.at[0], hour, ANY, day, weekday);
    return v;
}

/* GC-179: the 28th (26th in February), and the last day of each month. */
static const struct dlms_value *month_ends(struct arena *a)
{
    struct dlms_value *v = list(a, DLMS_ARRAY, 13);

    for (int month = 1; month <= 12; month++)
        execution(a, &v->list.at[month - 1], 0, month, month == 2 ? 26 : 28,
                  ANY);
    execution(a, &v->list.at[12], 0, ANY, LAST_DAY, ANY);
    return v;
}

static const struct dlms_value *thrice(struct arena *a)
{
    static const int days[] = { 1, 22, 26 };
    struct dlms_value *v = list(a, DLMS_ARRAY, 3);

    for (size_t i = 0; i < 3; i++)
        execution(a, &v->list.at[i], 0, ANY, days[i], ANY);
    return v;
}

/* NULL: the period is floating. */
static const struct dlms_value *calendar(struct arena *a, const char *period)
{
    if (strcmp(period, "monthly") == 0)
        return one_execution(a, 0, 1, ANY);
    if (strcmp(period, "weekly") == 0)
        return one_execution(a, 0, ANY, 1);
    if (strcmp(period, "daily") == 0)
        return one_execution(a, 0, ANY, ANY);
    if (strcmp(period, "twice_monthly") == 0)
        return month_ends(a);
    if (strcmp(period, "thrice_monthly") == 0)
        return thrice(a);
    return NULL;
}

static int64_t floating_minutes(const struct command *c)
{
    if (strcmp(c->word, "hourly") == 0)
        return 60;
    if (strcmp(c->word, "every_12h") == 0)
        return 720;
    return strcmp(c->word, "minutes") == 0 ? c->a : 0;
}

/* ---- requests ---- */

static struct dlms_op *add(struct dlms_op *op, size_t *n,
                           enum dlms_service service, uint16_t class_id,
                           struct obis name, uint8_t index,
                           const struct dlms_value *value)
{
    struct dlms_op *it = &op[(*n)++];

    *it = (struct dlms_op){
        .service = service,
        .target = { .class_id = class_id, .name = name, .index = index },
        .value = value,
        .proof = service == DLMS_SERVICE_SET,
    };
    return it;
}

static void set(struct dlms_op *op, size_t *n, uint16_t class_id,
                struct obis name, uint8_t index, const struct dlms_value *value)
{
    add(op, n, DLMS_SERVICE_SET, class_id, name, index, value);
}

/* What cannot be read back: it is written again. */
static void set_secret(struct arena *a, struct dlms_op *op, size_t *n,
                       uint16_t class_id, struct obis name, uint8_t index,
                       const char *secret)
{
    add(op, n, DLMS_SERVICE_SET, class_id, name, index, text(a, secret))
        ->proof = false;
}

static enum err plan_period(struct arena *a, const struct command *c,
                            struct dlms_op *op, size_t *n)
{
    const struct dlms_value *at = calendar(a, c->word);
    int64_t minutes = floating_minutes(c);
    int64_t window_s = strcmp(c->word, "daily") == 0 ? 3600 : 21600;

    if (at == NULL && (minutes < 1 || minutes > UINT16_MAX))
        return err_raise(ERR_INVALID, "a period of %" PRId64 " minutes",
                         minutes);
    if (at == NULL)
        at = list(a, DLMS_ARRAY, 0);
    else
        set(op, n, PUSH_SETUP, push_name, RANDOMISATION,
            number(a, DLMS_LONG_UNSIGNED, window_s));
    set(op, n, ACTION_SCHEDULE, push_schedule, EXECUTION_TIME, at);
    set(op, n, DATA, interval_name, VALUE,
        number(a, DLMS_LONG_UNSIGNED, minutes));
    return ERR_OK;
}

/* GC-186: with the number of the command, so that the same synchronisation
 * twice is one. */
static void plan_sync(struct arena *a, const struct command *c,
                      struct dlms_op *op, size_t *n)
{
    struct dlms_value *v = list(a, DLMS_STRUCTURE, 2);

    v->list.at[0] = *number(a, DLMS_DOUBLE_LONG_UNSIGNED, c->number);
    v->list.at[1] = *number(a, DLMS_LONG64_UNSIGNED, c->a);
    set(op, n, DATA, sync_name, VALUE, v);
}

/* One request, so that the meter has all of the new ones or none. */
static enum err plan_keys(struct arena *a, const struct command *c,
                          struct dlms_op *op, size_t *n)
{
    const struct secret *was = c->known, *is = c->fresh;
    struct dlms_new_key keys[2] = { { .id = DLMS_KEY_UNICAST },
                                    { .id = DLMS_KEY_AUTHENTICATION } };
    struct dlms_asked asked;
    struct dlms_value *v = value_new(a, DLMS_NULL);
    enum err e;

    if (is == NULL) {
        set_secret(a, op, n, ASSOCIATION, association, SECRET, c->secret);
    } else if (c->proven) {
        add(op, n, DLMS_SERVICE_GET, ASSOCIATION, association, LOGICAL_NAME,
            NULL);
    } else if (was->lls_len != is->lls_len ||
               memcmp(was->lls, is->lls, is->lls_len) != 0) {
        add(op, n, DLMS_SERVICE_SET, ASSOCIATION, association, SECRET,
            octets(a, is->lls, is->lls_len))
            ->proof = false;
    } else if (was->hls_len != is->hls_len ||
               memcmp(was->hls, is->hls, is->hls_len) != 0) {
        add(op, n, DLMS_SERVICE_ACTION, ASSOCIATION, association,
            CHANGE_HLS_SECRET, octets(a, is->hls, is->hls_len));
    } else {
        if (!was->has_kek || !is->has_ek || !is->has_ak)
            return err_raise(ERR_INVALID, "keys without a master key");
        memcpy(keys[0].key, is->ek, DLMS_KEY_LEN);
        memcpy(keys[1].key, is->ak, DLMS_KEY_LEN);
        e = dlms_key_transfer(a, security_name, was->kek, keys, 2, &asked);
        explicit_bzero(keys, sizeof(keys));
        if (e != ERR_OK)
            return e;
        *v = asked.value;
        add(op, n, DLMS_SERVICE_ACTION, DLMS_SECURITY_SETUP, security_name,
            DLMS_SECURITY_KEY_TRANSFER, v);
    }
    return ERR_OK;
}

static void plan_balance(struct arena *a, const struct command *c,
                         struct dlms_op *op, size_t *n)
{
    uint64_t kopecks = c->a < 0 ? 0 - (uint64_t)c->a : (uint64_t)c->a;

    set(op, n, DATA, message_name, VALUE,
        text(a, arena_printf(a, "%s%" PRIu64 ".%02" PRIu64, c->a < 0 ? "-" : "",
                             kopecks / 100, kopecks % 100)));
}

/* send_destination_and_method: TCP, A-XDR encoded xDLMS APDUs. */
static void plan_address(struct arena *a, const struct command *c,
                         struct dlms_op *op, size_t *n)
{
    struct dlms_value *v = list(a, DLMS_STRUCTURE, 3);

    v->list.at[0] = *number(a, DLMS_ENUM, 0);
    v->list.at[1] = *text(a, arena_printf(a, "%s:%" PRId64, c->word, c->a));
    v->list.at[2] = *number(a, DLMS_ENUM, 0);
    if (c->secret[0] != '\0')
        set_secret(a, op, n, DATA, service_name, VALUE, c->secret);
    set(op, n, PUSH_SETUP, push_name, DESTINATION, v);
}

static void plan_valve(struct arena *a, const struct command *c,
                       struct dlms_op *op, size_t *n)
{
    add(op, n, DLMS_SERVICE_ACTION, DISCONNECT_CONTROL, valve_name,
        c->kind == COMMAND_VALVE_CLOSE ? REMOTE_DISCONNECT : REMOTE_RECONNECT,
        number(a, DLMS_INTEGER, 0));
    add(op, n, DLMS_SERVICE_GET, DISCONNECT_CONTROL, valve_name, CONTROL_STATE,
        NULL);
}

/* IEC 62056-6-2, class 7: range_descriptor {clock, from, to, all columns}. */
static void plan_archive(struct arena *a, const struct command *c,
                         struct dlms_op *op, size_t *n)
{
    struct obis name = c->kind == COMMAND_HOURLY || c->word[0] == 'h'
                           ? hourly_name
                           : daily_name;
    struct dlms_value *range = list(a, DLMS_STRUCTURE, 4);
    struct dlms_value *clock = list(a, DLMS_STRUCTURE, 4);
    struct dlms_op *buffer;

    clock->list.at[0] = *number(a, DLMS_LONG_UNSIGNED, CLOCK);
    clock->list.at[1] = *octets(a, clock_name.at, sizeof(clock_name.at));
    clock->list.at[2] = *number(a, DLMS_INTEGER, TIME);
    clock->list.at[3] = *number(a, DLMS_LONG_UNSIGNED, 0);
    range->list.at[0] = *clock;
    range->list.at[1] = *moment(a, c->a, c->zone_minutes);
    range->list.at[2] = *moment(a, c->b, c->zone_minutes);
    range->list.at[3] = *list(a, DLMS_ARRAY, 0);
    add(op, n, DLMS_SERVICE_GET, PROFILE, name, CAPTURE_OBJECTS, NULL);
    buffer = add(op, n, DLMS_SERVICE_GET, PROFILE, name, BUFFER, NULL);
    buffer->selector = RANGE_DESCRIPTOR;
    buffer->selection = range;
}

enum err dlms_plan(struct arena *a, const struct command *c, struct dlms_op *op,
                   size_t *n)
{
    *n = 0;
    switch (c->kind) {
    case COMMAND_VALVE_CLOSE:
    case COMMAND_VALVE_OPEN:
        plan_valve(a, c, op, n);
        return ERR_OK;
    case COMMAND_AUTO_CLOSE:
        set(op, n, DATA, auto_close_name, VALUE, number(a, DLMS_BOOLEAN, c->a));
        return ERR_OK;
    case COMMAND_CUTOFF:
        set(op, n, DATA, cutoff_name, VALUE,
            number(a, DLMS_LONG_UNSIGNED, c->a));
        return ERR_OK;
    case COMMAND_CLOCK:
        add(op, n, DLMS_SERVICE_GET, CLOCK, clock_name, TIME, NULL);
        return ERR_OK;
    case COMMAND_RADIO_PASSWORD:
        set_secret(a, op, n, DATA, radio_name, VALUE, c->secret);
        return ERR_OK;
    case COMMAND_KEYS:
        return plan_keys(a, c, op, n);
    case COMMAND_SYNC_READING:
        plan_sync(a, c, op, n);
        return ERR_OK;
    case COMMAND_PRESSURE:
        set(op, n, REGISTER, pressure_name, VALUE,
            number(a, DLMS_DOUBLE_LONG_UNSIGNED, c->a));
        return ERR_OK;
    case COMMAND_PERIOD:
        return plan_period(a, c, op, n);
    case COMMAND_REPORT_HOUR:
        set(op, n, ACTION_SCHEDULE, day_schedule, EXECUTION_TIME,
            one_execution(a, (int)c->a, ANY, ANY));
        return ERR_OK;
    case COMMAND_BALANCE:
        plan_balance(a, c, op, n);
        return ERR_OK;
    case COMMAND_ARCHIVE:
    case COMMAND_HOURLY:
        plan_archive(a, c, op, n);
        return ERR_OK;
    case COMMAND_SERVER_ADDRESS:
        plan_address(a, c, op, n);
        return ERR_OK;
    case COMMAND_FIRMWARE:
    case COMMAND_EVENTS:
    case COMMAND_KINDS:
        break;
    }
    return err_raise(ERR_INVALID, "command %d is not for DLMS meters",
                     (int)c->kind);
}
