/* Settings as `name = value` lines; one table says all there is to say. */
#ifndef LAZUR_LIB_BASE_CONF_H
#define LAZUR_LIB_BASE_CONF_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "lib/base/err.h"

enum conf_type {
    CONF_TEXT,        /* char *, owned by the settings for the process' life */
    CONF_NUMBER,      /* int64_t, min..max */
    CONF_DURATION_MS, /* int64_t milliseconds; written 250ms, 20s, 5min, 1h */
    CONF_SWITCH,      /* bool; on or off */
};

struct conf_setting {
    const char *name;
    enum conf_type type;
    size_t offset; /* of the target in the program's settings struct */
    const char *fallback;
    int64_t min, max; /* of numbers and durations; max 0 is no limit */
    const char *help; /* one sentence */
};

/*
 * conf_load - defaults, then the file, then name=value pairs of the command
 * line (overrides, n of them). path may be NULL.
 *
 * ERR_INVALID names the line: an unknown name or a bad value stops the start.
 */
enum err conf_load(const struct conf_setting *table, size_t rows, void *target,
                   const char *path, char *const *overrides,
                   size_t n) MUST_CHECK;

/* The table as help text, and for the man page. */
void conf_print(const struct conf_setting *table, size_t rows, FILE *out);

#endif
