/* Who may do what, and the keys for it: classes 15 and 64. */
#include <string.h>

#include "lib/dlms/cosem.h"
#include "lib/dlms/cosem_control.h"
#include "lib/dlms/session.h"
#include "tools/meter-sim/keys.h"
#include "tools/meter-sim/objects.h"
#include "tools/meter-sim/server.h"
#include "tools/meter-sim/told.h"

#define READS          1 /* rights of an association of version 1 */
#define WRITES         2
#define CONFIGURATOR   48
#define POLICY_CIPHERS 3 /* security_policy of version 0: both */
#define OBJECTS_MAX    128

/* 2.16.756.5.8: 1.1 context LN, 1.3 with ciphering, 2.n mechanism n */
static const uint8_t oid[] = { 0x60, 0x85, 0x74, 0x05, 0x08 };

static struct dlms_value oid_of(struct arena *a, uint8_t arc, uint8_t last)
{
    uint8_t *at = arena_alloc(a, sizeof oid + 2);

    memcpy(at, oid, sizeof oid);
    at[sizeof oid] = arc;
    at[sizeof oid + 1] = last;
    return dlms_of_octets((struct bytes){ at, sizeof oid + 2 });
}

static uint8_t mechanism(const struct meter *m)
{
    const struct keys *k = keys_of(m);

    if (k != NULL && k->secret.has_mechanism)
        return k->secret.mechanism;
    return m->lls[0] != '\0' ? DLMS_LLS : DLMS_LOWEST;
}

static uint8_t mode_of(const struct meter *m, const struct object *o,
                       uint8_t attribute)
{
    const struct dlms_target t = { o->class_id, o->name, attribute };
    int told = told_find(m, &t);

    if (told != TOLD_NOBODY && told_is_secret(told))
        return WRITES;
    if (told != TOLD_NOBODY && !told_is_own(told))
        return READS | WRITES;
    if (o->class_id == DLMS_CLOCK && attribute == 2)
        return READS | WRITES;
    return READS;
}

static void object_describe(const struct meter *m, struct arena *a,
                            const struct object *o, struct dlms_object *out)
{
    *out = (struct dlms_object){ .class_id = o->class_id,
                                 .version = o->version,
                                 .name = o->name,
                                 .attributes_n = o->attributes,
                                 .methods_n = o->methods };
    out->attributes = arena_alloc(a, o->attributes * sizeof *out->attributes);
    out->methods = arena_alloc(a, o->methods * sizeof *out->methods + 1);
    for (uint8_t i = 0; i < o->attributes; i++)
        out->attributes[i] =
            (struct dlms_attribute_right){ (int8_t)(i + 1),
                                           mode_of(m, o, (uint8_t)(i + 1)),
                                           { .type = DLMS_NULL } };
    for (uint8_t i = 0; i < o->methods; i++)
        out->methods[i] = (struct dlms_method_right){ (int8_t)(i + 1), 1 };
}

/* xDLMS_context_info: conformance, PDU sizes, version, quality, key. */
static struct dlms_value context_info(struct arena *a)
{
    uint32_t agreed = DLMS_CONFORMANCE_CLIENT;
    uint8_t *bits = arena_alloc(a, 3);
    struct dlms_value v[6] = {
        { .type = DLMS_BIT_STRING },
        dlms_of_unsigned(DLMS_LONG_UNSIGNED, SERVER_PDU_MAX),
        dlms_of_unsigned(DLMS_LONG_UNSIGNED, SERVER_PDU_MAX),
        dlms_of_unsigned(DLMS_UNSIGNED, 6),
        dlms_of_signed(DLMS_INTEGER, 0),
        dlms_of_octets((struct bytes){ NULL, 0 }),
    };

    bits[0] = (uint8_t)(agreed >> 16);
    bits[1] = (uint8_t)(agreed >> 8);
    bits[2] = (uint8_t)agreed;
    v[0].bits.at = bits;
    v[0].bits.n = 24;
    return dlms_of_list(a, DLMS_STRUCTURE, v, 6);
}

static void object_list(const struct meter *m, struct arena *a,
                        struct dlms_value *out)
{
    struct dlms_object *list = arena_alloc(a, OBJECTS_MAX * sizeof *list);
    const struct object *o;
    size_t n = 0, at = 0;

    while (n < OBJECTS_MAX && (o = objects_next(m, &at)) != NULL)
        object_describe(m, a, o, &list[n++]);
    dlms_object_list_make(a, list, n, out);
}

static unsigned association_get(const struct asking *q, struct arena *a,
                                const struct dlms_asked *what,
                                struct dlms_value *out)
{
    static const struct obis setup = { { 0, 0, 43, 0, 0, 255 } };
    struct dlms_value pair[2];

