/* SPDX-License-Identifier: GPL-3.0-or-later */
/* availability.h - adds up how long something was usable. Pure.
 *
 * availability = up / (up + down). Time that is unknown (no data, monitor blind, before the first state) and
 * announced maintenance stand outside of the fraction and are reported beside it: unknown never counts as up.
 */
#ifndef NW_STORES_AVAILABILITY_H
#define NW_STORES_AVAILABILITY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/units.h"
#include "lib/model/state.h"

/* [from, to): what held in between. */
struct interval {
    ns_t from, to;
    enum state state;
    enum reason reason;
    char incident[65]; /* "" if none */
};

struct availability {
    ns_t up;       /* usable and degraded */
    ns_t degraded; /* the part of up that was degraded */
    ns_t down, unknown, maintenance;
};

void availability_add(struct availability *a, enum state state, ns_t duration);
void availability_sum(struct availability *a, const struct availability *other);
/* 0..1; NaN if nothing is known. */
double availability_share(const struct availability *a);
/* Share of the time that is not unknown, 0..1; 0 for no time at all. */
double availability_completeness(const struct availability *a);

/* Adds the part of each interval that lies in [from, to); what no interval covers is unknown. Intervals are
 * sorted and do not overlap. */
void availability_of(const struct interval *intervals, size_t count, ns_t from, ns_t to,
                     struct availability *out);

/* Midnight in Europe/Berlin (EU summer time rules) at the start of the day that `wall` lies in, and of the
 * day after; so a day has 23, 24 or 25 hours. date receives "2026-11-22". */
void availability_day(ns_t wall, ns_t *begin, ns_t *end, char date[11]);

/* The calendar month in Europe/Berlin: local midnights at the first of it and of the next; name receives
 * "2026-11". */
void availability_month(ns_t wall, ns_t *begin, ns_t *end, char name[8]);

/* Wall clock in Europe/Berlin: "2026-11-22", "14:05". */
void availability_local(ns_t wall, char date[11], char time[6]);

#endif
