/* What meter-sim may be told: one table of names, defaults and sentences. */
#ifndef LAZUR_TOOLS_METER_SIM_SETTINGS_H
#define LAZUR_TOOLS_METER_SIM_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

/* What may go wrong with one session. The first ones break the session, the
 * later ones the meter, whose next telegrams tell of it until it recovers. */
enum fault {
    FAULT_NONE,
    FAULT_DROP_EARLY,   /* hangs up inside its telegram */
    FAULT_DROP_UNHEARD, /* hangs up before it hears the confirmation */
    FAULT_DROP_LATE,    /* hangs up while it is being commanded */
    FAULT_DUPLICATE,    /* sends its telegram twice in one breath */
    FAULT_REPEAT,       /* sends a confirmed telegram once more later */
    FAULT_SLOW,         /* a few bytes at a time */
    FAULT_GARBAGE,      /* bytes that mean nothing */
    FAULT_CUT,          /* the line breaks after so many bytes, either way */
    FAULT_SLOW_READER,  /* hears a few bytes at a time */
    FAULT_WRONG_KEY,    /* has another key or password than it should */
    FAULT_CLOCK,        /* fell to its epoch, or runs years ahead */
    FAULT_TAMPER,
    FAULT_BATTERY,
    FAULT_REVERSE,
    FAULT_COVER,
    FAULTS
};

struct settings {
    char *mode;
    char *address;
    int64_t port;
    char *source;
    int64_t sources;
    bool tls;
    char *tls_ca, *tls_certificate, *tls_key;

    int64_t meters;
    char *first_serial;
    char *model;
    char *serials;
    char *lls_password;
    char *keys;
    char *state_file;
    char *truth_file;
    char *control;
    char *scenario;
    char *deeds_file;

    int64_t rate;
    int64_t period_ms;
    int64_t concurrency;
    bool once;
    int64_t tries;
    int64_t seconds;
    int64_t seed;
    int64_t speed;

    int64_t confirm_ms;
    int64_t linger_ms;
    bool hang_up;
    int64_t retry_ms;
    int64_t retry_max_ms;

    int64_t press_ms;
    int64_t presses_per_hour;
    int64_t leak_check_ms;
    int64_t leak_permille;

    int64_t fault[FAULTS]; /* per mille of sessions */
    char *fault_serial;
    int64_t drop_bytes;
    bool quiet;
};

/* name=value pairs over a file (NULL: none) over the defaults. */
enum err settings_load(struct settings *s, const char *path,
                       char *const *overrides, size_t n) MUST_CHECK;

void settings_help(void);

/* "drop_early" ... to its fault; FAULT_NONE when there is none of the name. */
enum fault fault_named(const char *name);

#endif
