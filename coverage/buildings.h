/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buildings.h - footprints of buildings with an index by place: what stands between two points, and what
 * stands around one. Pure. Coordinates are metres of one plane system (EPSG:3035). */
#ifndef NW_COVERAGE_BUILDINGS_H
#define NW_COVERAGE_BUILDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"

enum { BUILDINGS_MAX = 4000000, BUILDING_NONE = -1 };

struct buildings; /* opaque */

struct plane_point {
    double x, y, z; /* z: metres above ground */
};

enum err buildings_new(struct buildings **out) NW_CHECKED;
void buildings_free(struct buildings *b); /* NULL is fine */

/* Adds a ring of count points (closed or not; fewer than three are ERR_MALFORMED, as is an infinite one).
 * Rings of one building, holes too, have the same number, ascending from 0. height_m: NAN = higher than any
 * path. */
enum err buildings_add_ring(struct buildings *b, int building, double height_m, const double *x,
                            const double *y, size_t count) NW_CHECKED;
/* Builds the index; nothing may be added after. */
enum err buildings_index(struct buildings *b) NW_CHECKED;

size_t buildings_count(const struct buildings *b);
void buildings_box(const struct buildings *b, int building, double *west, double *south, double *east,
                   double *north);
/* The building around the point (even-odd over its rings), or BUILDING_NONE. */
int buildings_at(const struct buildings *b, double x, double y);

/* What a path does not hit: the building of its end, and that of its start within start_m metres of it. */
struct buildings_but {
    int start, end; /* BUILDING_NONE: no such building */
    double start_m; /* of these, walls within this distance carry the access point; INFINITY: all, it is
                       inside */
};
/* Does a wall stand in the way? A path above a building's height passes over it. */
bool buildings_block(const struct buildings *b, struct plane_point from, struct plane_point to,
                     const struct buildings_but *but);

#endif
