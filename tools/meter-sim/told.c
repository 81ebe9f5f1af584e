/* The table of what can be told. */
#include "tools/meter-sim/told.h"

#include <string.h>

#include "tools/meter-sim/memory.h"
#include "tools/meter-sim/objects.h"
#include "tools/meter-sim/tariff.h"

struct told {
    enum dlms_type type;
    uint16_t class_id;
    struct obis name;
    uint8_t attribute;
    uint8_t of;                        /* of which meters, as objects.h says */
    enum { OPEN, SECRET, OWN } access; /* OWN: moved by a method, not by SET */
    bool (*fits)(struct arena *a, const struct dlms_value *v);
    void (*factory)(const struct meter *m, struct arena *a,
                    struct dlms_value *out);
    void (*obey)(struct meter *m, const struct dlms_value *v);
};

static bool fits_sync(struct arena *a, const struct dlms_value *v)
{
    const struct dlms_value *number = dlms_value_at(v, 0);
    const struct dlms_value *volume = dlms_value_at(v, 1);

    (void)a;
    return v->list.n == 2 && number->type == DLMS_DOUBLE_LONG_UNSIGNED &&
           volume->type == DLMS_LONG64_UNSIGNED && volume->u <= INT64_MAX;
}

static bool fits_lls(struct arena *a, const struct dlms_value *v)
{
    (void)a;
    return v->octets.len < LLS_MAX;
}

/* 563 ... 789 mmHg */
static bool fits_pressure(struct arena *a, const struct dlms_value *v)
{
    (void)a;
    return v->u >= 75060 && v->u <= 105191;
}

static void pressure_now(const struct meter *m, struct arena *a,
                         struct dlms_value *out)
{
    (void)a;
    *out = (struct dlms_value){ .type = DLMS_DOUBLE_LONG_UNSIGNED };
    out->u = m->pressure_pa != 0 ? m->pressure_pa : m->told.pressure_pa;
}

static void obey_pressure(struct meter *m, const struct dlms_value *v)
{
    m->pressure_pa = (uint32_t)v->u;
}

static void obey_lls(struct meter *m, const struct dlms_value *v)
{
    memset(m->lls, 0, sizeof m->lls);
    memcpy(m->lls, v->octets.at, v->octets.len);
}

/* The number it has already is the same synchronisation once more. */
static void obey_sync(struct meter *m, const struct dlms_value *v)
{
    if (m->sync_number == v->list.at[0].u)
        return;
    m->sync_number = (uint32_t)v->list.at[0].u;
    m->volume = v->list.at[1].u;
    m->volume_u = 0;
}

/* clang-format off */
#define OBIS(a, b, c, d, e) { { a, b, c, d, e, 255 } }
static const struct told table[] = {
    { DLMS_LONG_UNSIGNED, 1,  OBIS(0, 0, 96, 50, 10), 2, OF_GAS, OPEN, NULL, NULL, NULL },
    { DLMS_OCTET_STRING,  1,  OBIS(0, 0, 96, 50, 11), 2, OF_GAS, SECRET, NULL, NULL, NULL },
    { DLMS_STRUCTURE,     1,  OBIS(7, 0, 96, 50, 15), 2, OF_GAS, OPEN, fits_sync, NULL, obey_sync },
    { DLMS_BOOLEAN,       1,  OBIS(0, 0, 96, 50, 16), 2, OF_GAS | OF_VALVE, OPEN, NULL, NULL, NULL },
    { DLMS_LONG_UNSIGNED, 1,  OBIS(0, 0, 96, 50, 17), 2, OF_GAS | OF_VALVE, OPEN, NULL, NULL, NULL },
    { DLMS_OCTET_STRING,  1,  OBIS(0, 0, 96, 50, 18), 2, OF_GAS, SECRET, NULL, NULL, NULL },
    { DLMS_ARRAY,         22, OBIS(0, 0, 15, 0, 4),   4, OF_ALL, OPEN, NULL, NULL, NULL },
    { DLMS_ARRAY,         22, OBIS(0, 0, 15, 1, 0),   4, OF_ALL, OPEN, NULL, NULL, NULL },
    { DLMS_STRUCTURE,     40, OBIS(0, 0, 25, 9, 0),   3, OF_ALL, OPEN, NULL, NULL, NULL },
    { DLMS_LONG_UNSIGNED, 40, OBIS(0, 0, 25, 9, 0),   5, OF_ALL, OPEN, NULL, NULL, NULL },
    { DLMS_OCTET_STRING,  1,  OBIS(0, 0, 96, 13, 1),  2, OF_ALL, OPEN, NULL, NULL, NULL },
    { DLMS_OCTET_STRING,  15, OBIS(0, 0, 40, 0, 0),   7, OF_ALL, SECRET, fits_lls, NULL, obey_lls },
    { DLMS_DOUBLE_LONG_UNSIGNED, 3, OBIS(7, 0, 42, 0, 0), 2, OF_GAS, OPEN, fits_pressure, pressure_now, obey_pressure },

    { DLMS_OCTET_STRING,  20, OBIS(0, 0, 13, 0, 0),  2, OF_POWER, OWN,  NULL, tariff_name, NULL },
    { DLMS_ARRAY,         20, OBIS(0, 0, 13, 0, 0),  3, OF_POWER, OWN,  tariff_seasons_fit, tariff_seasons, NULL },
    { DLMS_ARRAY,         20, OBIS(0, 0, 13, 0, 0),  4, OF_POWER, OWN,  tariff_weeks_fit, tariff_weeks, NULL },
    { DLMS_ARRAY,         20, OBIS(0, 0, 13, 0, 0),  5, OF_POWER, OWN,  tariff_days_fit, tariff_days, NULL },
    { DLMS_OCTET_STRING,  20, OBIS(0, 0, 13, 0, 0),  6, OF_POWER, OPEN, NULL, tariff_name, NULL },
    { DLMS_ARRAY,         20, OBIS(0, 0, 13, 0, 0),  7, OF_POWER, OPEN, tariff_seasons_fit, tariff_seasons, NULL },
    { DLMS_ARRAY,         20, OBIS(0, 0, 13, 0, 0),  8, OF_POWER, OPEN, tariff_weeks_fit, tariff_weeks, NULL },
    { DLMS_ARRAY,         20, OBIS(0, 0, 13, 0, 0),  9, OF_POWER, OPEN, tariff_days_fit, tariff_days, NULL },
    { DLMS_OCTET_STRING,  20, OBIS(0, 0, 13, 0, 0), 10, OF_POWER, OPEN, NULL, NULL, NULL },
    { DLMS_ARRAY,         11, OBIS(0, 0, 11, 0, 0),  2, OF_POWER, OPEN, tariff_special_fit, NULL, NULL },
    { DLMS_DOUBLE_LONG_UNSIGNED, 71, OBIS(0, 0, 17, 0, 0), 4, OF_POWER, OPEN, NULL, tariff_limit, NULL },
    { DLMS_DOUBLE_LONG_UNSIGNED, 71, OBIS(0, 0, 17, 0, 0), 5, OF_POWER, OPEN, NULL, tariff_limit, NULL },
    { DLMS_DOUBLE_LONG_UNSIGNED, 71, OBIS(0, 0, 17, 0, 0), 6, OF_POWER, OPEN, NULL, NULL, NULL },
    { DLMS_DOUBLE_LONG_UNSIGNED, 71, OBIS(0, 0, 17, 0, 0), 7, OF_POWER, OPEN, NULL, NULL, NULL },
    { DLMS_ARRAY,         21, OBIS(0, 0, 16, 1, 0),  2, OF_POWER, OPEN, NULL, NULL, NULL },
};
/* clang-format on */
#define TOLD (sizeof table / sizeof *table)

