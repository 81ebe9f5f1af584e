/* One function for each kind of meaning; a table says which unit goes where. */
#include "daemon/drivers/dlms_reading.h"

#include <string.h>

#include "daemon/drivers/dlms_convert.h"
#include "daemon/drivers/dlms_layout.h"

#define GAS_TYPE        "Счётчик газа DLMS"
#define REGISTERS_MAX   512
#define TEXT_MAX        256
#define KELVIN_0C_MK    273150
#define UNSCALED_DIGITS 3 /* decimals kept of a floating point value */

/* One value of a push and what it is. */
struct seen {
    const struct dlms_value *value;
    struct obis name;
    int scaler;
    uint8_t unit;
    enum meaning meaning;
};

struct work {
    struct arena *a;
    struct reading *out;
    const struct dlms_reading_from *from;
    struct seen *seen;
    size_t n;
    size_t registers_cap;
};

static bool fits(int64_t v, int64_t min, int64_t max)
{
    return v >= min && v <= max;
}

static void take_word(struct work *w, const struct seen *s, char *out,
                      size_t size)
{
    const char *text = dlms_text(w->a, s->value);

    if (text != NULL)
        word_copy(out, size, text);
}

/* An identity is never cut: two meters must not become one. */
static enum err take_identity(struct work *w, const struct seen *s)
{
    const char *text = dlms_text(w->a, s->value);

    if (text == NULL)
        return ERR_OK;
    if (strlen(text) >= READING_NAME_MAX)
        return err_raise(ERR_PROTOCOL, "offset %u: an identity of %zu bytes",
                         s->value->offset, strlen(text));
    word_copy(w->out->identity, READING_NAME_MAX, text);
    return ERR_OK;
}

/* ---- registers ---- */

static struct reading_register *register_add(struct work *w,
                                             const struct seen *s)
{
    struct reading *r = w->out;
    struct reading_register *g;

    if (r->registers_n >= REGISTERS_MAX)
        return NULL;
    r->registers = arena_grow(w->a, r->registers, r->registers_n,
                              &w->registers_cap, sizeof(*g));
    g = &r->registers[r->registers_n++];
    memset(g, 0, sizeof(*g));
    obis_write(g->name, s->name);
    g->scaler = (int8_t)s->scaler;
    g->unit = s->unit;
    return g;
}

/* What has no better meaning is kept under its own name. */
static void take_register(struct work *w, const struct seen *s)
{
    const struct dlms_value *v = s->value;
    struct reading_register *g;
    const char *text = NULL;
    int64_t n = 0;
    bool is_number, exact;
    int scaler = s->scaler;

    if (v->type == DLMS_FLOAT32 || v->type == DLMS_FLOAT64)
        scaler -= UNSCALED_DIGITS;
    is_number = dlms_scaled(v, s->scaler - scaler, &n, &exact);
    if (!is_number && (text = dlms_text(w->a, v)) == NULL)
        return;
    if ((g = register_add(w, s)) == NULL)
        return;
    g->scaler = (int8_t)scaler;
    g->is_number = is_number;
    g->value = n;
    if (!is_number) {
        char *copy = arena_alloc(w->a, TEXT_MAX);

        word_copy(copy, TEXT_MAX, text);
        g->text = copy;
    }
}

/* ---- measured values ---- */

