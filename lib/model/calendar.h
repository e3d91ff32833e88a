/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calendar.h - which days are like which: public holidays of Schleswig-Holstein, school days, hours of the
 * week. Days are local ones in Europe/Berlin, counted since 1970-01-01. Pure. */
#ifndef NW_MODEL_CALENDAR_H
#define NW_MODEL_CALENDAR_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/units.h"

enum { HOURS_OF_WEEK = 168 };

/* Easter Sunday (Gregorian; Meeus/Jones/Butcher). */
int64_t calendar_easter(int64_t year);

/* A public holiday by the Gesetz über Sonn- und Feiertage of Schleswig-Holstein (SFTG, § 2): New Year, Good
 * Friday, Easter Monday, 1 May, Ascension, Whit Monday, 3 October, 31 October (since 2018, and 2017), 25 and
 * 26 December. */
bool calendar_is_holiday(int64_t day);

/* Without lessons, from the first to the last day, both included. */
struct school_break {
    int64_t first, last;
};

struct calendar {
    const struct school_break *breaks; /* borrowed */
    size_t count;
};

/* Monday to Friday, no holiday, in no break. Without breaks every such day is one. */
bool calendar_is_school_day(const struct calendar *c, int64_t day);

enum rhythm {
    RHYTHM_TOWN,  /* a holiday is like a Sunday */
    RHYTHM_SCHOOL /* … and a weekday without lessons like a Saturday */
};

/* 0..167, Monday 00:00 to Sunday 23:00 as a wall clock shows it, of berlin_hour(). */
int calendar_hour_of_week(const struct calendar *c, enum rhythm rhythm, int64_t berlin_hour);

#endif
