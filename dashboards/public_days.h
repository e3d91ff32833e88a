/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_days.h - the last days of all published hotspots, by district and day, kept up to date from history.
 *
 * A day that is over is read once an hour, for probe units may bring states late; today once a minute. */
#ifndef NW_DASHBOARDS_PUBLIC_DAYS_H
#define NW_DASHBOARDS_PUBLIC_DAYS_H

#include "dashboards/public_page.h"
#include "lib/model/inventory.h"
#include "lib/stores/history.h"

struct public_days; /* opaque */

/* The inventory is borrowed. */
enum err public_days_new(const struct inventory *inventory, struct public_days **out) NW_CHECKED;
void public_days_free(struct public_days *d); /* NULL is fine */
/* Reads what is due. now is the wall clock, mono the other; errors of history leave days unknown. */
void public_days_update(struct public_days *d, struct history *history, ns_t now, ns_t mono);
/* PUBLIC_DAYS each, oldest first, valid until public_days_free(). district: index in the inventory. */
struct public_day *public_days_city(const struct public_days *d);
struct public_day *public_days_district(const struct public_days *d, size_t district);
/* The sum of the last `count` days. */
void public_days_sum(const struct public_day *days, int count, struct availability *out);

#endif
