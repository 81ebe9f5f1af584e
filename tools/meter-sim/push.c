/* Encoding of telegrams. */
#include "tools/meter-sim/push.h"

#include <string.h>

#include "lib/dlms/apdu.h"
#include "lib/dlms/frame.h"
#include "tools/meter-sim/flash.h"
#include "tools/meter-sim/goldcard.h"
#include "tools/meter-sim/keys.h"
#include "tools/meter-sim/tariff.h"

static const char *const operators[] = { "MegaFon", "MTS", "Beeline", "Tele2" };

const char *push_operator(const struct meter *m)
{
    return operators[m->seed % 4];
}

bool push_is_confirmed(const struct meter *m)
{
    return model_at(m->model)->confirmed;
}

uint32_t push_invoke(const struct meter *m)
{
    return m->told.invoke | (push_is_confirmed(m) ? DLMS_INVOKE_CONFIRMED : 0);
}

static void clock_of(const struct reading *r, struct dlms_datetime *t)
{
    dlms_datetime_of_moment((struct moment){ .us = r->at_s * 1000000 },
                            PUSH_DEVIATION, t);
}

static void put_text(struct dlms_out *o, const char *text)
{
    dlms_put_octets(o, text, strlen(text));
}

static void put_volume(struct dlms_out *o, const struct meter *m)
{
    if (model_at(m->model)->wide || m->told.volume > UINT32_MAX)
        dlms_put_long64_unsigned(o, m->told.volume);
    else
        dlms_put_double_long_unsigned(o, (uint32_t)m->told.volume);
}

/* One of the base stations that seed-data gives its city, and now and then the
 * next one. */
struct dlms_gsm_cell push_cell(const struct meter *m)
{
    uint32_t moved = m->told.working_h / 700;

    return (struct dlms_gsm_cell){ .cell_id = 1 + (m->seed + moved) % 24,
                                   .location_id = 7701,
                                   .signal = m->told.signal_percent,
                                   .mcc = 250,
                                   .mnc = 1 };
}

/* cell_info of class 47, version 1 */
static void put_cell(struct dlms_out *o, const struct meter *m)
{
    const struct dlms_gsm_cell c = push_cell(m);

    dlms_put_structure(o, 7);
    dlms_put_double_long_unsigned(o, c.cell_id);
    dlms_put_long_unsigned(o, c.location_id);
    dlms_put_unsigned(o, c.signal);
    dlms_put_unsigned(o, c.error_rate);
    dlms_put_long_unsigned(o, c.mcc);
    dlms_put_long_unsigned(o, c.mnc);
    dlms_put_double_long_unsigned(o, c.channel);
}

/* The body's elements stand as in the table of docs/protocol.md. */
static void put_gas(struct dlms_out *o, const struct meter *m)
{
    static const struct obis profile = { { 0, 0, 25, 9, 0, 255 } };
    const struct model *model = model_at(m->model);
    const struct reading *r = &m->told;
    struct dlms_datetime t;

    clock_of(r, &t);
    dlms_put_structure(o, model->tells_cell ? 18 : 17);
    dlms_put_obis(o, profile);
    put_text(o, m->serial);
    put_text(o, model->name);
    put_text(o, flash_version(m));
    dlms_put_datetime(o, &t);
    put_volume(o, m);
    if (model->thermometer)
        dlms_put_long(o, r->temperature_d);
    else
        dlms_put_null(o);
    dlms_put_double_long_unsigned(o, r->pressure_pa);
    dlms_put_long_unsigned(o, r->battery_mv);
    dlms_put_long_unsigned(o, r->battery_permille);
    if (r->valve == VALVE_NONE)
        dlms_put_null(o);
    else
        dlms_put_enum(o, r->valve);
    dlms_put_double_long_unsigned(o, r->status);
    dlms_put_double_long_unsigned(o, r->working_h);
    dlms_put_double_long_unsigned(o, r->tamper_h);
    dlms_put_unsigned(o, r->signal_percent);
    dlms_put_visible(o, push_operator(m));
    dlms_put_enum(o, r->cause);
    if (model->tells_cell)
        put_cell(o, m);
}

