/* A logarithmic histogram: sixteen buckets for each doubling, 6 % fine. */
#include "tools/meter-sim/stats.h"

static unsigned bucket_of(uint64_t us)
{
    unsigned top, index;

    if (us < 16)
        return (unsigned)us;
    top = 63 - (unsigned)__builtin_clzll(us);
    index = (top - 3) * 16 + (unsigned)(us >> (top - 4) & 15);
    return index < STATS_BUCKETS ? index : STATS_BUCKETS - 1;
}

static int64_t bucket_edge(unsigned index)
{
    if (index < 16)
        return index;
    return (int64_t)(16 + index % 16 + 1) << (index / 16 - 1);
}

void stats_took(struct stats *s, int64_t us)
{
    s->us[bucket_of(us < 0 ? 0 : (uint64_t)us)]++;
    s->measured++;
}

int64_t stats_percentile(const struct stats *s, double part)
{
    uint64_t want = (uint64_t)(part * (double)s->measured), sum = 0;

    for (unsigned i = 0; i < STATS_BUCKETS; i++)
        if ((sum += s->us[i]) > want)
            return bucket_edge(i);
    return 0;
}
