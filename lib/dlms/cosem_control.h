/*
 * Interface classes that act and guard: 21 Register monitor, 64 Security
 * setup, 70 Disconnect control, 71 Limiter (IEC 62056-6-2, 4.4.6, 4.4.7, 4.5).
 * Readers and makers as cosem.h says.
 */
#ifndef LAZUR_LIB_DLMS_COSEM_CONTROL_H
#define LAZUR_LIB_DLMS_COSEM_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/dlms/cipher.h"
#include "lib/dlms/cosem.h"
#include "lib/dlms/cosem_time.h"
#include "lib/dlms/datetime.h"

/* ---- 21: Register monitor ---- */

/* clang-format off */
enum dlms_monitor_attribute {
    DLMS_MONITOR_THRESHOLDS = 2, /* an array of any values */
    DLMS_MONITOR_VALUE = 3,      /* dlms_monitored */
    DLMS_MONITOR_ACTIONS = 4,    /* dlms_monitor_actions */
};
/* clang-format on */

struct dlms_monitored {
    uint16_t class_id;
    struct obis name;
    int8_t attribute;
};
enum err dlms_monitored_read(struct arena *a, const struct dlms_value *v,
                             struct dlms_monitored *out) MUST_CHECK;
void dlms_monitored_make(struct arena *a, const struct dlms_monitored *in,
                         struct dlms_value *out);

struct dlms_action_pair {
    struct dlms_script_call up;   /* above the threshold */
    struct dlms_script_call down; /* below it */
};
enum err dlms_action_pair_read(struct arena *a, const struct dlms_value *v,
                               struct dlms_action_pair *out) MUST_CHECK;
void dlms_action_pair_make(struct arena *a, const struct dlms_action_pair *in,
                           struct dlms_value *out);
enum err dlms_monitor_actions_read(struct arena *a, const struct dlms_value *v,
                                   struct dlms_action_pair **out,
                                   size_t *n) MUST_CHECK;
void dlms_monitor_actions_make(struct arena *a,
                               const struct dlms_action_pair *at, size_t n,
                               struct dlms_value *out);

/* ---- 64: Security setup ---- */

/* clang-format off */
enum dlms_security_attribute {
    DLMS_SECURITY_POLICY = 2, DLMS_SECURITY_SUITE = 3,
    DLMS_SECURITY_CLIENT_TITLE = 4, DLMS_SECURITY_SERVER_TITLE = 5,
    DLMS_SECURITY_CERTIFICATES = 6,
};
enum dlms_security_method {
    DLMS_SECURITY_ACTIVATE = 1, DLMS_SECURITY_KEY_TRANSFER = 2,
};
enum dlms_key_id {
    DLMS_KEY_UNICAST = 0, DLMS_KEY_BROADCAST = 1, DLMS_KEY_AUTHENTICATION = 2,
    DLMS_KEY_MASTER = 3,
};
/* clang-format on */

struct dlms_new_key {
    uint8_t id; /* enum dlms_key_id */
    uint8_t key[DLMS_KEY_LEN];
};

/*
 * dlms_key_transfer - the ACTION global_key_transfer of keys wrapped by the
 * master key. ERR_INVALID for none or more than four.
 */
enum err dlms_key_transfer(struct arena *a, struct obis name,
                           const uint8_t master[DLMS_KEY_LEN],
                           const struct dlms_new_key *keys, size_t n,
                           struct dlms_asked *out) MUST_CHECK;

/* The server's half: what the action brought, unwrapped. ERR_PROTOCOL when a
 * key was wrapped by another, or is of an unknown id. */
enum err dlms_key_transfer_read(struct arena *a, const struct dlms_value *v,
                                const uint8_t master[DLMS_KEY_LEN],
                                struct dlms_new_key **out,
                                size_t *n) MUST_CHECK;

/* ---- 70: Disconnect control ---- */

/* clang-format off */
enum dlms_disconnect_attribute {
    DLMS_DISCONNECT_OUTPUT = 2, DLMS_DISCONNECT_STATE = 3,
    DLMS_DISCONNECT_MODE = 4,
};
enum dlms_disconnect_method { DLMS_REMOTE_DISCONNECT = 1,
                              DLMS_REMOTE_RECONNECT = 2 };
enum dlms_control_state { DLMS_DISCONNECTED = 0, DLMS_CONNECTED = 1,
                          DLMS_READY_FOR_RECONNECTION = 2 };
/* clang-format on */

struct dlms_asked dlms_disconnect(struct obis name);
struct dlms_asked dlms_reconnect(struct obis name);

/* ---- 71: Limiter ---- */

/* clang-format off */
enum dlms_limiter_attribute {
    DLMS_LIMITER_VALUE = 2, /* dlms_monitored */
    DLMS_LIMITER_ACTIVE = 3, DLMS_LIMITER_NORMAL = 4,
    DLMS_LIMITER_EMERGENCY = 5, DLMS_LIMITER_OVER_DURATION = 6,
    DLMS_LIMITER_UNDER_DURATION = 7, DLMS_LIMITER_EMERGENCY_PROFILE = 8,
    DLMS_LIMITER_EMERGENCY_GROUPS = 9, DLMS_LIMITER_EMERGENCY_ACTIVE = 10,
    DLMS_LIMITER_ACTIONS = 11, /* dlms_action_pair: over, under */
};
/* clang-format on */

struct dlms_emergency_profile {
    uint16_t id;
    struct dlms_datetime activate_at;
    uint32_t duration_s;
};
enum err
dlms_emergency_profile_read(struct arena *a, const struct dlms_value *v,
                            struct dlms_emergency_profile *out) MUST_CHECK;
void dlms_emergency_profile_make(struct arena *a,
                                 const struct dlms_emergency_profile *in,
                                 struct dlms_value *out);

#endif
