/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recipe.h - how a device's journalled values come out of what its agent sends, learned from one poll that
 * was decoded in full. As long as nothing but readings changes, later polls need no decode(): each varbind
 * that was read goes straight to its series. Pure.
 *
 * What a recipe is made of:  item of the read plan, row in it  →  field of a profile and its factors  →
 * series An item on whose bytes more than readings depends (names, conditions, attributes, sums, neighbours,
 * other readings) is settled: once it changes, recipe_fits() is false and the poll must be decoded. The same
 * goes for new or vanished instances. So what recipe_apply() gives equals what decode() would have given. */
#ifndef NW_COLLECTOR_RECIPE_H
#define NW_COLLECTOR_RECIPE_H

#include "collector/decode.h"
#include "collector/poll.h"
#include "collector/varbind.h"
#include "lib/base/err.h"

struct recipe; /* opaque; devices of the same make and structure share one */

/* Where equal recipes are found. It may be freed before them. */
struct recipe_book; /* opaque */

struct recipe_book *recipe_book_new(void); /* NULL: out of memory */
void recipe_book_free(struct recipe_book *b);

/* varbinds: poll_collect() of the poll, view: decoded from them. ERR_NOT_FOUND: the varbinds do not allow one
 * (instances below more than one item). ERR_NOMEM, ERR_LIMIT. */
enum err recipe_learn(struct recipe_book *book, const struct poll *poll, const struct varbind_set *varbinds,
                      const struct device_view *view, const struct recipe **out) NW_CHECKED;
void recipe_free(const struct recipe *r);

/* May the last poll, a complete one, be reckoned by this recipe? r may be NULL: no. */
bool recipe_fits(const struct recipe *r, const struct poll *poll);

/* A counter among others of its column. */
struct recipe_op {
    uint32_t row, series, counter;
    uint16_t item, how;
};

/* Counters of one column that were read at once: all of one width and scale. */
struct recipe_counts {
    const struct recipe_op *ops;
    size_t count;
    const union poll_value *values; /* by row */
    ns_t read_at;
    double scale;
    uint8_t width;
};

/* Who hears of new values. series: place among the journalled samples of the view (metric not METRIC_NONE).
 */
struct recipe_sink {
    void *ctx;
    void (*reading)(void *ctx, uint32_t series, double value, enum quality_reason quality);
    /* counter: place among the journalled counters; scale as in view_sample; read_at: when it was read */
    void (*count)(void *ctx, uint32_t series, uint32_t counter, uint64_t raw, uint8_t width, ns_t read_at,
                  double scale);
    void (*counts)(void *ctx, const struct recipe_counts *counts);
};

/* Tells of every series whose varbind was read in the last poll. False: a value came out in a way that only
 * decode() can judge; what was told already stands. */
bool recipe_apply(const struct recipe *r, const struct poll *poll, const struct recipe_sink *sink);

#endif
