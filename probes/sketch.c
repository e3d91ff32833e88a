/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sketch.c - a log-linear histogram: the upper nine bits of a number are its bucket. Pure. */
#include "probes/sketch.h"

#include <stddef.h>

enum { EXACT = 512, SUB_BITS = 8 };

static size_t bucket_of(ns_t duration)
{
    uint64_t v = duration > 0 ? (uint64_t)duration : 0;
    unsigned shift;
    size_t bucket;

    if (v < EXACT)
        return (size_t)v;
    shift = 63u - (unsigned)__builtin_clzll(v) - SUB_BITS; /* v >> shift lies in 256..511 */
    bucket = EXACT + ((size_t)(shift - 1) << SUB_BITS) + (size_t)((v >> shift) - 256);
    return bucket < SKETCH_BUCKETS ? bucket : SKETCH_BUCKETS - 1;
}

static ns_t middle_of(size_t bucket)
{
    unsigned shift;

    if (bucket < EXACT)
        return (ns_t)bucket;
    bucket -= EXACT;
    shift = (unsigned)(bucket >> SUB_BITS) + 1;
    return (ns_t)((((uint64_t)(bucket & 255) + 256) << shift) + (1u << shift) / 2);
}

void sketch_add(struct sketch *s, ns_t duration)
{
    s->count++;
    s->buckets[bucket_of(duration)]++;
}

ns_t sketch_percentile(const struct sketch *s, unsigned percent)
{
    uint64_t rank = (s->count * percent + 99) / 100, seen = 0;

    if (s->count == 0)
        return -1;
    for (size_t i = 0; i < SKETCH_BUCKETS; i++) {
        seen += s->buckets[i];
        if (seen >= rank)
            return middle_of(i);
    }
    return middle_of(SKETCH_BUCKETS - 1);
}
