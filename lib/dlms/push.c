/* Observations of a pushed body: by the names in it, or by a template. */
#include "lib/dlms/push.h"

#include <string.h>

struct walk {
    struct arena *a;
    struct dlms_push *out;
    size_t cap;
};

static struct dlms_observation *
add(struct walk *w, const struct dlms_value *value, size_t position)
{
    struct dlms_observation *o;

    w->out->at = arena_grow(w->a, w->out->at, w->out->n, &w->cap, sizeof(*o));
    o = &w->out->at[w->out->n++];
    *o = (struct dlms_observation){ .value = value, .position = position };
    o->unit = DLMS_UNIT_NONE;
    return o;
}

static bool is_name(const struct dlms_value *v)
{
    return v->type == DLMS_OCTET_STRING && obis_looks_like(v->octets);
}

/* {scaler, unit}: scal_unit_type of IEC 62056-6-2, 4.3.2. */
static bool is_scaler_unit(const struct dlms_value *v)
{
    return v->type == DLMS_STRUCTURE && v->list.n == 2 &&
           v->list.at[0].type == DLMS_INTEGER &&
           v->list.at[1].type == DLMS_ENUM;
}

/*
 * name, value and perhaps {scaler, unit} at element i of v: how many elements
 * they take, 0 when it is no such run. A name behind a name is a list of
 * names, not a value.
 */
static size_t take_named(struct walk *w, const struct dlms_value *v, size_t i,
                         size_t position)
{
    const struct dlms_value *at = v->list.at;
    struct dlms_observation *o;

    if (i + 1 >= v->list.n || !is_name(&at[i]) || is_name(&at[i + 1]))
        return 0;
    o = add(w, &at[i + 1], position);
    o->has_name = true;
    memcpy(o->name.at, at[i].octets.at, sizeof(o->name.at));
    w->out->named++;
    if (i + 2 >= v->list.n || !is_scaler_unit(&at[i + 2]))
        return 2;
    o->has_scaler = true;
    o->scaler = (int8_t)at[i + 2].list.at[0].i;
    o->unit = (uint8_t)at[i + 2].list.at[1].u;
    return 3;
}

/* Calls itself; the depth of a decoded value is capped. */
static void walk_list(struct walk *w, const struct dlms_value *v,
                      bool outermost, size_t position)
{
    for (size_t i = 0; i < v->list.n;) {
        size_t here = outermost ? i : position;
        /* A named value stands behind its name. */
        size_t taken = take_named(w, v, i, outermost ? i + 1 : position);

        if (taken == 0 && dlms_value_count(&v->list.at[i]) > 0)
            walk_list(w, &v->list.at[i], false, here);
        else if (taken == 0)
            (void)add(w, &v->list.at[i], here);
        i += taken > 0 ? taken : 1;
    }
}

void dlms_push_read(struct arena *a, const struct dlms_value *body,
                    struct dlms_push *out)
{
    struct walk w = { .a = a, .out = out };

    *out = (struct dlms_push){ 0 };
    if (dlms_value_count(body) > 0)
        walk_list(&w, body, true, 0);
    else
        (void)add(&w, body, 0);
}

bool dlms_push_matches(const struct dlms_push_template *t,
                       const struct dlms_value *body)
{
    const struct dlms_value *mark;
    struct bytes b;

    if (body->type != DLMS_STRUCTURE || body->list.n != t->elements)
        return false;
    if (t->match_position < 0)
        return true;
    if ((mark = dlms_value_at(body, (size_t)t->match_position)) == NULL)
        return false;
    b = dlms_value_octets(mark);
    return b.len == t->match_octets.len &&
           (b.len == 0 || memcmp(b.at, t->match_octets.at, b.len) == 0);
}

enum err dlms_push_apply(struct arena *a, const struct dlms_value *body,
                         const struct dlms_push_template *t,
                         struct dlms_push *out)
{
    struct walk w = { .a = a, .out = out };

    *out = (struct dlms_push){ 0 };
    if (!dlms_push_matches(t, body))
        return err_raise(ERR_PROTOCOL, "the body is not of its template");
    for (size_t i = 0; i < t->n; i++) {
        const struct dlms_push_item *item = &t->items[i];
        const struct dlms_value *v = dlms_value_at(body, item->position);
        struct dlms_observation *o;

        if (v == NULL)
            continue;
        o = add(&w, v, item->position);
        o->has_name = true;
        o->name = item->name;
        o->has_scaler = true;
        o->scaler = item->scaler;
        o->unit = item->unit;
        o->item = item;
        out->named++;
    }
    return ERR_OK;
}

const struct dlms_observation *dlms_push_find(const struct dlms_push *p,
                                              struct obis name)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->at[i].has_name && obis_same(p->at[i].name, name))
            return &p->at[i];
    return NULL;
}
