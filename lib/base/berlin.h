/* SPDX-License-Identifier: GPL-3.0-or-later */
/* berlin.h - dates, and the wall clock in Europe/Berlin by the rules in force since 1996, without a time zone
 * file: every machine counts alike, also one without tzdata or with TZ set. Pure. */
#ifndef NW_BASE_BERLIN_H
#define NW_BASE_BERLIN_H

#include "lib/base/units.h"

/* Days since 1970-01-01 of a Gregorian date, and back; month 1..12, day 1..31. */
int64_t date_to_days(int64_t year, int month, int day);
void date_from_days(int64_t days, int64_t *year, int *month, int *day);
/* 0 Monday .. 6 Sunday. */
int date_weekday(int64_t days);

/* Seconds that Berlin is ahead of UTC at this UTC second: summer time holds from the last Sunday of March to
 * the last Sunday of October, 01:00 UTC each (directive 2000/84/EC). */
int64_t berlin_offset(int64_t utc);
/* The UTC second of local midnight at the start of this local day (days since 1970). */
int64_t berlin_midnight(int64_t local_day);
/* Hours that a wall clock in Berlin shows since 1970-01-01 00:00 local: day * 24 + hour of the day. In the
 * night of October the hour from 2 to 3 stands there twice with one number, in March that number is left out.
 */
int64_t berlin_hour(ns_t wall);
/* Seconds since the last local midnight as the wall clock shows it: 0..86399. */
int64_t berlin_second_of_day(ns_t wall);
/* The local day, days since 1970. */
int64_t berlin_day(ns_t wall);

#endif
