/* Recognises a push by the templates of the database. */
#include "daemon/drivers/template.h"

#include <string.h>

/* clang-format off */
static const char *const words[MEANS_COUNT] = {
    "ignore", "identity", "serial", "model", "firmware", "clock", "volume",
    "energy", "temperature", "pressure", "battery_mv", "battery_percent",
    "valve", "status", "working_h", "tamper_h", "signal_percent",
    "mobile_operator", "cause", "register", "scaler_unit",
    "cell",
};
/* clang-format on */

enum err meaning_of_word(const char *word, enum meaning *out)
{
    for (int i = 0; i < MEANS_COUNT; i++) {
        if (strcmp(words[i], word) == 0) {
            *out = (enum meaning)i;
            return ERR_OK;
        }
    }
    return err_raise(ERR_INVALID, "no meaning is called %s", word);
}

static size_t elements(const struct dlms_value *body)
{
    return body->type == DLMS_STRUCTURE || body->type == DLMS_ARRAY
               ? body->list.n
               : 1;
}

static const struct dlms_value *element(const struct dlms_value *body, size_t n)
{
    if (body->type == DLMS_STRUCTURE || body->type == DLMS_ARRAY)
        return n < body->list.n ? &body->list.at[n] : NULL;
    return n == 0 ? body : NULL;
}

static bool shape_fits(const struct template *t, const struct dlms_value *body)
{
    if (t->shape.len != elements(body))
        return false;
    for (size_t i = 0; i < t->shape.len; i++) {
        if ((uint8_t)element(body, i)->type != t->shape.at[i])
            return false;
    }
    return true;
}

/* The first string at or inside v; bodies are at most DLMS_DEPTH_MAX deep. */
static const struct dlms_value *first_string(const struct dlms_value *v)
{
    switch (v->type) {
    case DLMS_OCTET_STRING:
    case DLMS_VISIBLE_STRING:
    case DLMS_UTF8_STRING:
        return v;
    case DLMS_ARRAY:
    case DLMS_STRUCTURE:
        for (size_t i = 0; i < v->list.n; i++) {
            const struct dlms_value *s = first_string(&v->list.at[i]);

            if (s != NULL)
                return s;
        }
        return NULL;
    default:
        return NULL;
    }
}

static bool octets_fit(const struct template *t, const struct dlms_value *body)
{
    const struct dlms_value *v = element(body, (size_t)t->match_position);
    struct bytes b;

    if (v == NULL || (v = first_string(v)) == NULL)
        return false;
    b = dlms_value_octets(v);
    return b.len >= t->match.len &&
           memcmp(b.at, t->match.at, t->match.len) == 0;
}

const struct template *template_find(const struct template_list *l,
                                     const struct dlms_value *body,
                                     size_t names)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct template *t = &l->at[i];

        if ((t->items < 0 || (size_t)t->items == elements(body)) &&
            (!t->named || names > 0) &&
            (t->shape.len == 0 || shape_fits(t, body)) &&
            (t->match_position < 0 || octets_fit(t, body)))
            return t;
    }
    return NULL;
}

bool template_is_general(const struct template *t)
{
    return t->named && t->items < 0 && t->shape.len == 0 &&
           t->match_position < 0;
}

const struct template_item *template_item_named(const struct template *t,
                                                struct obis name)
{
    for (size_t i = 0; i < t->n; i++) {
        if (obis_same(t->item[i].name, name))
            return &t->item[i];
    }
    return NULL;
}

const struct template_item *template_item_at(const struct template *t,
                                             size_t position)
{
    for (size_t i = 0; i < t->n; i++) {
        if ((size_t)t->item[i].position == position && position < 100)
            return &t->item[i];
    }
    return NULL;
}
