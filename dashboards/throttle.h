/* SPDX-License-Identifier: GPL-3.0-or-later */
/* throttle.h - how often somebody may try something: token buckets by key. Pure: the caller gives the time.
 */
#ifndef NW_DASHBOARDS_THROTTLE_H
#define NW_DASHBOARDS_THROTTLE_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/units.h"

struct throttle; /* opaque; at most 10,000 keys, then the fullest buckets are forgotten */

/* burst tries at once, then one every `refill`. */
enum err throttle_new(unsigned burst, ns_t refill, struct throttle **out) NW_CHECKED;
void throttle_free(struct throttle *t);

/* Takes one try; false: none left, *wait receives how long until the next one. */
bool throttle_take(struct throttle *t, const char *key, ns_t mono, ns_t *wait);
/* Gives one back: the try succeeded. */
void throttle_give_back(struct throttle *t, const char *key, ns_t mono);

#endif
