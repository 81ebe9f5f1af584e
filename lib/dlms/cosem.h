/*
 * Interface classes of IEC 62056-6-2 as C structs: readers and makers of the
 * attributes that are structures, and questions for session.h. An attribute
 * that is one number, string or date-time is read by value.h.
 *
 *   this file     questions, values, 1 Data, 3 Register, 4 Extended register,
 *                 5 Demand register, 6 Register activation, 15 Association LN
 *   profile.h     7 Profile generic
 *   cosem_time.h  8 Clock, 9 Script table, 11 Special days table, 20 Activity
 *                 calendar, 22 Single action schedule
 *   cosem_control.h 21 Register monitor, 64 Security setup, 70 Disconnect
 *                 control, 71 Limiter
 *   cosem_net.h   40 Push setup, 41 TCP-UDP setup, 45 GPRS modem setup, 47 GSM
 *                 diagnostic
 *   image.h       18 Image transfer
 *
 * X_read gives ERR_PROTOCOL when the meter's value is of another shape; lists
 * and views point into a and into the value. X_make writes a value into a.
 * Not implemented: all other classes (read and written as plain values).
 */
#ifndef LAZUR_LIB_DLMS_COSEM_H
#define LAZUR_LIB_DLMS_COSEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/apdu.h"
#include "lib/dlms/obis.h"
#include "lib/dlms/value.h"

/* clang-format off */
enum dlms_class {
    DLMS_DATA = 1, DLMS_REGISTER = 3, DLMS_EXTENDED_REGISTER = 4,
    DLMS_DEMAND_REGISTER = 5, DLMS_REGISTER_ACTIVATION = 6,
    DLMS_PROFILE_GENERIC = 7, DLMS_CLOCK = 8, DLMS_SCRIPT_TABLE = 9,
    DLMS_SPECIAL_DAYS = 11, DLMS_ASSOCIATION_LN = 15,
    DLMS_IMAGE_TRANSFER = 18, DLMS_ACTIVITY_CALENDAR = 20,
    DLMS_REGISTER_MONITOR = 21, DLMS_SINGLE_ACTION_SCHEDULE = 22,
    DLMS_PUSH_SETUP = 40, DLMS_TCP_UDP_SETUP = 41,
    DLMS_GPRS_MODEM_SETUP = 45, DLMS_GSM_DIAGNOSTIC = 47,
    DLMS_SECURITY_SETUP = 64, DLMS_DISCONNECT_CONTROL = 70, DLMS_LIMITER = 71,
};

enum dlms_register_attribute { /* of 3 and 4 */
    DLMS_REGISTER_VALUE = 2, DLMS_REGISTER_SCALER_UNIT = 3,
    DLMS_REGISTER_STATUS = 4, DLMS_REGISTER_CAPTURE_TIME = 5,
};
enum dlms_demand_attribute {
    DLMS_DEMAND_CURRENT_AVERAGE = 2, DLMS_DEMAND_LAST_AVERAGE = 3,
    DLMS_DEMAND_SCALER_UNIT = 4, DLMS_DEMAND_STATUS = 5,
    DLMS_DEMAND_CAPTURE_TIME = 6, DLMS_DEMAND_START_TIME_CURRENT = 7,
    DLMS_DEMAND_PERIOD = 8, DLMS_DEMAND_NUMBER_OF_PERIODS = 9,
};
enum dlms_activation_attribute {
    DLMS_ACTIVATION_ASSIGNMENT = 2, DLMS_ACTIVATION_MASKS = 3,
    DLMS_ACTIVATION_ACTIVE_MASK = 4,
};
enum dlms_association_attribute {
    DLMS_ASSOCIATION_OBJECT_LIST = 2, DLMS_ASSOCIATION_SECRET = 7,
    DLMS_ASSOCIATION_SECURITY_SETUP = 9,
};
enum dlms_association_method {
    DLMS_ASSOCIATION_REPLY_TO_HLS = 1, DLMS_ASSOCIATION_CHANGE_HLS_SECRET = 2,
};
/* clang-format on */

/* ---- questions ---- */

struct dlms_asked dlms_ask(uint16_t class_id, struct obis name, uint8_t index);
struct dlms_asked dlms_ask_with(uint16_t class_id, struct obis name,
                                uint8_t index, const struct dlms_value *value);

/* ---- values ---- */

struct dlms_value dlms_of_unsigned(enum dlms_type type, uint64_t v);
struct dlms_value dlms_of_signed(enum dlms_type type, int64_t v);
struct dlms_value dlms_of_boolean(bool v);
struct dlms_value dlms_of_octets(struct bytes b); /* a view */
struct dlms_value dlms_of_text(struct arena *a, const char *text);
struct dlms_value dlms_of_obis(struct arena *a, struct obis name);
struct dlms_value dlms_of_datetime(struct arena *a,
                                   const struct dlms_datetime *t);
struct dlms_value dlms_of_list(struct arena *a, enum dlms_type type,
                               const struct dlms_value *at, size_t n);

/* ---- 3, 4, 5: scaler and unit ---- */

struct dlms_scaler_unit {
    int8_t scaler; /* the value is times 10 to this */
    uint8_t unit;  /* Table 4 */
};
enum err dlms_scaler_unit_read(const struct dlms_value *v,
                               struct dlms_scaler_unit *out) MUST_CHECK;

/* ---- 6: Register activation ---- */

struct dlms_object_name { /* object_definition */
    uint16_t class_id;
    struct obis name;
};
struct dlms_mask_index {
    uint8_t index; /* in the assignment, from 1 */
};
struct dlms_register_mask {
    struct bytes name;
    struct dlms_mask_index *indexes;
    size_t n;
};
enum err dlms_assignment_read(struct arena *a, const struct dlms_value *v,
                              struct dlms_object_name **out,
                              size_t *n) MUST_CHECK;
enum err dlms_masks_read(struct arena *a, const struct dlms_value *v,
                         struct dlms_register_mask **out, size_t *n) MUST_CHECK;

/* ---- 15: Association LN, what there is and what may be done with it ---- */

struct dlms_attribute_right {
    int8_t id;
    uint8_t mode;                /* bit 0 read, 1 write, ...: dlms_may_read */
    struct dlms_value selectors; /* access_selectors: null-data or an array */
};
struct dlms_method_right {
    int8_t id;
    uint8_t mode; /* 0: none */
};
struct dlms_object {
    uint16_t class_id;
    uint8_t version;
    struct obis name;
    struct dlms_attribute_right *attributes;
    size_t attributes_n;
    struct dlms_method_right *methods;
    size_t methods_n;
};
enum err dlms_object_list_read(struct arena *a, const struct dlms_value *v,
                               struct dlms_object **out, size_t *n) MUST_CHECK;
void dlms_object_list_make(struct arena *a, const struct dlms_object *at,
                           size_t n, struct dlms_value *out);

/* The object of this name and class; NULL when the meter has none. */
const struct dlms_object *dlms_object_find(const struct dlms_object *at,
                                           size_t n, uint16_t class_id,
                                           struct obis name);
/*
 * What the list grants. association_version: of the association object itself
 * (version 3 says rights by bits, older ones by enum). An attribute that is
 * not listed is granted nothing.
 */
bool dlms_may_read(const struct dlms_object *o, int8_t attribute,
                   uint8_t association_version);
bool dlms_may_write(const struct dlms_object *o, int8_t attribute,
                    uint8_t association_version);
bool dlms_may_call(const struct dlms_object *o, int8_t method);

#endif
