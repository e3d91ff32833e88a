/* SPDX-License-Identifier: GPL-3.0-or-later */
/* baseline.h - what is usual at this hour of the week: for each of 168 hours the means of the last
 * BASELINE_WEEKS such hours, from which median and spread are taken. Robust: one odd week does not move it.
 * 4 KiB a series, whatever its age. Pure. */
#ifndef NW_ALERTS_BASELINE_H
#define NW_ALERTS_BASELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/buf.h"
#include "lib/base/wire.h"
#include "lib/model/calendar.h"

enum { BASELINE_WEEKS = 6, BASELINE_LEAST = 3 };

struct baseline {
    float means[HOURS_OF_WEEK][BASELINE_WEEKS]; /* oldest first */
    uint8_t count[HOURS_OF_WEEK];
    /* the hour that runs */
    int64_t hour; /* berlin_hour(), 0 = none yet */
    int slot;
    double sum;
    uint32_t samples;
    bool is_spoiled; /* something was wrong in it: it is not learned */
};

/* One value of the hour (berlin_hour()) that is hour `slot` of the week. Values come in order of time. When
 * the hour changes the one before is learned; the doubled hour of October is one hour. Returns true if an
 * hour was learned: the moment to save. */
bool baseline_add(struct baseline *b, int64_t hour, int slot, double value);
/* An incident, a maintenance window: this hour does not count. Also true if the hour before was learned. */
bool baseline_spoil(struct baseline *b, int64_t hour, int slot);

/* What is usual in that hour of the week: median of the means, and how far they usually are from it (1.4826 ×
 * the median of the distances, which is the standard deviation of a normal distribution). An hour that was
 * seen less than BASELINE_LEAST times borrows from the same hour of the other working days, or of the other
 * day of the weekend. false: too little is known. */
bool baseline_usual(const struct baseline *b, int slot, double *median, double *spread);

/* Hours that were seen at least once, 0..168. */
int baseline_hours_known(const struct baseline *b);

/* For a row of the database; ERR_MALFORMED leaves *b empty. */
void baseline_put(const struct baseline *b, struct buf *out);
enum err baseline_get(struct baseline *b, struct wire *in) NW_CHECKED;

#endif
