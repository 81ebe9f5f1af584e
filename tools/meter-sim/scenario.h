/*
 * Scenarios: what befalls which meters and when, in a small language that
 * docs/meter-sim.md describes. This is the reader: text in, statements out, no
 * file, clock or meter.
 *
 *   scenario  = { line }                  a line each; # begins a comment
 *   line      = "seed" NUMBER | "speed" NUMBER | "end" TIME
 *             | "group" NAME "=" set | when [":"] deed
 *   set       = term { "and" term }
 *   term      = [ "not" ] ( "all" | "valve" | "archive" | "small" | "power"
 *             | "gas" | "keys" | "model" STRING | "share" PERCENT
 *             | "range" SERIAL ".." SERIAL | SERIAL | NAME )
 *   when      = "at" TIME | "every" TIME [ "from" TIME ] [ "to" TIME ]
 *             | "during" TIME ".." TIME | "outage" "from" TIME "to" TIME
 *   deed      = VERB [ PERCENT "of" ] set [ argument ]
 *   argument  = "after" NUMBER "bytes" | ( "+" | "-" ) TIME [ "per" TIME ]
 *   TIME      = { NUMBER ( "ms" | "s" | "m" | "h" | "d" ) } without blanks
 *   PERCENT   = NUMBER [ "." DIGITS ] "%"       two decimals
 */
#ifndef LAZUR_TOOLS_METER_SIM_SCENARIO_H
#define LAZUR_TOOLS_METER_SIM_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/err.h"

#define SCENARIO_MAX        ((size_t)1 << 20) /* bytes of text */
#define SCENARIO_STATEMENTS 4096
#define SCENARIO_SETS       8192  /* groups, and those of statements */
#define SCENARIO_TERMS      16    /* of one set */
#define SCENARIO_DAYS       3660  /* the longest time */
#define SCENARIO_WHOLE      10000 /* 100 %, in hundredths of a percent */

/* clang-format off */
enum term_kind { TERM_ALL, TERM_VALVE, TERM_ARCHIVE, TERM_SMALL, TERM_POWER,
                 TERM_GAS, TERM_KEYS, TERM_MODEL, TERM_SHARE, TERM_RANGE,
                 TERM_GROUP };

enum deed_kind {
    /* of a moment */
    BEFALLS_MAGNET, BEFALLS_OPENED, BEFALLS_LEAK, BEFALLS_REVERSE,
    BEFALLS_BATTERY, BEFALLS_STUCK, BEFALLS_REPAIR, BEFALLS_PRESS,
    BEFALLS_CALL, BEFALLS_STORM, BEFALLS_CLOCK, BEFALLS_DRIFT,
    BEFALLS_REPLAY,
    /* of a moment (the next session), or of a while */
    BEFALLS_CUTTING, BEFALLS_SLOWNESS, BEFALLS_OTHER_KEY,
    /* of a while */
    BEFALLS_SILENCE, BEFALLS_OUTAGE,
    DEEDS
};

enum when_kind { WHEN_AT, WHEN_EVERY, WHEN_DURING };
/* clang-format on */

struct scenario_term {
    enum term_kind kind;
    bool no;          /* "not" */
    const char *text; /* model; first serial of a range */
    const char *to;   /* its last */
    uint32_t share;   /* hundredths of a percent */
    size_t set;       /* TERM_GROUP: number of one before */
};

struct scenario_set {
    const char *name; /* NULL: of one statement alone */
    struct scenario_term *term;
    size_t n;
};

struct scenario_statement {
    enum when_kind when;
    int64_t from_ms, to_ms; /* at: from; to_ms INT64_MAX: without end */
    int64_t step_ms;        /* every */
    enum deed_kind deed;
    size_t set;
    uint32_t part; /* of the set, hundredths of a percent */
    int64_t bytes; /* cut: after so many; 0: not said */
    int64_t ms;    /* clock, drift: how far */
    int64_t per_ms;
    unsigned line;
};

struct scenario {
    int64_t seed;   /* 0: not said */
    int64_t speed;  /* 0: not said */
    int64_t end_ms; /* 0: not said */
    struct scenario_set *set;
    size_t sets;
    struct scenario_statement *at;
    size_t n;
};

/* Where and why a scenario was refused; both counted from 1, columns in
 * characters. */
struct scenario_fault {
    unsigned line, column;
    const char *why; /* a's */
};

/*
 * scenario_read - the statements of a text, in its order.
 * ERR_INVALID with *fault when it is no scenario.
 */
enum err scenario_read(struct arena *a, const char *text, size_t len,
                       struct scenario *out,
                       struct scenario_fault *fault) MUST_CHECK;

/* "magnet" ...: the verb of a deed. */
const char *scenario_verb(enum deed_kind deed);

#endif
