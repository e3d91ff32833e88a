/* SPDX-License-Identifier: GPL-3.0-or-later */
/* flow.h - traffic as a sum of waves, so that a counter is an integral in closed form.
 *
 * All flows share their frequencies (a day and its harmonics, four faster ones as noise); so the flow of an
 * uplink is exactly the sum of the flows below it, and its counter exactly the sum of their counters. Pure.
 */
#ifndef NW_CITY_FLOW_H
#define NW_CITY_FLOW_H

#include <stdint.h>

#include "city/plan.h"

enum { FLOW_WAVES = 7, FLOW_DAY_WAVES = 3 };

/* Bytes a second, up and down together; times are seconds since 1970, UTC. */
struct flow {
    double mean;
    double re[FLOW_WAVES], im[FLOW_WAVES];
};

/* The daily curve of a kind of place, with noise of its own: never negative. mean in bytes a second. */
struct flow flow_of_place(enum place place, double mean, uint64_t seed, uint32_t who);
struct flow flow_scaled(const struct flow *f, double factor);
struct flow flow_constant(double mean);
void flow_add(struct flow *to, const struct flow *f, double factor);

double flow_rate(const struct flow *f, double t);
double flow_integral(const struct flow *f, double from, double to);

/* A counter of bytes: grows with its flow, which may change. */
struct meter {
    struct flow flow;
    double sum, since;
};

double meter_read(const struct meter *m, double t);
/* From t on, `delta` times factor comes on top. */
void meter_change(struct meter *m, double t, const struct flow *delta, double factor);

#endif
