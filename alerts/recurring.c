/* SPDX-License-Identifier: GPL-3.0-or-later */
/* recurring.c - from the wall clock in Berlin to spans of time. */
#include "alerts/recurring.h"

#include "lib/base/berlin.h"

enum { SUMMER = 7200, WINTER = 3600 };

/* The UTC second at which the clock shows this second of this local day: the first, or the last. One that is
 * left out in March: that at which the clock is set forward, or the one before it. */
static int64_t utc_second(int64_t day, int64_t second, bool is_last)
{
    int64_t local = day * 86400 + second, summer = local - SUMMER, winter = local - WINTER;
    bool is_summer = berlin_offset(summer) == SUMMER, is_winter = berlin_offset(winter) == WINTER;

    if (!is_summer && !is_winter)
        return winter - winter % 3600 - is_last;
    return is_summer && !(is_winter && is_last) ? summer : winter;
}

size_t recurring_spans(const struct recurring *r, ns_t now, ns_t last, struct span *out)
{
    bool is_over_midnight = r->until <= r->from;
    size_t count = 0;

    for (int64_t day = berlin_day(now) - 1; day <= berlin_day(last) && count < RECURRING_SPANS_MAX; day++) {
        struct span s = {utc_second(day, r->from, false) * SECONDS,
                         (utc_second(day + is_over_midnight, r->until - 1, true) + 1) * SECONDS};
        bool is_its_day = r->days & 1u << date_weekday(day) && day >= r->first && day <= r->last;
        if (is_its_day && s.begin < s.until && s.until > now && s.begin <= last)
            out[count++] = s;
    }
    return count;
}