/* {name, value, {scaler, unit}} */
static void put_register(struct dlms_out *o, struct obis name, uint64_t value,
                         int8_t scaler, uint8_t unit)
{
    dlms_put_structure(o, 3);
    dlms_put_obis(o, name);
    dlms_put_long64_unsigned(o, value);
    dlms_put_structure(o, 2);
    dlms_put_integer(o, scaler);
    dlms_put_enum(o, unit);
}

/* {name, serial}, {name, clock}: who and when. */
static void put_head(struct dlms_out *o, const struct meter *m)
{
    static const struct obis serial = { { 0, 0, 96, 1, 0, 255 } };
    static const struct obis clock = { { 0, 0, 1, 0, 0, 255 } };
    struct dlms_datetime t;

    clock_of(&m->told, &t);
    dlms_put_structure(o, 2);
    dlms_put_obis(o, serial);
    put_text(o, m->serial);
    dlms_put_structure(o, 2);
    dlms_put_obis(o, clock);
    dlms_put_datetime(o, &t);
}

/* Units are those of IEC 62056-6-2, Table 4: 30 Wh, 32 varh, 35 V, 27 W. */
static void put_electricity(struct dlms_out *o, const struct meter *m)
{
    const struct reading *r = &m->told;

    dlms_put_structure(o, 10);
    put_head(o, m);
    for (uint8_t i = 0; i <= TARIFFS; i++)
        put_register(o, (struct obis){ { 1, 0, 1, 8, i, 255 } },
                     tariff_energy(r->volume, i), 0, 30);
    put_register(o, (struct obis){ { 1, 0, 3, 8, 0, 255 } }, r->volume / 9, 0,
                 32);
    put_register(o, (struct obis){ { 1, 0, 32, 7, 0, 255 } },
                 2250 + r->pressure_pa % 100, -1, 35);
    put_register(o, (struct obis){ { 1, 0, 1, 7, 0, 255 } }, tariff_power(m), 0,
                 27);
}

/* As little as a reading can be: who, when, how much. */
static void put_small(struct dlms_out *o, const struct meter *m)
{
    dlms_put_structure(o, 3);
    put_head(o, m);
    put_register(o, (struct obis){ { 7, 0, 13, 2, 0, 255 } }, m->told.volume,
                 -3, 13);
}

/* The counter of a telegram that is only repeated is the one it had. */
static enum err protect(const struct meter *m, enum push_way way,
                        struct bytes plain, struct dlms_out *out)
{
    struct keys *k = keys_of(m);
    struct dlms_security s;
    uint32_t next;
    enum err e;

    keys_security(m, way == PUSH_WRONG_KEY, &s);
    s.general = true;
    next = s.counter;
    if (way == PUSH_AGAIN && k->pushed != 0)
        s.counter = k->pushed;
    k->pushed = s.counter;
    if ((e = dlms_security_wrap(&s, plain, out)) == ERR_OK)
        k->counter = s.counter > next ? s.counter : next;
    return e;
}

enum err push_put(struct dlms_out *out, const struct meter *m,
                  enum push_way way)
{
    struct dlms_out plain, apdu;
    enum err e;

    if (model_at(m->model)->goldcard) {
        goldcard_put(out, m);
        return ERR_OK;
    }
    dlms_out_init(&plain, out->a);
    dlms_out_init(&apdu, out->a);
    dlms_notification_put(&plain, push_invoke(m), NULL);
    if (meter_is_electric(m))
        put_electricity(&plain, m);
    else if (model_at(m->model)->small)
        put_small(&plain, m);
    else
        put_gas(&plain, m);
    if (!keys_cipher(m))
        apdu = plain;
    else if ((e = protect(m, way, dlms_out_bytes(&plain), &apdu)) != ERR_OK)
        return e;
    return dlms_wrapper_put(out, PORT_METER, PORT_SERVER,
                            dlms_out_bytes(&apdu));
}
