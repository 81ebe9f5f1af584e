/* What «Статистика» computes of counters. */
#ifndef LAZUR_DAEMON_WATCHER_WATCHER_H
#define LAZUR_DAEMON_WATCHER_WATCHER_H

#include <stdint.h>

#include "daemon/counters.h"

/*
 * commit_share_us - within how many microseconds so many thousandths of the
 * sessions were committed: 500 the median, 990 all but one in a hundred.
 *
 * n  sessions of each bucket of counters.h; between its bounds they are taken
 *    to be spread evenly, beyond the last it is the last
 * -1 without any.
 */
int64_t commit_share_us(const int64_t n[COUNTERS_BUCKETS], int permille);

#endif
