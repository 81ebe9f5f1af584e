/* Counters of a run, and times from last byte sent to confirmation. */
#ifndef LAZUR_TOOLS_METER_SIM_STATS_H
#define LAZUR_TOOLS_METER_SIM_STATS_H

#include <stdint.h>

#define STATS_BUCKETS (40 * 16)

struct stats {
    uint64_t started;   /* sessions */
    uint64_t confirmed; /* telegrams, by an answer */
    uint64_t closed;    /* unconfirmed ones, by an orderly close */
    uint64_t failed;    /* sessions that ended with neither */
    uint64_t faults;    /* sessions spoilt on purpose */
    uint64_t commands;  /* valve actions obeyed */
    uint64_t presses;
    uint64_t leaks;
    uint64_t refused;         /* connections that could not be made */
    uint64_t mismatched;      /* answers to something that was not asked */
    uint32_t in_flight, held; /* now */
    uint64_t us[STATS_BUCKETS];
    uint64_t measured;
};

void stats_took(struct stats *s, int64_t us);

/* Upper edge of the bucket that holds this part of the measures. */
int64_t stats_percentile(const struct stats *s, double part);

#endif
