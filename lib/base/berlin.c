/* SPDX-License-Identifier: GPL-3.0-or-later */
/* berlin.c - the calendar's arithmetic and the two changes of the clock a year. Pure. */
#include "lib/base/berlin.h"

static int64_t floor_div(int64_t a, int64_t b)
{
    return a >= 0 ? a / b : (a - b + 1) / b;
}

/* The usual 400-year arithmetic, March first. */
int64_t date_to_days(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

void date_from_days(int64_t days, int64_t *year, int *month, int *day)
{
    days += 719468;
    int64_t era = floor_div(days, 146097);
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;

    *day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *year = yoe + era * 400 + (*month <= 2);
}

/* 1970-01-01 was a Thursday. */
int date_weekday(int64_t days)
{
    return (int)(((days + 3) % 7 + 7) % 7);
}

/* Of a month with 31 days. */
static int64_t last_sunday(int64_t year, int month)
{
    int64_t last = date_to_days(year, month, 31);

    return last - (date_weekday(last) + 1) % 7;
}

int64_t berlin_offset(int64_t utc)
{
    int64_t year, begin, end;
    int month, day;

    date_from_days(floor_div(utc, 86400), &year, &month, &day);
    begin = last_sunday(year, 3) * 86400 + 3600;
    end = last_sunday(year, 10) * 86400 + 3600;
    return utc >= begin && utc < end ? 7200 : 3600;
}

/* No change of the clock happens at midnight, so one correction is enough. */
int64_t berlin_midnight(int64_t local_day)
{
    return local_day * 86400 - berlin_offset(local_day * 86400 - 3600);
}

static int64_t local_second(ns_t wall)
{
    int64_t utc = floor_div(wall, SECONDS);

    return utc + berlin_offset(utc);
}

int64_t berlin_hour(ns_t wall)
{
    return floor_div(local_second(wall), 3600);
}

int64_t berlin_second_of_day(ns_t wall)
{
    int64_t local = local_second(wall);

    return local - floor_div(local, 86400) * 86400;
}

int64_t berlin_day(ns_t wall)
{
    return floor_div(local_second(wall), 86400);
}
