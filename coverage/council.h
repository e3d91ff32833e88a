/* SPDX-License-Identifier: GPL-3.0-or-later */
/* council.h - the figures of the monthly report to the city council: availability, outages and their causes,
 * coverage.
 *
 * Months are those of Europe/Berlin, with 23- and 25-hour days. Availability is up / (up + down), in which
 * unknown time and maintenance stand apart (availability.h). */
#ifndef NW_COVERAGE_COUNCIL_H
#define NW_COVERAGE_COUNCIL_H

#include "coverage/coverage.h"
#include "coverage/population.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/model/inventory.h"
#include "lib/stores/availability.h"
#include "lib/stores/history.h"

/* The month of the report is the last one; before it the twelve before, so the first is the same month a year
 * ago. */
enum {
    COUNCIL_MONTHS = 13,
    COUNCIL_THIS = 12,
    COUNCIL_BEFORE = 11,
    COUNCIL_YEAR_AGO = 0,
    COUNCIL_WORST = 10
};

struct council_month {
    ns_t from, to;
    char name[8]; /* "2026-10" */
};

/* What took hotspots down, coarser than enum reason. */
enum council_cause {
    CAUSE_POWER,
    CAUSE_FIBRE,
    CAUSE_ACCESS_POINT,
    CAUSE_CONTROLLER,
    CAUSE_SERVICE, /* log-in, addresses, names, the internet */
    CAUSE_CONFIGURATION,
    CAUSE_OTHER,
    COUNCIL_CAUSES
};

/* Outages: the times in which one hotspot was unusable without a break. */
struct council_outages {
    size_t count;
    ns_t total, longest;
};

/* The city, or a district. */
struct council_place {
    const char *id, *name; /* "" for the city */
    size_t hotspots;
    struct availability months[COUNCIL_MONTHS]; /* summed over its hotspots */
    struct council_outages outages;
    size_t cells;              /* of 100 m: 1 ha each */
    double planned, delivered; /* share of the area outdoors, 0..1; delivered NaN: nothing was measured */
    double delivered_before;   /* the month before */
    double inhabitants;        /* NaN: not known */
    double reached;            /* share of them, outdoors, as delivered; NaN likewise */
};

struct council_site {
    const struct site *site;
    struct council_outages outages;
};

struct council {
    struct council_month months[COUNCIL_MONTHS];
    ns_t until; /* end of the last one, or now if it has not ended */
    struct council_place city, *districts;
    size_t district_count;
    struct availability served; /* summed over sites: up while at least one of its hotspots was */
    size_t sites;               /* with hotspots */
    struct council_outages causes[COUNCIL_CAUSES];
    struct council_site worst[COUNCIL_WORST]; /* by time down, longest first */
    size_t worst_count;
    size_t incidents; /* opened in the month */
    double user_minutes;
    const struct coverage *coverage; /* of the month, borrowed; NULL: none */
};

struct council_request {
    const struct inventory *inventory; /* borrowed for the life of the council */
    struct history *history;
    const struct coverage *coverage, *before; /* of the month and of the one before, likewise; NULL: none */
    const struct population *population;      /* on the grid of coverage; NULL: none */
    ns_t month, now;                          /* any time in the month of the report */
    void (*progress)(const char *step, double share); /* may be NULL */
};

enum err council_new(const struct council_request *request, struct council **out) NW_CHECKED;
void council_free(struct council *c);

/* Hours in 30 days for which a hotspot was down on average, from the time that was measured; NaN: none was.
 */
double council_hours_down(const struct council *c, int month);
/* Every figure of the report, one a row: section, id, name, month, figure, value, unit. */
void council_csv(const struct council *c, struct buf *out);

/* Hectares that were not served, and people who live where nothing serves; NaN: not known. */
double council_uncovered(const struct council_place *p);
double council_unreached(const struct council_place *p);

/* Names of causes in the CSV: "power" …, and in German. */
extern const char *const council_cause_words[COUNCIL_CAUSES], *const council_cause_names[COUNCIL_CAUSES];

#endif