    switch (what->target.index) {
    case DLMS_ASSOCIATION_OBJECT_LIST:
        object_list(q->m, a, out);
        return DLMS_SUCCESS;
    case 3: /* associated_partners_id: client, server */
        pair[0] = dlms_of_signed(DLMS_INTEGER, CONFIGURATOR);
        pair[1] = dlms_of_unsigned(DLMS_LONG_UNSIGNED, 1);
        *out = dlms_of_list(a, DLMS_STRUCTURE, pair, 2);
        return DLMS_SUCCESS;
    case 4:
        *out = oid_of(a, 1, keys_cipher(q->m) ? DLMS_LN_CIPHERED : DLMS_LN);
        return DLMS_SUCCESS;
    case 5:
        *out = context_info(a);
        return DLMS_SUCCESS;
    case 6:
        *out = oid_of(a, 2, mechanism(q->m));
        return DLMS_SUCCESS;
    case 8: /* association_status: associated */
        *out = dlms_of_unsigned(DLMS_ENUM, 2);
        return DLMS_SUCCESS;
    case DLMS_ASSOCIATION_SECURITY_SETUP:
        *out = dlms_of_obis(a, setup);
        return DLMS_SUCCESS;
    default:
        return DLMS_READ_WRITE_DENIED;
    }
}

/* change_HLS_secret: the new one as it is. */
static unsigned association_act(const struct asking *q, struct arena *a,
                                const struct dlms_asked *what)
{
    struct keys *k = keys_of(q->m);
    struct bytes b = dlms_value_octets(&what->value);

    if (what->target.index != DLMS_ASSOCIATION_CHANGE_HLS_SECRET || k == NULL)
        return DLMS_OBJECT_UNAVAILABLE;
    if (b.len == 0 || b.len > sizeof k->secret.hls)
        return DLMS_OTHER_REASON;
    q->hands.written(q->hands.ctx, q->m, &what->target, DLMS_SUCCESS,
                     objects_encoded(a, &what->value));
    memcpy(k->secret.hls, b.at, b.len);
    k->secret.hls_len = b.len;
    return DLMS_SUCCESS;
}

static unsigned security_get(const struct asking *q, struct arena *a,
                             const struct dlms_asked *what,
                             struct dlms_value *out)
{
    const struct keys *k = keys_of(q->m);
    uint8_t *title = arena_alloc(a, SECRET_TITLE_LEN);

    keys_title(q->m, title);
    switch (what->target.index) {
    case DLMS_SECURITY_POLICY:
        *out =
            dlms_of_unsigned(DLMS_ENUM, keys_cipher(q->m) ? POLICY_CIPHERS : 0);
        return DLMS_SUCCESS;
    case DLMS_SECURITY_SUITE:
        *out = dlms_of_unsigned(DLMS_ENUM, k->secret.suite);
        return DLMS_SUCCESS;
    case DLMS_SECURITY_SERVER_TITLE:
        *out = dlms_of_octets((struct bytes){ title, SECRET_TITLE_LEN });
        return DLMS_SUCCESS;
    case DLMS_SECURITY_CLIENT_TITLE:
        *out = dlms_of_octets((struct bytes){ NULL, 0 });
        return DLMS_SUCCESS;
    default:
        return DLMS_READ_WRITE_DENIED;
    }
}

/* global_key_transfer: they hold from the next association on. */
static unsigned security_act(const struct asking *q, struct arena *a,
                             const struct dlms_asked *what)
{
    struct keys *k = keys_of(q->m);
    struct dlms_new_key *new;
    size_t n;

    if (what->target.index != DLMS_SECURITY_KEY_TRANSFER)
        return DLMS_OBJECT_UNAVAILABLE;
    if (!k->secret.has_kek || !what->has_value ||
        dlms_key_transfer_read(a, &what->value, k->secret.kek, &new, &n) !=
            ERR_OK)
        return DLMS_OTHER_REASON;
    q->hands.written(q->hands.ctx, q->m, &what->target, DLMS_SUCCESS,
                     objects_encoded(a, &what->value));
    for (size_t i = 0; i < n; i++) {
        if (new[i].id == DLMS_KEY_UNICAST)
            memcpy(k->secret.ek, new[i].key, SECRET_KEY_LEN);
        if (new[i].id == DLMS_KEY_AUTHENTICATION)
            memcpy(k->secret.ak, new[i].key, SECRET_KEY_LEN);
        if (new[i].id == DLMS_KEY_MASTER)
            memcpy(k->secret.kek, new[i].key, SECRET_KEY_LEN);
    }
    return DLMS_SUCCESS;
}

/* clang-format off */
const struct object objects_access[] = {
    { DLMS_ASSOCIATION_LN, 1, { { 0, 0, 40, 0, 0, 255 } }, OF_ALL,  9, 2, association_get, NULL, association_act },
    { DLMS_SECURITY_SETUP, 0, { { 0, 0, 43, 0, 0, 255 } }, OF_KEYS, 5, 2, security_get, NULL, security_act },
    { 0 },
};
/* clang-format on */
