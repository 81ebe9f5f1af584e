/* A jump, and a rate since a moment. */
#include "tools/meter-sim/drift.h"

#include "tools/meter-sim/memory.h"

#define US_PER_S INT64_C(1000000)

struct drift {
    int64_t jump_s;
    int64_t since_us;
    int64_t ppm;
};

static struct drift *made(const struct meter *m)
{
    return memory_make(m, MEMORY_DRIFT, sizeof(struct drift));
}

int64_t drift_s(const struct meter *m, int64_t now_us)
{
    const struct drift *d = memory_find(m, MEMORY_DRIFT);

    int64_t passed_us, seconds;

    if (d == NULL)
        return 0;
    passed_us = now_us - d->since_us;
    seconds = passed_us / US_PER_S;
    return d->jump_s + seconds * d->ppm / US_PER_S +
           passed_us % US_PER_S * d->ppm / US_PER_S / US_PER_S;
}

void drift_jump(const struct meter *m, int64_t seconds)
{
    made(m)->jump_s += seconds;
}

void drift_begin(const struct meter *m, int64_t now_us, int64_t ppm)
{
    int64_t so_far_s = drift_s(m, now_us);

    *made(m) = (struct drift){ so_far_s, now_us, ppm };
}

void drift_correct(const struct meter *m, int64_t now_us)
{
    struct drift *d = memory_find(m, MEMORY_DRIFT);

    if (d != NULL)
        *d = (struct drift){ 0, now_us, d->ppm };
}

void drift_end(const struct meter *m)
{
    struct drift *d = memory_find(m, MEMORY_DRIFT);

    if (d != NULL)
        *d = (struct drift){ 0 };
}
