/* The rate of commits, smoothed, and what may wait at that rate. */
#include "daemon/listener/admission.h"

#include <string.h>

#include "daemon/counters.h"

/* A batch is worth its commit, whatever the database did in the last second;
 * while nothing waits the database is taken for a quick one. */
#define ROOM_LEAST 256
#define ROOM_IDLE  2048

#define THOUSAND   1000u
#define WORTH_MORE 16 /* of a second: their share says something */

static struct {
    int64_t wait_ms, rate_per_s;
    size_t queue_max;
    uint64_t committed;
    uint32_t second;
    /* Of those who came in this second, and in the last. */
    struct {
        size_t entered, spoke, silent;
    } lately[2];
    size_t speak; /* of a thousand that come in, so many speak: smoothed */
    bool shut;
} door = { .second = 2, .speak = THOUSAND };

void admission_init(int64_t wait_ms, size_t queue_max)
{
    door.wait_ms = wait_ms;
    door.queue_max = queue_max;
}

static size_t room(bool idle)
{
    size_t least = idle ? ROOM_IDLE : ROOM_LEAST;
    size_t n = (size_t)(door.rate_per_s * door.wait_ms / 1000);

    if (n < least)
        n = least;
    return n < door.queue_max ? n : door.queue_max;
}

/* Who will want the database of those who have said nothing yet. Connections
 * that never speak must not hold the places of those who do. */
static size_t expected(void)
{
    size_t silent = door.lately[0].silent + door.lately[1].silent;

    return (silent * door.speak + THOUSAND - 1) / THOUSAND;
}

bool admission_room(size_t waiting)
{
    size_t most = room(waiting == 0);

    waiting += expected();
    door.shut = door.shut ? waiting > most - most / 4 : waiting >= most;
    return !door.shut;
}

uint32_t admission_enter(void)
{
    door.lately[0].entered++;
    door.lately[0].silent++;
    return door.second;
}

/* Who is silent for longer may never speak: it is not waited for. */
static void leave_silence(uint32_t stamp, bool spoke)
{
    uint32_t ago = door.second - stamp;

    if (ago > 1)
        return;
    door.lately[ago].silent--;
    door.lately[ago].spoke += spoke;
}

void admission_spoke(uint32_t stamp)
{
    leave_silence(stamp, true);
}

void admission_gone(uint32_t stamp)
{
    leave_silence(stamp, false);
}

static void second_is_over(void)
{
    size_t n = door.lately[1].entered;

    if (n >= WORTH_MORE)
        door.speak = (door.speak + door.lately[1].spoke * THOUSAND / n + 1) / 2;
    door.second++;
    door.lately[1] = door.lately[0];
    memset(&door.lately[0], 0, sizeof(door.lately[0]));
}

/* An idle second says nothing about what the database can do. */
void admission_second(uint64_t committed, size_t waiting)
{
    int64_t n = (int64_t)(committed - door.committed);

    door.committed = committed;
    second_is_over();
    if (waiting > 0 || n > door.rate_per_s)
        door.rate_per_s = (door.rate_per_s + n + 1) / 2;
    if (door.shut)
        counters_shut(1000);
}
