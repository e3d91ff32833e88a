/* SPDX-License-Identifier: GPL-3.0-or-later */
/* availability.c - arithmetic of intervals and of days in Europe/Berlin. Pure: no clock, no time zone files.
 */
#include "lib/stores/availability.h"

#include <math.h>
#include <stdio.h>

#include "lib/base/berlin.h"

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

void availability_day(ns_t wall, ns_t *begin, ns_t *end, char date[11])
{
    int64_t local_day = berlin_day(wall), year;
    int month, day;

    date_from_days(local_day, &year, &month, &day);
    snprintf(date, 11, "%04u-%02u-%02u", (unsigned)year % 10000, (unsigned)month % 100, (unsigned)day % 100);
    *begin = berlin_midnight(local_day) * SECONDS;
    *end = berlin_midnight(local_day + 1) * SECONDS;
}

void availability_month(ns_t wall, ns_t *begin, ns_t *end, char name[8])
{
    int64_t year;
    int month, day;

    date_from_days(berlin_day(wall), &year, &month, &day);
    snprintf(name, 8, "%04u-%02u", (unsigned)year % 10000, (unsigned)month % 100);
    *begin = berlin_midnight(date_to_days(year, month, 1)) * SECONDS;
    *end = berlin_midnight(date_to_days(year + (month == 12), month % 12 + 1, 1)) * SECONDS;
}

void availability_local(ns_t wall, char date[11], char time[6])
{
    ns_t begin, end;
    int64_t of_day = berlin_second_of_day(wall);

    availability_day(wall, &begin, &end, date);
    snprintf(time, 6, "%02u:%02u", (unsigned)(of_day / 3600) % 24, (unsigned)(of_day / 60) % 60);
}