/* clang-format off */
static const struct measure {
    enum meaning meaning;
    uint32_t has;
    int exponent;    /* from the unit on the wire to ours */
    int64_t add;     /* after scaling */
    size_t offset;   /* in struct reading */
    size_t size;
    int64_t min, max;
} measures[] = {
#define M(member) offsetof(struct reading, member), sizeof(((struct reading *)0)->member)
    { MEANS_VOLUME, HAS_VOLUME, 3, 0, M(volume_dm3), 0, INT64_MAX },
    { MEANS_ENERGY, HAS_ENERGY, 0, 0, M(energy_wh), INT64_MIN, INT64_MAX },
    { MEANS_TEMPERATURE, HAS_TEMPERATURE, 3, KELVIN_0C_MK, M(temperature_mk), 0, INT32_MAX },
    { MEANS_PRESSURE, HAS_PRESSURE, 0, 0, M(pressure_pa), 0, INT32_MAX },
    { MEANS_BATTERY_MV, HAS_BATTERY_MV, 3, 0, M(battery_mv), 0, INT16_MAX },
    { MEANS_BATTERY_PERCENT, HAS_BATTERY_PERMILLE, 1, 0, M(battery_permille), 0, 1000 },
    { MEANS_VALVE, HAS_VALVE, 0, 0, M(valve), 0, 3 },
    { MEANS_STATUS, 0, 0, 0, M(status), 0, UINT32_MAX },
    { MEANS_WORKING_H, HAS_WORKING, 0, 0, M(working_h), 0, INT32_MAX },
    { MEANS_TAMPER_H, HAS_TAMPER, 0, 0, M(tamper_h), 0, INT32_MAX },
    { MEANS_SIGNAL_PERCENT, HAS_SIGNAL, 0, 0, M(signal_percent), 0, 100 },
    { MEANS_CAUSE, 0, 0, 0, M(cause), 0, 255 },
#undef M
};
/* clang-format on */

static void member_set(struct reading *r, const struct measure *m, int64_t v)
{
    char *at = (char *)r + m->offset;

    if (m->size == sizeof(int64_t)) {
        memcpy(at, &v, sizeof(v));
    } else if (m->size == sizeof(int32_t)) {
        int32_t v32 = (int32_t)v;

        memcpy(at, &v32, sizeof(v32));
    } else {
        int16_t v16 = (int16_t)v;

        memcpy(at, &v16, sizeof(v16));
    }
}

/* A value outside its bounds is one the meter does not know: left out. */
static void take_measure(struct work *w, const struct seen *s)
{
    for (size_t i = 0; i < sizeof(measures) / sizeof(measures[0]); i++) {
        const struct measure *m = &measures[i];
        int64_t v;
        bool exact;

        if (m->meaning != s->meaning)
            continue;
        if (s->value->type == DLMS_NULL ||
            !dlms_scaled(s->value, s->scaler + m->exponent, &v, &exact) ||
            __builtin_add_overflow(v, m->add, &v) || !fits(v, m->min, m->max))
            return;
        member_set(w->out, m, v);
        w->out->has |= m->has;
        if (!exact && (m->has & (HAS_VOLUME | HAS_ENERGY)))
            take_register(w, s); /* finer than litres or Wh */
        return;
    }
}

static void set_clock(struct work *w, const struct dlms_datetime *t)
{
    struct moment m;

    if (dlms_datetime_moment(t, -w->from->zone_minutes, &m) != ERR_OK)
        return; /* a clock that was never set */
    w->out->at_us = m.us;
    w->out->has |= HAS_CLOCK;
}

/*
 * cell_info of class 47: {cell_ID, location_ID, signal_quality, ber, mcc, mnc,
 * channel_number}; version 0 ends before mcc, and names no network.
 */
static void take_cell(struct work *w, const struct seen *s)
{
    static const struct {
        size_t at;
        int64_t max;
        int bits;
    } parts[] = {
        { 4, 999, 10 }, { 5, 999, 10 }, { 1, 0xFFFF, 16 }, { 0, 0xFFFFFFF, 28 }
    };
    uint64_t cell = 0;

    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        const struct dlms_value *v = dlms_value_at(s->value, parts[i].at);
        int64_t n;

        if (v == NULL || !dlms_value_integer(v, &n) ||
            !fits(n, 0, parts[i].max))
            return;
        cell = cell << parts[i].bits | (uint64_t)n;
    }
    w->out->cell = (int64_t)cell;
    w->out->has |= HAS_CELL;
}

static enum err take(struct work *w, const struct seen *s)
{
    struct reading *r = w->out;
    struct dlms_datetime t;

