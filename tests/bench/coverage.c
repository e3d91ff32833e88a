/* SPDX-License-Identifier: GPL-3.0-or-later */
/* coverage.c - how long a city's raster takes: hotspots, square kilometres, step; with and without buildings;
 * all of it, and after one hotspot changed. Memory is the peak of the process, which computes one city alone.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "coverage/grid.h"
#include "coverage/raster.h"
#include "lib/base/rng.h"

#define WEST  4320000.0
#define SOUTH 3399000.0

struct city {
    size_t hotspots;
    double km2;
    int step_m;
    bool is_built;
};

static double now(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench-coverage: %s\n", what);
    exit(1);
}

/* A house of 10 by 12 to 20 m on each 40 m of every street: 420 a square kilometre, as in a suburb. */
static struct buildings *build(const struct city *c, double side, struct rng *rng)
{
    struct buildings *b;
    int count = 0;

    if (!c->is_built)
        return NULL;
    if (buildings_new(&b))
        fail("out of memory");
    for (double s = 0; s < side; s += 60)
        for (double w = 0; w < side; w += 40) {
            double x = WEST + w + 8 * rng_unit(rng), y = SOUTH + s + 8 * rng_unit(rng),
                   deep = 12 + 8 * rng_unit(rng);
            if (buildings_add_ring(b, count++, NAN, (const double[]){x, x + 10, x + 10, x},
                                   (const double[]){y, y, y + deep, y + deep}, 4))
                fail("out of memory");
        }
    if (buildings_index(b))
        fail("no index");
    return b;
}

static struct raster_server server(double side, struct rng *rng)
{
    struct raster_server s = {.easting = WEST + side * rng_unit(rng),
                              .northing = SOUTH + side * rng_unit(rng),
                              .radios = {{.f_ghz = 2.437, .eirp_dbm = 20, .height_m = 5},
                                         {.f_ghz = 5.6, .eirp_dbm = 27, .height_m = 5}},
                              .bands = {0, 1},
                              .radio_count = 2,
                              .availability = 0.99,
                              .completeness = 1};

    transmitter_prepare(&s.radios[0], 0);
    transmitter_prepare(&s.radios[1], 0);
    return s;
}

static void measure(const struct city *c)
{
    double side = sqrt(c->km2) * 1000, begin, whole, cpu, changed;
    const struct raster_extent area = {WEST, SOUTH, WEST + side - 1, SOUTH + side - 1};
    struct raster_extent around = RASTER_EXTENT_EMPTY;
    struct raster_server *servers = calloc(c->hotspots, sizeof *servers);
    struct rng rng = {7};
    struct buildings *b = build(c, side, &rng);
    struct rusage use;
    struct raster r;
    struct grid g;

    for (size_t i = 0; servers && i < c->hotspots; i++)
        servers[i] = server(side, &rng);
    begin = now(CLOCK_MONOTONIC);
    cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    if (!servers || raster_new(&area, c->step_m, -67, b, &r) ||
        raster_serve(&r, servers, c->hotspots, NULL, 2) || grid_from_raster(&r, &g))
        fail("cannot compute");
    whole = now(CLOCK_MONOTONIC) - begin;
    cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    raster_extent_reach(&around, servers[0].easting, servers[0].northing);
    servers[0].radios[0].eirp_dbm -= 6;
    begin = now(CLOCK_MONOTONIC);
    if (raster_serve(&r, servers, c->hotspots, &around, 2))
        fail("cannot compute");
    grid_update(&g, &r, &around);
    changed = now(CLOCK_MONOTONIC) - begin;
    getrusage(RUSAGE_SELF, &use);
    printf("| %zu | %.0f | %d | %zu | %.2f | %.2f | %.0f | %ld |\n", c->hotspots, c->km2, c->step_m,
           b ? buildings_count(b) : 0, whole, cpu, changed * 1000, use.ru_maxrss / 1024);
}

int main(void)
{
    static const struct city cities[] = {{540, 60, 25, false},  {540, 60, 25, true},
                                         {540, 60, 10, true},   {5000, 400, 25, false},
                                         {5000, 400, 25, true}, {5000, 400, 10, true}};

    printf("| hotspots | km² | step, m | buildings | whole, s | CPU, s | one changed, ms | peak, MiB |\n");
    printf("|---:|---:|---:|---:|---:|---:|---:|---:|\n");
    for (size_t i = 0; i < sizeof cities / sizeof *cities; i++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            measure(&cities[i]);
            exit(0);
        }
        waitpid(child, NULL, 0);
    }
    return 0;
}
