/*
 * Arrays in PostgreSQL's binary form, one for each parameter of a set-based
 * statement: written value by value, reused batch after batch.
 */
#ifndef LAZUR_DAEMON_ARRAYS_H
#define LAZUR_DAEMON_ARRAYS_H

#include <stddef.h>
#include <stdint.h>

#include "lib/base/bytes.h"
#include "lib/base/db.h"

enum array_of {
    ARRAY_INT2 = 21,
    ARRAY_INT4 = 23,
    ARRAY_INT8 = 20,
    ARRAY_TEXT = 25,
    ARRAY_BYTEA = 17,
    ARRAY_TIMESTAMPTZ = 1184,
};

/* Zeroed before its first use; its memory lives as long as the process. */
struct array {
    uint8_t *at;
    size_t len, cap;
    uint32_t n;
    int nulls;
};

void array_begin(struct array *a, enum array_of type);
void array_int2(struct array *a, int16_t v);
void array_int4(struct array *a, int32_t v);
void array_int8(struct array *a, int64_t v);
void array_moment(struct array *a, int64_t us);  /* since 1970 UTC */
void array_text(struct array *a, const char *s); /* NULL is SQL NULL */
void array_octets(struct array *a, struct bytes b);
void array_null(struct array *a);

/* The finished array as a parameter; a must not be written until it is sent. */
struct db_param array_param(struct array *a);

#endif
