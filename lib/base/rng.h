/* SPDX-License-Identifier: GPL-3.0-or-later */
/* rng.h - a seeded generator (splitmix64) for everything that must be repeatable: jitter, simulation, tests.
 * Not for secrets: those come from libsodium. */
#ifndef NW_BASE_RNG_H
#define NW_BASE_RNG_H

#include <stdint.h>

struct rng {
    uint64_t state;
};

static inline uint64_t rng_u64(struct rng *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15u;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* 0 <= result < 1 */
static inline double rng_unit(struct rng *r)
{
    return (double)(rng_u64(r) >> 11) * 0x1p-53;
}

/* 0 <= result < bound; bound > 0 */
static inline uint32_t rng_below(struct rng *r, uint32_t bound)
{
    return (uint32_t)((rng_u64(r) >> 32) * bound >> 32);
}

#endif
