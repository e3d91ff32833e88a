/* SPDX-License-Identifier: GPL-3.0-or-later */
/* availability.c - arithmetic of intervals and of days in Europe/Berlin. Pure: no clock, no time zone files.
 */
#include "lib/stores/availability.h"

#include <math.h>
#include <stdio.h>

void availability_add(struct availability *a, enum state state, ns_t duration)
{
    if (duration <= 0)
        return;
    switch (state) {
    case STATE_USABLE: a->up += duration; return;
    case STATE_DEGRADED:
        a->up += duration;
        a->degraded += duration;
        return;
    case STATE_UNUSABLE: a->down += duration; return;
    case STATE_MAINTENANCE: a->maintenance += duration; return;
    case STATE_UNKNOWN: break;
    }
    a->unknown += duration; /* also a state of a newer version */
}

void availability_sum(struct availability *a, const struct availability *other)
{
    a->up += other->up;
    a->degraded += other->degraded;
    a->down += other->down;
    a->unknown += other->unknown;
    a->maintenance += other->maintenance;
}

double availability_share(const struct availability *a)
{
    ns_t known = a->up + a->down;

    return known > 0 ? (double)a->up / (double)known : NAN;
}

double availability_completeness(const struct availability *a)
{
    ns_t known = a->up + a->down + a->maintenance;

    return known > 0 ? (double)known / (double)(known + a->unknown) : 0;
}

void availability_of(const struct interval *intervals, size_t count, ns_t from, ns_t to,
                     struct availability *out)
{
    ns_t at = from;

    for (size_t i = 0; i < count; i++) {
        ns_t begin = intervals[i].from > at ? intervals[i].from : at;
        ns_t end = intervals[i].to < to ? intervals[i].to : to;
        if (end <= begin)
            continue;
        availability_add(out, STATE_UNKNOWN, begin - at);
        availability_add(out, intervals[i].state, end - begin);
        at = end;
    }
    availability_add(out, STATE_UNKNOWN, to - at);
}

/* Days since 1970-01-01 of a Gregorian date, and back (the usual 400-year arithmetic, March first). */
static int64_t days_from_date(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void date_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;

    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = yoe + era * 400 + (*month <= 2);
}

/* The last Sunday of a month with 31 days. 1970-01-01 was a Thursday. */
static int64_t last_sunday(int64_t year, int month)
{
    int64_t last = days_from_date(year, month, 31);

    return last - ((last + 4) % 7 + 7) % 7;
}

/* Seconds that Berlin is ahead of UTC at this UTC second: summer time holds from the last Sunday of March to
 * the last Sunday of October, 01:00 UTC each (directive 2000/84/EC). */
static int64_t berlin_offset(int64_t utc)
{
    int64_t year, begin, end;
    int month, day;

    date_from_days(utc >= 0 ? utc / 86400 : (utc - 86399) / 86400, &year, &month, &day);
    begin = last_sunday(year, 3) * 86400 + 3600;
    end = last_sunday(year, 10) * 86400 + 3600;
    return utc >= begin && utc < end ? 7200 : 3600;
}

/* The UTC second of local midnight; no change of the clock happens at midnight, so one correction is enough.
 */
static int64_t berlin_midnight(int64_t local_day)
{
    int64_t guess = local_day * 86400 - 3600;

    return local_day * 86400 - berlin_offset(guess);
}

void availability_day(ns_t wall, ns_t *begin, ns_t *end, char date[11])
{
    int64_t utc = wall >= 0 ? wall / SECONDS : (wall - SECONDS + 1) / SECONDS;
    int64_t local = utc + berlin_offset(utc), year;
    int64_t local_day = local >= 0 ? local / 86400 : (local - 86399) / 86400;
    int month, day;

    date_from_days(local_day, &year, &month, &day);
    snprintf(date, 11, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100, (unsigned)day % 100);
    *begin = berlin_midnight(local_day) * SECONDS;
    *end = berlin_midnight(local_day + 1) * SECONDS;
}

void availability_month(ns_t wall, ns_t *begin, ns_t *end, char name[8])
{
    int64_t utc = wall >= 0 ? wall / SECONDS : (wall - SECONDS + 1) / SECONDS;
    int64_t local = utc + berlin_offset(utc), year;
    int month, day;

    date_from_days(local >= 0 ? local / 86400 : (local - 86399) / 86400, &year, &month, &day);
    snprintf(name, 8, "%04u-%02u", (unsigned)year % 10000, (unsigned)month % 100);
    *begin = berlin_midnight(days_from_date(year, month, 1)) * SECONDS;
    *end = berlin_midnight(days_from_date(year + (month == 12), month % 12 + 1, 1)) * SECONDS;
}

void availability_local(ns_t wall, char date[11], char time[6])
{
    ns_t begin, end;
    int64_t utc = wall >= 0 ? wall / SECONDS : (wall - SECONDS + 1) / SECONDS;
    int64_t of_day = ((utc + berlin_offset(utc)) % 86400 + 86400) % 86400;

    availability_day(wall, &begin, &end, date);
    snprintf(time, 6, "%02u:%02u", (unsigned)(of_day / 3600) % 24, (unsigned)(of_day / 60) % 60);
}
