/* SPDX-License-Identifier: GPL-3.0-or-later */
/* outline.c - the borders of the five districts: our own polygons that tile Norderstedt roughly, not the
 * official ones. Neighbours share corners, and the wiggle of a shared border comes from its two corners, so
 * nothing overlaps. Pure. */
#include "city/plan.h"

#include <math.h>
#include <stdlib.h>

const struct city_district city_districts[CITY_DISTRICTS] = {
    {"garstedt", "Garstedt", "gar", 0.25},       {"harksheide", "Harksheide", "har", 0.24},
    {"glashuette", "Glashütte", "gla", 0.18},    {"friedrichsgabe", "Friedrichsgabe", "fri", 0.18},
    {"mitte", "Norderstedt-Mitte", "mit", 0.15},
};

static const struct geo_point corners[] = {
    {53.6680, 9.9450},  /*  0 south-west */
    {53.6550, 9.9750},  /*  1 */
    {53.6620, 10.0120}, /*  2 */
    {53.6680, 10.0450}, /*  3 */
    {53.6840, 10.0660}, /*  4 east */
    {53.7060, 10.0620}, /*  5 */
    {53.7220, 10.0460}, /*  6 */
    {53.7420, 10.0340}, /*  7 */
    {53.7540, 10.0050}, /*  8 north */
    {53.7520, 9.9720},  /*  9 */
    {53.7350, 9.9550},  /* 10 */
    {53.7160, 9.9480},  /* 11 */
    {53.6920, 9.9380},  /* 12 west */
    {53.6985, 9.9720},  /* 13 centre: south-west */
    {53.6965, 10.0060}, /* 14 south-east */
    {53.7130, 10.0110}, /* 15 north-east */
    {53.7175, 9.9850},  /* 16 north */
    {53.7110, 9.9680},  /* 17 west */
    {53.6900, 10.0200}, /* 18 garstedt, glashuette, harksheide meet */
    {53.6990, 10.0400}, /* 19 */
    {53.7350, 9.9900},  /* 20 friedrichsgabe, harksheide */
};

enum { RING_MAX = 12, STEPS = 8 };

/* Counter-clockwise; -1 ends. */
static const int rings[CITY_DISTRICTS][RING_MAX] = {
    {0, 1, 2, 18, 14, 13, 12, -1},            /* garstedt */
    {18, 19, 5, 6, 7, 8, 20, 16, 15, 14, -1}, /* harksheide */
    {2, 3, 4, 5, 19, 18, -1},                 /* glashuette */
    {12, 13, 17, 16, 20, 8, 9, 10, 11, -1},   /* friedrichsgabe */
    {13, 14, 15, 16, 17, -1},                 /* mitte */
};

/* Point k of STEPS between corners a and b: the same from both sides. The wiggle is two half waves across
 * the border, at most 4 % of its length. */
static struct geo_point border_point(int a, int b, int k)
{
    int lo = a < b ? a : b, hi = a < b ? b : a;
    double f = (double)(a < b ? k : STEPS - k) / STEPS;
    const struct geo_point *p = &corners[lo], *q = &corners[hi];
    double w1 = city_hash_unit(1, 1, (uint32_t)lo, (uint32_t)hi) - 0.5;
    double w2 = city_hash_unit(1, 2, (uint32_t)lo, (uint32_t)hi) - 0.5;
    double w3 = city_hash_unit(1, 3, (uint32_t)lo, (uint32_t)hi) - 0.5;
    double w = 0.06 * w1 * sin(M_PI * f) + 0.04 * w2 * sin(2 * M_PI * f) + 0.03 * w3 * sin(5 * M_PI * f);

    return (struct geo_point){p->lat + f * (q->lat - p->lat) + w * (q->lon - p->lon) * 0.59,
                              p->lon + f * (q->lon - p->lon) - w * (q->lat - p->lat) / 0.59};
}

enum err city_outline(int district, struct geo_point **out, size_t *count)
{
    const int *ring = rings[district];
    struct geo_point *points = NULL;
    size_t n = 0;
    int edges = 0;

    while (ring[edges] >= 0)
        edges++;
    points = calloc((size_t)(edges * STEPS + 1), sizeof *points);
    if (!points)
        return ERR_NOMEM;
    for (int e = 0; e < edges; e++)
        for (int k = 0; k < STEPS; k++)
            points[n++] = border_point(ring[e], ring[(e + 1) % edges], k);
    points[n++] = points[0];
    *out = points;
    *count = n;
    return ERR_OK;
}

bool city_outline_contains(const struct geo_point *ring, size_t count, struct geo_point p)
{
    bool is_inside = false;

    for (size_t i = 0, j = count - 1; i < count; j = i++)
        if ((ring[i].lat > p.lat) != (ring[j].lat > p.lat) &&
            p.lon < (ring[j].lon - ring[i].lon) * (p.lat - ring[i].lat) / (ring[j].lat - ring[i].lat) +
                        ring[i].lon)
            is_inside = !is_inside;
    return is_inside;
}

uint64_t city_hash(uint64_t seed, uint32_t what, uint32_t a, uint32_t b)
{
    uint64_t z = seed ^ (uint64_t)what * 0x9e3779b97f4a7c15u;

    for (int i = 0; i < 2; i++) {
        z += (i ? b : a) + 0x632be59bd9b4e019u;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        z ^= z >> 31;
    }
    return z;
}

double city_hash_unit(uint64_t seed, uint32_t what, uint32_t a, uint32_t b)
{
    return (double)(city_hash(seed, what, a, b) >> 11) * 0x1p-53;
}
