/* SPDX-License-Identifier: GPL-3.0-or-later */
/* timex.h - wall times as text and back. Pure: nothing here reads a clock or a time zone. */
#ifndef NW_BASE_TIMEX_H
#define NW_BASE_TIMEX_H

#include "lib/base/err.h"
#include "lib/base/units.h"

enum { TIMEX_RFC3339_SIZE = sizeof "2026-11-22T01:38:37.000Z" + 8 };

/* wall, nanoseconds since 1970 UTC, as RFC 3339 with milliseconds: 2026-11-22T01:38:37.000Z. */
void timex_rfc3339(ns_t wall, char out[TIMEX_RFC3339_SIZE]);

/* RFC 3339 with Z or a numeric offset, with or without fraction; or whole seconds since 1970 as digits. */
enum err timex_parse(const char *text, ns_t *wall) NW_CHECKED;

#endif