    switch (s->meaning) {
    case MEANS_IDENTITY:
        return take_identity(w, s);
    case MEANS_MODEL:
        take_word(w, s, r->model, sizeof(r->model));
        break;
    case MEANS_FIRMWARE:
        take_word(w, s, r->firmware, sizeof(r->firmware));
        break;
    case MEANS_MOBILE_OPERATOR:
        take_word(w, s, r->mobile_operator, sizeof(r->mobile_operator));
        break;
    case MEANS_CLOCK:
        if (dlms_value_datetime(s->value, &t))
            set_clock(w, &t);
        break;
    case MEANS_SERIAL:
    case MEANS_REGISTER:
        take_register(w, s);
        break;
    case MEANS_VOLUME:
    case MEANS_ENERGY:
    case MEANS_TEMPERATURE:
    case MEANS_PRESSURE:
    case MEANS_BATTERY_MV:
    case MEANS_BATTERY_PERCENT:
    case MEANS_VALVE:
    case MEANS_STATUS:
    case MEANS_WORKING_H:
    case MEANS_TAMPER_H:
    case MEANS_SIGNAL_PERCENT:
    case MEANS_CAUSE:
        take_measure(w, s);
        break;
    case MEANS_CELL:
        take_cell(w, s);
        break;
    case MEANS_IGNORE:
    case MEANS_SCALER_UNIT:
    case MEANS_COUNT:
        break;
    }
    return ERR_OK;
}

/* ---- which value is what ---- */

static void seen_set(struct seen *s, const struct template_item *item,
                     const struct dlms_value *v)
{
    s->value = v;
    s->name = item->name;
    s->scaler = item->scaler;
    s->unit = item->unit;
    s->meaning = item->meaning;
}

/* {scaler, unit} sent beside the value before it. */
static void rescale(struct seen *s, const struct dlms_value *v)
{
    const struct dlms_value *scaler = dlms_value_at(v, 0);
    const struct dlms_value *unit = dlms_value_at(v, 1);
    int64_t n;

    if (scaler != NULL && dlms_value_integer(scaler, &n) && fits(n, -12, 12))
        s->scaler = (int)n;
    if (unit != NULL && dlms_value_integer(unit, &n) && fits(n, 0, 255))
        s->unit = (uint8_t)n;
}

static void see_positions(struct work *w, const struct dlms_value *body,
                          const struct template *t)
{
    bool list = body->type == DLMS_STRUCTURE || body->type == DLMS_ARRAY;

    w->seen = arena_alloc(w->a, t->n * sizeof(*w->seen));
    for (size_t i = 0; i < t->n; i++) {
        const struct template_item *item = &t->item[i];
        const struct dlms_value *v =
            list ? dlms_value_at(body, (size_t)item->position)
                 : (item->position == 0 ? body : NULL);

        if (v == NULL)
            continue;
        if (item->meaning == MEANS_SCALER_UNIT && w->n > 0)
            rescale(&w->seen[w->n - 1], v);
        else
            seen_set(&w->seen[w->n++], item, v);
    }
}

static void see_names(struct work *w, const struct dlms_push *names,
                      const struct template *t)
{
    w->seen = arena_alloc(w->a, names->n * sizeof(*w->seen) + 1);
    for (size_t i = 0; i < names->n; i++) {
        const struct dlms_observation *o = &names->at[i];
        const struct template_item *item =
            o->has_name ? template_item_named(t, o->name)
                        : template_item_at(t, o->position);
        struct seen *s = &w->seen[w->n];

        if (item == NULL && !o->has_name)
            continue;
        if (item != NULL)
            seen_set(s, item, o->value);
        else
            *s = (struct seen){ o->value, o->name, 0, DLMS_UNIT_NONE,
                                MEANS_REGISTER };
        if (o->has_scaler) {
            s->scaler = fits(o->scaler, -12, 12) ? (int)o->scaler : 0;
            s->unit = o->unit;
        }
        w->n++;
    }
}

/*
 * A gas meter that names its values needs no template: IEC 62056-6-1, media
 * 7: C 3 and 13 are volumes (D 1, 2: at base conditions), 41 and 42 gas
 * temperature and absolute pressure.
 */
