/* The consumption chart of a meter: flow between sessions, use by period. */
#ifndef LAZUR_LIB_MODEL_CHART_H
#define LAZUR_LIB_MODEL_CHART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/model/list.h"

enum chart_mode { CHART_FLOW, CHART_DAYS, CHART_WEEKS, CHART_MONTHS };
enum chart_span { CHART_1_MONTH, CHART_6_MONTHS, CHART_1_YEAR, CHART_LIFE };

#define CHART_MODES 4
#define CHART_SPANS 4

/* No chart has more points; a longer one is thinned by the database. */
#define CHART_POINTS_MAX 2000

struct chart_point {
    struct moment start, end;
    /* The same by the clock of the server's zone, as if that were UTC. */
    int64_t start_wall_ms, end_wall_ms;
    int64_t value;  /* dm3 or Wh; of a flow dm3 or Wh in an hour */
    bool estimated; /* no value of the meter stands inside */
    bool partial;   /* values cover only a part of the period */
    int64_t drops;  /* times the counter fell: that part counts as nothing */
};

struct chart {
    const struct chart_point *points;
    size_t n;
    /* Dates "2026-11-20"; "" where there is nothing further. end: the day
     * after last. All are "" when the meter has no value at all. */
    const char *begin, *end, *last, *previous_end, *next_end;
    int64_t days_a_bar; /* 1 unless the days are too many for a bar each */
};

struct chart_ask {
    int64_t meter_id;
    bool energy; /* energy_wh instead of volume_dm3 */
    enum chart_mode mode;
    enum chart_span span;
    const char *end; /* "2026-11-21"; "" is the newest */
};

/* ERR_INVALID when end is no date. */
enum err chart_read(struct db *db, struct arena *a, const struct chart_ask *ask,
                    struct chart *out) MUST_CHECK;

#endif
