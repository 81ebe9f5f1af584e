/*
 * What a pushed body says: a list of observations, each an object's value.
 *
 * Meters that name their objects need no template. Recognised, at any depth:
 *   {name, value}, {name, value, {scaler, unit}}     Aidon
 *   name, value, name, value ...                     Kamstrup
 *   name, value, {scaler, unit}, name, value ...     Kaifa MA309M
 * What is left is positional, and means something only by a template: so
 * many elements, and which object stands where.
 */
#ifndef LAZUR_LIB_DLMS_PUSH_H
#define LAZUR_LIB_DLMS_PUSH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/obis.h"
#include "lib/dlms/value.h"

#define DLMS_UNIT_NONE 255 /* IEC 62056-6-2, Table 4: count, no unit */

/* One place of a template. meaning is the caller's: this library only
 * carries it. */
struct dlms_push_item {
    uint16_t position;
    uint16_t class_id;
    struct obis name;
    uint8_t attribute;
    int8_t scaler;
    uint8_t unit;
    int meaning;
};

struct dlms_push_template {
    int64_t id;         /* the caller's */
    size_t elements;    /* of the outermost structure */
    int match_position; /* -1: the count alone decides */
    struct bytes match_octets;
    const struct dlms_push_item *items;
    size_t n;
};

struct dlms_observation {
    bool has_name;
    struct obis name;
    size_t position; /* of the value among the elements of the outermost list */
    const struct dlms_value *value;
    bool has_scaler; /* scaler and unit were sent, or come from the template */
    int8_t scaler;
    uint8_t unit;
    const struct dlms_push_item *item; /* of the template, else NULL */
};

struct dlms_push {
    struct dlms_observation *at;
    size_t n;
    size_t named; /* how many have a name */
};

/*
 * dlms_push_read - observations of a body without template, in its order.
 * Elements that belong to no named object come out positional. Never fails:
 * a body of any shape is a list, if only of itself.
 */
void dlms_push_read(struct arena *a, const struct dlms_value *body,
                    struct dlms_push *out);

/* Whether t is the template of this body. */
bool dlms_push_matches(const struct dlms_push_template *t,
                       const struct dlms_value *body);

/*
 * dlms_push_apply - observations of a body by its template: one for each item
 * whose element is there, null-data included.
 * ERR_PROTOCOL when the body does not match.
 */
enum err dlms_push_apply(struct arena *a, const struct dlms_value *body,
                         const struct dlms_push_template *t,
                         struct dlms_push *out) MUST_CHECK;

/* The first observation of an object; NULL when there is none. */
const struct dlms_observation *dlms_push_find(const struct dlms_push *p,
                                              struct obis name);

#endif
