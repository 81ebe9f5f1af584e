/* Push templates of DLMS meters (push_template): how a body is recognised. */
#ifndef LAZUR_DAEMON_DRIVERS_TEMPLATE_H
#define LAZUR_DAEMON_DRIVERS_TEMPLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/drivers/reading.h"
#include "lib/base/bytes.h"
#include "lib/base/err.h"
#include "lib/dlms/obis.h"
#include "lib/dlms/value.h"

/* push_template_item.meaning; the words are in template.c, in this order. */
enum meaning {
    MEANS_IGNORE,
    MEANS_IDENTITY,
    MEANS_SERIAL,
    MEANS_MODEL,
    MEANS_FIRMWARE,
    MEANS_CLOCK,
    MEANS_VOLUME,
    MEANS_ENERGY,
    MEANS_TEMPERATURE,
    MEANS_PRESSURE,
    MEANS_BATTERY_MV,
    MEANS_BATTERY_PERCENT,
    MEANS_VALVE,
    MEANS_STATUS,
    MEANS_WORKING_H,
    MEANS_TAMPER_H,
    MEANS_SIGNAL_PERCENT,
    MEANS_MOBILE_OPERATOR,
    MEANS_CAUSE,
    MEANS_REGISTER,
    MEANS_SCALER_UNIT,
    MEANS_CELL,
    MEANS_COUNT
};

struct template_item {
    int position;
    struct obis name;
    int scaler;
    uint8_t unit;
    enum meaning meaning;
};

/* All that is set must hold; the list is in the order they are tried. */
struct template
{
    int64_t id;
    char type[READING_NAME_MAX];
    int items;          /* of the outermost list; -1: any number */
    struct bytes shape; /* tags of the elements; empty: any */
    int match_position; /* -1: none */
    struct bytes match;
    bool named;
    struct template_item *item;
    size_t n;
};

struct template_list {
    struct template *at;
    size_t n;
};

/* The word of push_template_item.meaning. ERR_INVALID on another. */
enum err meaning_of_word(const char *word, enum meaning *out) MUST_CHECK;

/* The first template of this body; names: how many values have names. */
const struct template *template_find(const struct template_list *l,
                                     const struct dlms_value *body,
                                     size_t names);

/* Anything that names its values: it knows no meter in particular. */
bool template_is_general(const struct template *t);

const struct template_item *template_item_named(const struct template *t,
                                                struct obis name);
const struct template_item *template_item_at(const struct template *t,
                                             size_t position);

/* What the DLMS driver reads pushes by; the caller keeps l alive. */
void dlms_templates_use(const struct template_list *l);

#endif
