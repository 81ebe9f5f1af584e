/* Open addressing with linear probing; a table twice as large as can fill. */
#include "daemon/listener/crowd.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"

struct place {
    struct in6_addr who;
    uint32_t n; /* 0: free */
};

static struct {
    struct place *at;
    size_t mask;
    size_t each;
} crowd;

void crowd_init(size_t most, size_t each)
{
    size_t size = 64;

    crowd.each = each;
    if (each == 0)
        return;
    while (size < most * 2)
        size *= 2;
    crowd.mask = size - 1;
    crowd.at = calloc(size, sizeof(*crowd.at));
    if (crowd.at == NULL)
        fatal("table of addresses");
}

static size_t home(const struct in6_addr *who)
{
    uint64_t h = 1469598103934665603u; /* FNV-1a */

    for (size_t i = 0; i < sizeof(who->s6_addr); i++)
        h = (h ^ who->s6_addr[i]) * 1099511628211u;
    return (size_t)(h ^ h >> 32) & crowd.mask;
}

static size_t find(const struct in6_addr *who)
{
    size_t i = home(who);

    while (crowd.at[i].n != 0 &&
           memcmp(&crowd.at[i].who, who, sizeof(*who)) != 0)
        i = (i + 1) & crowd.mask;
    return i;
}

bool crowd_enter(const struct in6_addr *who)
{
    struct place *p;

    if (crowd.each == 0)
        return true;
    p = &crowd.at[find(who)];
    if (p->n >= crowd.each)
        return false;
    p->who = *who;
    p->n++;
    return true;
}

/* Closes the gap at i, so that no probe ends too early. */
static void close_gap(size_t i)
{
    for (size_t j = (i + 1) & crowd.mask; crowd.at[j].n != 0;
         j = (j + 1) & crowd.mask) {
        size_t h = home(&crowd.at[j].who);

        if (((j - h) & crowd.mask) >= ((j - i) & crowd.mask)) {
            crowd.at[i] = crowd.at[j];
            crowd.at[j].n = 0;
            i = j;
        }
    }
}

void crowd_leave(const struct in6_addr *who)
{
    size_t i;

    if (crowd.each == 0)
        return;
    i = find(who);
    if (crowd.at[i].n > 0 && --crowd.at[i].n == 0)
        close_gap(i);
}
