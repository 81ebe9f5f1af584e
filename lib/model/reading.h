/* Sessions of a meter, and what their status bits and valve states mean. */
#ifndef LAZUR_LIB_MODEL_READING_H
#define LAZUR_LIB_MODEL_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/list.h"

/* Bits of reading.status: GC-054 ... GC-069, in the order of the schema. */
#define STATUS_BITS 16

/* The word of a bit in templates and in Words.State: "tamper", "button" ... */
const char *status_code(int bit);

/* "closed", "open", "allowed", "faulty"; "" when there is no valve. */
const char *valve_code(struct figure valve);

struct reading {
    struct moment at;
    struct figure volume_dm3, energy_wh, temperature_mk, pressure_pa;
    struct figure working_h, tamper_h, valve, battery_mv;
    int64_t status;
};

struct reading_list {
    const struct reading *rows;
    size_t n;
    int64_t total; /* 0 when the page is past the end */
    bool more;     /* there are more than total */
};

/* The sessions of a meter by time. No such meter: an empty list. */
enum err reading_page(struct db *db, struct arena *a, int64_t meter_id,
                      bool descending, struct span span,
                      struct reading_list *out) MUST_CHECK;

/* All of them, newest first, one at a time. */
enum err reading_stream(struct db *db, struct arena *a, int64_t meter_id,
                        enum err (*each)(const struct reading *it, void *ctx),
                        void *ctx) MUST_CHECK;

#endif
