/* The table of what can be told. */
#include "tools/meter-sim/told.h"

#include <string.h>

#include "tools/meter-sim/memory.h"

/* clang-format off */
enum told { INTERVAL, RADIO, SYNC, AUTO_CLOSE, CUTOFF, SERVICE, SCHEDULE, DAY,
            DESTINATION, WINDOW, MESSAGE, LLS, PRESSURE, TOLD };
/* clang-format on */

/* clang-format off */
static const struct {
    enum dlms_type type;
    uint16_t class_id;
    struct obis name;
    uint8_t attribute;
    bool secret;
    bool of_valve; /* only meters with a valve have it */
} table[TOLD] = {
    [INTERVAL]    = { DLMS_LONG_UNSIGNED, 1, { { 0, 0, 96, 50, 10, 255 } }, 2, false, false },
    [RADIO]       = { DLMS_OCTET_STRING, 1, { { 0, 0, 96, 50, 11, 255 } }, 2, true, false },
    [SYNC]        = { DLMS_STRUCTURE, 1, { { 7, 0, 96, 50, 15, 255 } }, 2, false, false },
    [AUTO_CLOSE]  = { DLMS_BOOLEAN, 1, { { 0, 0, 96, 50, 16, 255 } }, 2, false, true },
    [CUTOFF]      = { DLMS_LONG_UNSIGNED, 1, { { 0, 0, 96, 50, 17, 255 } }, 2, false, true },
    [SERVICE]     = { DLMS_OCTET_STRING, 1, { { 0, 0, 96, 50, 18, 255 } }, 2, true, false },
    [SCHEDULE]    = { DLMS_ARRAY, 22, { { 0, 0, 15, 0, 4, 255 } }, 4, false, false },
    [DAY]         = { DLMS_ARRAY, 22, { { 0, 0, 15, 1, 0, 255 } }, 4, false, false },
    [DESTINATION] = { DLMS_STRUCTURE, 40, { { 0, 0, 25, 9, 0, 255 } }, 3, false, false },
    [WINDOW]      = { DLMS_LONG_UNSIGNED, 40, { { 0, 0, 25, 9, 0, 255 } }, 5, false, false },
    [MESSAGE]     = { DLMS_OCTET_STRING, 1, { { 0, 0, 96, 13, 1, 255 } }, 2, false, false },
    [LLS]         = { DLMS_OCTET_STRING, 15, { { 0, 0, 40, 0, 0, 255 } }, 7, true, false },
    [PRESSURE]    = { DLMS_DOUBLE_LONG_UNSIGNED, 3, { { 7, 0, 42, 0, 0, 255 } }, 2, false, false },
};
/* clang-format on */

int told_find(const struct meter *m, const struct dlms_target *t)
{
    if (meter_is_electric(m))
        return TOLD_NOBODY;
    for (int i = 0; i < TOLD; i++) {
        if (table[i].class_id == t->class_id &&
            table[i].attribute == t->index &&
            obis_same(table[i].name, t->name) &&
            (!table[i].of_valve || m->valve != VALVE_NONE))
            return i;
    }
    return TOLD_NOBODY;
}

/* From the factory: empty lists and strings, zeroes. */
static void factory(int no, struct dlms_value *out)
{
    *out = (struct dlms_value){ .type = table[no].type };
}

unsigned told_get(const struct meter *m, int no, struct arena *a,
                  struct dlms_value *out)
{
    struct bytes kept = memory_get(m, (unsigned)no);
    size_t at = 0;

    if (table[no].secret)
        return DLMS_READ_WRITE_DENIED;
    if (no == PRESSURE) {
        factory(no, out);
        out->u = m->pressure_pa != 0 ? m->pressure_pa : m->told.pressure_pa;
    } else if (kept.len == 0 || dlms_value_read(a, kept, &at, out) != ERR_OK) {
        factory(no, out);
    }
    return DLMS_SUCCESS;
}

static bool is_sync(const struct dlms_value *v)
{
    const struct dlms_value *number = dlms_value_at(v, 0);
    const struct dlms_value *volume = dlms_value_at(v, 1);

    return v->list.n == 2 && number->type == DLMS_DOUBLE_LONG_UNSIGNED &&
           volume->type == DLMS_LONG64_UNSIGNED && volume->u <= INT64_MAX;
}

unsigned told_check(const struct meter *m, int no, const struct dlms_value *v)
{
    (void)m;
    if (v->type != table[no].type || (no == SYNC && !is_sync(v)))
        return DLMS_TYPE_UNMATCHED;
    if (no == LLS && v->octets.len >= LLS_MAX)
        return DLMS_OTHER_REASON;
    if (no == PRESSURE && (v->u < 75060 || v->u > 105191))
        return DLMS_OTHER_REASON;
    return DLMS_SUCCESS;
}

void told_set(struct meter *m, int no, const struct dlms_value *v,
              struct bytes encoded)
{
    if (no == PRESSURE)
        m->pressure_pa = (uint32_t)v->u;
    if (no == LLS) {
        memset(m->lls, 0, sizeof m->lls);
        memcpy(m->lls, v->octets.at, v->octets.len);
    }
    /* The number it has already is the same synchronisation once more. */
    if (no == SYNC && m->sync_number != v->list.at[0].u) {
        m->sync_number = (uint32_t)v->list.at[0].u;
        m->volume = v->list.at[1].u;
        m->volume_u = 0;
    }
    memory_put(m, (unsigned)no, encoded);
}