static void see_gas(struct work *w)
{
    bool gas = false, volume = false;

    for (size_t i = 0; i < w->n; i++) {
        if (w->seen[i].name.at[0] == 1)
            return;
        gas = gas || w->seen[i].name.at[0] == 7;
    }
    if (!gas)
        return;
    word_copy(w->out->type, sizeof(w->out->type), GAS_TYPE);
    for (size_t i = 0; i < w->n; i++) {
        struct seen *s = &w->seen[i];
        const uint8_t *n = s->name.at;

        if (n[0] != 7 || s->meaning != MEANS_REGISTER)
            continue;
        if (!volume && (n[2] == 3 || n[2] == 13) && n[3] <= 2 && n[4] == 0) {
            s->meaning = MEANS_VOLUME;
            volume = true;
        } else if (n[2] == 41 && n[3] == 0) {
            s->meaning = MEANS_TEMPERATURE;
        } else if (n[2] == 42 && n[3] == 0) {
            s->meaning = MEANS_PRESSURE;
        }
    }
}

/* ---- who and when ---- */

static enum err identify(struct work *w)
{
    static const struct obis known[] = {
        { { 0, 0, 96, 1, 0, 255 } }, { { 0, 0, 96, 1, 1, 255 } },
        { { 1, 1, 96, 1, 1, 255 } }, { { 1, 1, 0, 0, 5, 255 } },
        { { 0, 0, 42, 0, 0, 255 } },
    };
    struct reading *r = w->out;
    enum err e;

    for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++) {
        for (size_t i = 0; i < w->n && r->identity[0] == '\0'; i++) {
            if (w->seen[i].meaning == MEANS_REGISTER &&
                obis_same(w->seen[i].name, known[k]) &&
                (e = take_identity(w, &w->seen[i])) != ERR_OK)
                return e;
        }
    }
    if (r->identity[0] != '\0')
        return ERR_OK;
    r->by_line = w->from->title[0] == '\0';
    word_copy(r->identity, sizeof(r->identity),
              r->by_line ? w->from->line : w->from->title);
    return ERR_OK;
}

/* Of OBIS list version objects: 1-1:0.2.129 and its like. */
static void layout(struct work *w, const struct dlms_value *body)
{
    const char *version = NULL;
    char text[READING_WORD_MAX];

    for (size_t i = 0; i < w->n && version == NULL; i++) {
        const uint8_t *n = w->seen[i].name.at;

        if (n[2] == 0 && n[3] == 2 && n[4] == 129)
            version = dlms_text(w->a, w->seen[i].value);
    }
    word_copy(text, sizeof(text), version != NULL ? version : "");
    dlms_layout(body, text, w->out->layout, sizeof(w->out->layout));
}

static void date(struct work *w, const struct dlms_notification *n)
{
    struct reading *r = w->out;

    r->received_us = w->from->received_us;
    if (!(r->has & HAS_CLOCK) && n->has_datetime)
        set_clock(w, &n->datetime);
    if (!(r->has & HAS_CLOCK))
        r->at_us = r->received_us - r->received_us % 1000000;
}

enum err dlms_reading(struct arena *a, const struct dlms_notification *n,
                      const struct template *t, const struct dlms_push *names,
                      const struct dlms_reading_from *from, struct reading *out)
{
    struct work w = { .a = a, .out = out, .from = from };
    enum err e;

    memset(out, 0, sizeof(*out));
    word_copy(out->type, sizeof(out->type), t->type);
    if (t->named)
        see_names(&w, names, t);
    else
        see_positions(&w, &n->body, t);
    if (template_is_general(t))
        see_gas(&w);
    for (size_t i = 0; i < w.n; i++) {
        if ((e = take(&w, &w.seen[i])) != ERR_OK)
            return e;
    }
    if (out->identity[0] == '\0' && (e = identify(&w)) != ERR_OK)
        return e;
    if (out->by_line)
        layout(&w, &n->body);
    date(&w, n);
    return ERR_OK;
}
