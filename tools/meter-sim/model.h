/* The models of meters that can be played, and how they differ. */
#ifndef LAZUR_TOOLS_METER_SIM_MODEL_H
#define LAZUR_TOOLS_METER_SIM_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/err.h"

#define MODELS_MAX 250

struct model {
    const char *name; /* as the push says it */
    const char *firmware;
    bool electricity;
    bool has_valve;   /* of electricity meters: a relay */
    bool confirmed;   /* asks for a confirmation of its push */
    bool wide;        /* volume as long64-unsigned */
    bool leak_check;  /* watches the flow after opening */
    bool thermometer; /* measures gas temperature */
    bool has_archive; /* of days and hours */
    bool tells_cell;  /* its push names the base station */
    bool small;       /* one tiny push, and deaf to whatever it is told */
    bool goldcard;    /* speaks goldCard, and not DLMS */
    uint8_t share;    /* percent of a made-up fleet */
};

/* Number of the model of this name; an unknown one is taken on as a plain gas
 * meter, with a valve if its name ends in «-К» or «-КД». */
uint8_t model_named(const char *name);

/*
 * model_mix - the shares of a made-up fleet: "" as the table says, a name all
 * of it, "name:percent;name:percent ..." so many each.
 * ERR_INVALID when the percents are not 100 together.
 */
enum err model_mix(const char *text) MUST_CHECK;

/* A model for a made-up meter, by its share. */
uint8_t model_by_share(unsigned percent);

const struct model *model_at(uint8_t no);

#endif
