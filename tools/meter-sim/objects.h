/*
 * What a meter has, object by object (IEC 62056-6-2): a family of objects is a
 * table in a file of its own, and this is what the tables are made of. An
 * attribute that can be written is a line of told.h besides.
 */
#ifndef LAZUR_TOOLS_METER_SIM_OBJECTS_H
#define LAZUR_TOOLS_METER_SIM_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/dlms/apdu.h"
#include "lib/dlms/server.h"
#include "tools/meter-sim/meter.h"

/* Whoever does what is asked, and writes it down. */
struct server_hands {
    void *ctx;
    /* Moves the valve; returns enum dlms_result. */
    unsigned (*valve)(void *ctx, struct meter *m, bool is_open);
    /* Told before an attribute is written, or a method called. */
    void (*written)(void *ctx, struct meter *m,
                    const struct dlms_target *target, unsigned result,
                    struct bytes value);
};

/* One session's asking: whom, when, and what it may. */
struct asking {
    struct meter *m;
    int64_t now_us;
    bool trusted; /* knows the secret, or the meter has none */
    struct server_hands hands;
};

/* Which meters have an object; all of what is named must hold. */
enum {
    OF_ALL = 0,
    OF_GAS = 1,
    OF_POWER = 2,
    OF_VALVE = 4,
    OF_ARCHIVE = 8,
    OF_HEAT = 16, /* a thermometer */
    OF_KEYS = 32,
};

struct object {
    uint16_t class_id;
    uint8_t version;
    struct obis name;
    uint8_t of;
    uint8_t attributes; /* how many it has, its name included */
    uint8_t methods;
    /* All return enum dlms_result. NULL: nothing beyond what told.h knows. */
    unsigned (*get)(const struct asking *q, struct arena *a,
                    const struct dlms_asked *what, struct dlms_value *out);
    unsigned (*set)(const struct asking *q, struct arena *a,
                    const struct dlms_asked *what);
    unsigned (*act)(const struct asking *q, struct arena *a,
                    const struct dlms_asked *what);
};

/* The families, each ended by an object of class 0. */
extern const struct object objects_basic[], objects_gas[], objects_power[],
    objects_tariff[], objects_archive[], objects_flash[], objects_net[],
    objects_access[];

/* What a server asks of its caller, ctx being a struct asking. */
extern const struct dlms_objects objects_served;

/* The rows this meter has, one after another; NULL: no more. *at is 0 first. */
const struct object *objects_next(const struct meter *m, size_t *at);

/* A value as it was sent. */
struct bytes objects_encoded(struct arena *a, const struct dlms_value *v);

#endif
