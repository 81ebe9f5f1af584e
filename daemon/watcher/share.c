/* A share of sessions, from how many took how long. */
#include "daemon/watcher/watcher.h"

int64_t commit_share_us(const int64_t n[COUNTERS_BUCKETS], int permille)
{
    int64_t total = 0, wanted, seen = 0, from = 0;

    for (int i = 0; i < COUNTERS_BUCKETS; i++)
        total += n[i];
    if (total <= 0)
        return -1;
    wanted = (total * permille + 999) / 1000;
    for (int i = 0; i < COUNTERS_BOUNDS; i++) {
        int64_t to = counters_bounds_ms[i] * 1000;

        if (seen + n[i] >= wanted && n[i] > 0)
            return from + (to - from) * (wanted - seen) / n[i];
        seen += n[i];
        from = to;
    }
    return from;
}
