/* Monitors, keys, disconnectors and limiters: see cosem_control.h. */
#include "lib/dlms/cosem_control.h"

#include "lib/dlms/shape.h"

static const struct shape_field monitored_fields[] = {
    SHAPE_AT(SHAPE_U16, struct dlms_monitored, class_id),
    SHAPE_AT(SHAPE_OBIS, struct dlms_monitored, name),
    SHAPE_AT(SHAPE_I8, struct dlms_monitored, attribute),
};
static const struct shape monitored = { "value_definition",
                                        sizeof(struct dlms_monitored),
                                        SHAPE_FIELDS(monitored_fields) };
SHAPE_DOOR(dlms_monitored, struct dlms_monitored, &monitored)

static const struct shape_field action_pair_fields[] = {
    SHAPE_IN(struct dlms_action_pair, up, &shape_script_call),
    SHAPE_IN(struct dlms_action_pair, down, &shape_script_call),
};
static const struct shape action_pair = { "action_set",
                                          sizeof(struct dlms_action_pair),
                                          SHAPE_FIELDS(action_pair_fields) };
SHAPE_DOOR(dlms_action_pair, struct dlms_action_pair, &action_pair)
SHAPE_LIST_DOOR(dlms_monitor_actions, struct dlms_action_pair, &action_pair)

static const struct shape_field emergency_profile_fields[] = {
    SHAPE_AT(SHAPE_U16, struct dlms_emergency_profile, id),
    SHAPE_AT(SHAPE_DATETIME, struct dlms_emergency_profile, activate_at),
    SHAPE_AT(SHAPE_U32, struct dlms_emergency_profile, duration_s),
};
static const struct shape emergency_profile = {
    "emergency_profile", sizeof(struct dlms_emergency_profile),
    SHAPE_FIELDS(emergency_profile_fields)
};
SHAPE_DOOR(dlms_emergency_profile, struct dlms_emergency_profile,
           &emergency_profile)

/* ---- 64 ---- */

#define KEYS_MAX 4

struct wrapped {
    uint8_t id;
    struct bytes key;
};
static const struct shape_field wrapped_fields[] = {
    SHAPE_AT(SHAPE_ENUM, struct wrapped, id),
    SHAPE_AT(SHAPE_OCTETS, struct wrapped, key),
};
static const struct shape wrapped = { "key_transfer_data",
                                      sizeof(struct wrapped),
                                      SHAPE_FIELDS(wrapped_fields) };

enum err dlms_key_transfer(struct arena *a, struct obis name,
                           const uint8_t master[DLMS_KEY_LEN],
                           const struct dlms_new_key *keys, size_t n,
                           struct dlms_asked *out)
{
    uint8_t under[KEYS_MAX][DLMS_WRAPPED_LEN];
    struct wrapped list[KEYS_MAX];
    struct dlms_value v;
    enum err e;

    if (n == 0 || n > KEYS_MAX)
        return err_raise(ERR_INVALID, "%zu keys", n);
    for (size_t i = 0; i < n; i++) {
        if ((e = dlms_key_wrap(master, keys[i].key, under[i])) != ERR_OK)
            return e;
        list[i] =
            (struct wrapped){ keys[i].id, { under[i], DLMS_WRAPPED_LEN } };
    }
    shape_make_list(a, &wrapped, list, n, &v);
    *out = dlms_ask_with(DLMS_SECURITY_SETUP, name, DLMS_SECURITY_KEY_TRANSFER,
                         &v);
    return ERR_OK;
}

enum err dlms_key_transfer_read(struct arena *a, const struct dlms_value *v,
                                const uint8_t master[DLMS_KEY_LEN],
                                struct dlms_new_key **out, size_t *n)
{
    struct wrapped *list = NULL;
    enum err e;

    if ((e = shape_read_list(a, &wrapped, v, (void **)&list, n)) != ERR_OK)
        return e;
    *out = arena_alloc(a, (*n + 1) * sizeof(**out));
    for (size_t i = 0; i < *n; i++) {
        if (list[i].id > DLMS_KEY_MASTER || list[i].key.len != DLMS_WRAPPED_LEN)
            return err_raise(ERR_PROTOCOL, "key %u of %zu bytes", list[i].id,
                             list[i].key.len);
        (*out)[i].id = list[i].id;
        if ((e = dlms_key_unwrap(master, list[i].key.at, (*out)[i].key)) !=
            ERR_OK)
            return e;
    }
    return ERR_OK;
}

/* ---- 70 ---- */

struct dlms_asked dlms_disconnect(struct obis name)
{
    const struct dlms_value zero = dlms_of_signed(DLMS_INTEGER, 0);

    return dlms_ask_with(DLMS_DISCONNECT_CONTROL, name, DLMS_REMOTE_DISCONNECT,
                         &zero);
}

struct dlms_asked dlms_reconnect(struct obis name)
{
    const struct dlms_value zero = dlms_of_signed(DLMS_INTEGER, 0);

    return dlms_ask_with(DLMS_DISCONNECT_CONTROL, name, DLMS_REMOTE_RECONNECT,
                         &zero);
}
