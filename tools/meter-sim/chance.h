/* Repeatable chance: splitmix64, a number for a state, no library, no lock. */
#ifndef LAZUR_TOOLS_METER_SIM_CHANCE_H
#define LAZUR_TOOLS_METER_SIM_CHANCE_H

#include <stdbool.h>
#include <stdint.h>

static inline uint64_t chance_mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline uint64_t chance_next(uint64_t *state)
{
    return chance_mix(*state += UINT64_C(0x9E3779B97F4A7C15));
}

/* 0 .. n - 1; 0 when n is 0 */
static inline uint64_t chance_below(uint64_t *state, uint64_t n)
{
    return n == 0 ? 0 : chance_next(state) % n;
}

static inline bool chance_permille(uint64_t *state, int64_t permille)
{
    return permille > 0 && (int64_t)chance_below(state, 1000) < permille;
}

#endif