static int find(uint16_t class_id, struct obis name, uint8_t attribute)
{
    for (size_t i = 0; i < TOLD; i++)
        if (table[i].class_id == class_id && table[i].attribute == attribute &&
            obis_same(table[i].name, name))
            return (int)i;
    return TOLD_NOBODY;
}

/* Whether the meter has it follows from its objects, but for the valve's. */
int told_find(const struct meter *m, const struct dlms_target *t)
{
    int no = find(t->class_id, t->name, t->index);
    bool electric = meter_is_electric(m);

    if (no == TOLD_NOBODY || ((table[no].of & OF_GAS) != 0 && electric) ||
        ((table[no].of & OF_POWER) != 0 && !electric))
        return TOLD_NOBODY;
    return no;
}

bool told_is_secret(int no)
{
    return table[no].access == SECRET;
}

bool told_is_own(int no)
{
    return table[no].access == OWN;
}

unsigned told_get(const struct meter *m, int no, struct arena *a,
                  struct dlms_value *out)
{
    const struct told *t = &table[no];
    struct bytes kept = memory_get(m, (unsigned)no);
    size_t at = 0;

    if (t->access == SECRET)
        return DLMS_READ_WRITE_DENIED;
    /* From the factory: empty lists and strings, zeroes. */
    *out = (struct dlms_value){ .type = t->type };
    if (kept.len > 0 && dlms_value_read(a, kept, &at, out) == ERR_OK)
        return DLMS_SUCCESS;
    if (t->factory != NULL)
        t->factory(m, a, out);
    return DLMS_SUCCESS;
}

unsigned told_check(int no, struct arena *a, const struct dlms_value *v)
{
    const struct told *t = &table[no];
    bool is_number = t->type == DLMS_DOUBLE_LONG_UNSIGNED;

    if (t->access == OWN)
        return DLMS_READ_WRITE_DENIED;
    if (v->type != t->type)
        return DLMS_TYPE_UNMATCHED;
    if (t->fits == NULL || t->fits(a, v))
        return DLMS_SUCCESS;
    return is_number || t->access == SECRET ? DLMS_OTHER_REASON
                                            : DLMS_TYPE_UNMATCHED;
}

void told_set(struct meter *m, int no, const struct dlms_value *v,
              struct bytes encoded)
{
    if (table[no].obey != NULL)
        table[no].obey(m, v);
    memory_put(m, (unsigned)no, encoded);
}

bool told_read(const struct meter *m, struct arena *a, uint16_t class_id,
               struct obis name, uint8_t attribute, struct dlms_value *out)
{
    int no = find(class_id, name, attribute);
    struct bytes kept = { NULL, 0 };
    size_t at = 0;

    if (no != TOLD_NOBODY)
        kept = memory_get(m, (unsigned)no);
    return kept.len > 0 && dlms_value_read(a, kept, &at, out) == ERR_OK;
}

void told_keep(const struct meter *m, uint16_t class_id, struct obis name,
               uint8_t attribute, struct bytes encoded)
{
    int no = find(class_id, name, attribute);

    if (no != TOLD_NOBODY)
        memory_put(m, (unsigned)no, encoded);
}
