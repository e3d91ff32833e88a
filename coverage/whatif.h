/* SPDX-License-Identifier: GPL-3.0-or-later */
/* whatif.h - coverage with access points switched off, moved, added, stronger or weaker; and which sites to
 * build next. Pure; coordinates through gdal_geo. */
#ifndef NW_COVERAGE_WHATIF_H
#define NW_COVERAGE_WHATIF_H

#include "coverage/coverage.h"
#include "coverage/population.h"
#include "coverage/reach.h"
#include "lib/base/buf.h"

enum whatif_kind { WHATIF_OFF, WHATIF_MOVE, WHATIF_ADD, WHATIF_POWER };

struct whatif_change {
    enum whatif_kind kind;
    char hotspot[65];          /* OFF, MOVE, POWER */
    double lat, lon;           /* MOVE, ADD */
    double height_m;           /* ADD; 5 */
    bool is_indoor;            /* ADD */
    double band_ghz, eirp_dbm; /* POWER */
};

enum { WHATIF_CHANGES_MAX = 1000 };

/* "hs-0001" | "hs-0001=53.7,9.99" | "53.7,9.99", "53.7,9.99,8" or "53.7,9.99,3,indoor" | "hs-0001=5:27" */
enum err whatif_parse(enum whatif_kind kind, const char *text, struct whatif_change *out) NW_CHECKED;

/* Cells before, for the comparison; apply and compare; give back. */
struct whatif {
    struct coverage *coverage; /* borrowed, changed */
    struct grid_cell *before;  /* by cell */
    struct coverage_area total_before;
    struct coverage_area *areas_before;
};

enum err whatif_begin(struct coverage *c, struct whatif *out) NW_CHECKED;
void whatif_fini(struct whatif *w);
/* Only squares in reach of the change are computed anew. An added access point is as available as the others
 * are on average. ERR_NOT_FOUND: no such hotspot (or none with a position); ERR_RANGE: outside of the raster,
 * or no such band. */
enum err whatif_apply(struct whatif *w, const struct whatif_change *change) NW_CHECKED;

/* Changed cells with what they had, have and differ by; member "summary" with city and districts before and
 * after, and the inhabitants gained (population may be NULL). */
void whatif_geojson(const struct whatif *w, const struct population *p, struct buf *out);
/* One row a changed cell. */
void whatif_csv(const struct whatif *w, const struct population *p, struct csv_out *csv);

/* ---- next sites ---- */

struct next_site {
    const struct poi *at;
    double gained; /* inhabitants (or hectares), expected outdoors */
    double share;  /* of all, with this and the former ones */
};

/* Greedy: the candidate that gains most, again and again, until `most` sites or `target` (share, 0..1) are
 * reached or none gains anything. Of what is missing at most 37 % more than with the best choice of as many
 * sites (the gains of covering shrink: Nemhauser 1978). population NULL: area counts. *out has *count
 * entries; free() it. */
enum err whatif_next_sites(struct coverage *c, const struct population *p, const struct poi_list *candidates,
                           size_t most, double target, struct next_site **out, size_t *count) NW_CHECKED;

#endif
