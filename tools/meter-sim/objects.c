/* Finds the object that is meant, and what of it. */
#include "tools/meter-sim/objects.h"

#include "lib/dlms/cosem.h"
#include "tools/meter-sim/keys.h"
#include "tools/meter-sim/told.h"

static const struct object *const families[] = {
    objects_basic,   objects_gas,   objects_power, objects_tariff,
    objects_archive, objects_flash, objects_net,   objects_access,
};
#define FAMILIES (sizeof families / sizeof families[0])
#define ROWS_MAX 64 /* of a family, for objects_next */

static unsigned features(const struct meter *m)
{
    const struct model *model = model_at(m->model);
    unsigned of = meter_is_electric(m) ? OF_POWER : OF_GAS;

    of |= m->valve != VALVE_NONE ? OF_VALVE : 0;
    of |= model->has_archive ? OF_ARCHIVE : 0;
    of |= model->thermometer ? OF_HEAT : 0;
    of |= keys_of(m) != NULL ? OF_KEYS : 0;
    return of;
}

const struct object *objects_next(const struct meter *m, size_t *at)
{
    unsigned of = features(m);

    while (*at < FAMILIES * ROWS_MAX) {
        const struct object *o = &families[*at / ROWS_MAX][*at % ROWS_MAX];

        if (o->class_id == 0) {
            *at = (*at / ROWS_MAX + 1) * ROWS_MAX;
            continue;
        }
        ++*at;
        if ((o->of & of) == o->of)
            return o;
    }
    return NULL;
}

/* Which object is meant, or why there is none. */
static unsigned find(const struct meter *m, const struct dlms_target *t,
                     const struct object **out)
{
    unsigned why = DLMS_OBJECT_UNDEFINED;
    size_t at = 0;

    while ((*out = objects_next(m, &at)) != NULL) {
        if (!obis_same((*out)->name, t->name))
            continue;
        if ((*out)->class_id == t->class_id)
            return DLMS_SUCCESS;
        why = DLMS_OBJECT_CLASS_INCONSISTENT;
    }
    return why;
}

struct bytes objects_encoded(struct arena *a, const struct dlms_value *v)
{
    struct dlms_out out;

    dlms_out_init(&out, a);
    return dlms_value_put(&out, v) == ERR_OK ? dlms_out_bytes(&out)
                                             : (struct bytes){ NULL, 0 };
}

static unsigned get(const struct asking *q, struct arena *a,
                    const struct dlms_asked *what, struct dlms_value *out)
{
    const struct dlms_target *t = &what->target;
    const struct object *o;
    unsigned why = find(q->m, t, &o);
    int told;

    if (why != DLMS_SUCCESS)
        return why;
    if (t->index < 1 || t->index > o->attributes)
        return DLMS_READ_WRITE_DENIED;
    if (t->index == 1) {
        *out = dlms_of_obis(a, o->name);
        return DLMS_SUCCESS;
    }
    told = told_find(q->m, t);
    if (told != TOLD_NOBODY)
        return told_get(q->m, told, a, out);
    return o->get != NULL ? o->get(q, a, what, out) : DLMS_READ_WRITE_DENIED;
}

static unsigned set(const struct asking *q, struct arena *a,
                    const struct dlms_asked *what)
{
    const struct dlms_target *t = &what->target;
    struct bytes value = objects_encoded(a, &what->value);
    const struct object *o;
    unsigned result = find(q->m, t, &o);
    int told;

    if (result != DLMS_SUCCESS)
        return result;
    if (!q->trusted)
        return DLMS_READ_WRITE_DENIED;
    told = told_find(q->m, t);
    if (told == TOLD_NOBODY)
        return o->set != NULL ? o->set(q, a, what) : DLMS_READ_WRITE_DENIED;
    result = told_check(told, a, &what->value);
    q->hands.written(q->hands.ctx, q->m, t, result, value);
    if (result == DLMS_SUCCESS)
        told_set(q->m, told, &what->value, value);
    return result;
}

static unsigned act(const struct asking *q, struct arena *a,
                    const struct dlms_asked *what)
{
    const struct object *o;
    unsigned why = find(q->m, &what->target, &o);

    if (why != DLMS_SUCCESS)
        return why;
    if (what->target.index < 1 || what->target.index > o->methods)
        return DLMS_OBJECT_UNAVAILABLE;
    if (!q->trusted)
        return DLMS_READ_WRITE_DENIED;
    return o->act != NULL ? o->act(q, a, what) : DLMS_OBJECT_UNAVAILABLE;
}

static uint8_t served_get(void *ctx, struct arena *a,
                          const struct dlms_asked *what, struct dlms_value *out)
{
    *out = (struct dlms_value){ .type = DLMS_NULL };
    return (uint8_t)get(ctx, a, what, out);
}

static uint8_t served_set(void *ctx, struct arena *a,
                          const struct dlms_asked *what)
{
    return (uint8_t)set(ctx, a, what);
}

static uint8_t served_act(void *ctx, struct arena *a,
                          const struct dlms_asked *what, bool *has,
                          struct dlms_value *out)
{
    *has = false;
    *out = (struct dlms_value){ .type = DLMS_NULL };
    return (uint8_t)act(ctx, a, what);
}

const struct dlms_objects objects_served = { served_get, served_set,
                                             served_act };
