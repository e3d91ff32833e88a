/* SPDX-License-Identifier: GPL-3.0-or-later */
/* calendar.c - holidays and school days. Pure. */
#include "lib/model/calendar.h"

#include "lib/base/berlin.h"

enum { SATURDAY = 5, SUNDAY = 6 };

int64_t calendar_easter(int64_t year)
{
    int64_t a = year % 19, b = year / 100, c = year % 100;
    int64_t g = (b - (b + 8) / 25 + 1) / 3;
    int64_t h = (19 * a + b - b / 4 - g + 15) % 30;
    int64_t l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int64_t m = (a + 11 * h + 22 * l) / 451;
    int64_t sum = h + l - 7 * m + 114;

    return date_to_days(year, (int)(sum / 31), (int)(sum % 31) + 1);
}

bool calendar_is_holiday(int64_t day)
{
    int64_t year, since_easter;
    int month, date;

    date_from_days(day, &year, &month, &date);
    since_easter = day - calendar_easter(year);
    switch (month * 100 + date) {
    case 101:
    case 501:
    case 1003:
    case 1225:
    case 1226: return true;
    case 1031: return year >= 2017;
    default: break;
    }
    /* Good Friday, Easter Monday, Ascension, Whit Monday */
    return since_easter == -2 || since_easter == 1 || since_easter == 39 || since_easter == 50;
}

bool calendar_is_school_day(const struct calendar *c, int64_t day)
{
    if (date_weekday(day) >= SATURDAY || calendar_is_holiday(day))
        return false;
    for (size_t i = 0; i < c->count; i++)
        if (day >= c->breaks[i].first && day <= c->breaks[i].last)
            return false;
    return true;
}

int calendar_hour_of_week(const struct calendar *c, enum rhythm rhythm, int64_t berlin_hour)
{
    int64_t day = berlin_hour >= 0 ? berlin_hour / 24 : (berlin_hour - 23) / 24;
    int weekday = date_weekday(day);

    if (calendar_is_holiday(day))
        weekday = SUNDAY;
    else if (rhythm == RHYTHM_SCHOOL && weekday < SATURDAY && !calendar_is_school_day(c, day))
        weekday = SATURDAY;
    return weekday * 24 + (int)(berlin_hour - day * 24);
}
