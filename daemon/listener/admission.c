/* The rate of commits, smoothed, and what may wait at that rate. */
#include "daemon/listener/admission.h"

#include "daemon/counters.h"

/* A batch is worth its commit, whatever the database did in the last second;
 * while nothing waits the database is taken for a quick one. */
#define ROOM_LEAST 256
#define ROOM_IDLE  2048

static struct {
    int64_t wait_ms, rate_per_s;
    size_t queue_max;
    uint64_t committed;
    uint32_t second;
    size_t silent[2]; /* came in this second, and in the last */
    bool shut;
} door = { .second = 2 };

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

bool admission_room(size_t waiting)
{
    size_t most = room(waiting == 0);

    waiting += door.silent[0] + door.silent[1];
    door.shut = door.shut ? waiting > most - most / 4 : waiting >= most;
    return !door.shut;
}

uint32_t admission_enter(void)
{
    door.silent[0]++;
    return door.second;
}

/* Who is silent for longer may never speak: it is not waited for. */
void admission_spoke(uint32_t stamp)
{
    if (stamp == door.second)
        door.silent[0]--;
    else if (stamp + 1 == door.second)
        door.silent[1]--;
}

/* An idle second says nothing about what the database can do. */
void admission_second(uint64_t committed, size_t waiting)
{
    int64_t n = (int64_t)(committed - door.committed);

    door.committed = committed;
    door.second++;
    door.silent[1] = door.silent[0];
    door.silent[0] = 0;
    if (waiting > 0 || n > door.rate_per_s)
        door.rate_per_s = (door.rate_per_s + n + 1) / 2;
    if (door.shut)
        counters_shut(1000);
}
