/* SPDX-License-Identifier: GPL-3.0-or-later */
/* units.h - units of time and size as they stand in the source: 30 * SECONDS, 64 * MIB. */
#ifndef NW_BASE_UNITS_H
#define NW_BASE_UNITS_H

#include <stdint.h>

typedef int64_t ns_t; /* nanoseconds: a duration, a monotonic time, or wall time since 1970 (UTC) */

#define MICROSECONDS ((ns_t)1000)
#define MILLISECONDS ((ns_t)1000000)
#define SECONDS      ((ns_t)1000000000)
#define MINUTES      (60 * SECONDS)
#define HOURS        (60 * MINUTES)
#define DAYS         (24 * HOURS)

#define KIB ((int64_t)1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

#endif
