/* SPDX-License-Identifier: GPL-3.0-or-later */
/* median.h - the middle of a list of numbers. Pure. */
#ifndef NW_ALERTS_MEDIAN_H
#define NW_ALERTS_MEDIAN_H

#include <stddef.h>

/* A median absolute deviation times this estimates the standard deviation of a normal distribution. */
#define MAD_TO_SIGMA 1.4826

/* Sorts the values; none of them may be NaN. NaN: there are none. */
double median_of(double *values, size_t count);

#endif
