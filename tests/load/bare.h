/*
 * The record of the bare listener: what the gas push says, already in
 * PostgreSQL's binary form, so that the ceiling does no decoding at all. It is
 * as long as the push (the client pads it), and the answer is as long as the
 * confirmation: the network and the client cost the same in both cases.
 */
#ifndef LAZUR_TESTS_LOAD_BARE_H
#define LAZUR_TESTS_LOAD_BARE_H

#include <stdio.h>
#include <stdlib.h>

#include "lib/base/log.h"

/* Offsets of the fields; all big-endian. */
enum bare_field {
    BARE_LEN = 0,          /* u16, of the whole record */
    BARE_METER = 2,        /* int8 */
    BARE_AT = 10,          /* timestamptz: microseconds since 2000-01-01 */
    BARE_VOLUME = 18,      /* int8 */
    BARE_STATUS = 26,      /* int8 */
    BARE_WORKING = 34,     /* int4 */
    BARE_TAMPER = 38,      /* int4 */
    BARE_TEMPERATURE = 42, /* int4 */
    BARE_PRESSURE = 46,    /* int4 */
    BARE_BATTERY_MV = 50,  /* int2 */
    BARE_BATTERY = 52,     /* int2 */
    BARE_SIGNAL = 54,      /* int2 */
    BARE_VALVE = 56,       /* int2 */
    BARE_CAUSE = 58,       /* int2 */
    BARE_OPERATOR = 60,    /* 8 characters */
    BARE_MIN = 68,
    BARE_MAX = 512,
};

#define BARE_OPERATOR_LEN 8

/* Wrapper (8), tag, long-invoke-id-and-priority (4), empty date-time. */
#define BARE_ANSWER_LEN 14

/* 2000-01-01, where PostgreSQL's time begins, in seconds of Unix time. */
#define BARE_EPOCH_S 946684800

static inline int number_of(const char *text)
{
    return (int)strtol(text, NULL, 10);
}

/* The text of a file that fits in cap, with its NUL. */
static inline void file_read(const char *path, char *to, size_t cap)
{
    FILE *f = fopen(path, "r");
    size_t n = 0;

    if (f != NULL) {
        n = fread(to, 1, cap - 1, f);
        fclose(f);
    }
    if (n == 0)
        fatal("%s", path);
    to[n] = '\0';
}

#endif
