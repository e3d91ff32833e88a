/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_days.c - adds up states by district and day. */
#include "dashboards/public_days.h"

#include <stdlib.h>
#include <string.h>

#define TODAY_EVERY MINUTES
#define ALL_EVERY   HOURS

struct public_days {
    const struct inventory *inventory;
    size_t district_count;
    struct public_day *days;      /* the city's, then each district's */
    ns_t bounds[PUBLIC_DAYS + 1]; /* local midnights */
    ns_t all_at, today_at;        /* monotonic; 0 = never, or nothing was known */
};

enum err public_days_new(const struct inventory *inventory, struct public_days **out)
{
    struct public_days *d = calloc(1, sizeof *d);

    if (!d)
        return ERR_NOMEM;
    d->inventory = inventory;
    inventory_districts(inventory, &d->district_count);
    d->days = calloc((d->district_count + 1) * PUBLIC_DAYS, sizeof *d->days);
    if (!d->days) {
        free(d);
        return ERR_NOMEM;
    }
    *out = d;
    return ERR_OK;
}

void public_days_free(struct public_days *d)
{
    if (!d)
        return;
    free(d->days);
    free(d);
}

struct public_day *public_days_city(const struct public_days *d)
{
    return d->days;
}

struct public_day *public_days_district(const struct public_days *d, size_t district)
{
    return d->days + (district + 1) * PUBLIC_DAYS;
}

void public_days_sum(const struct public_day *days, int count, struct availability *out)
{
    memset(out, 0, sizeof *out);
    for (int i = PUBLIC_DAYS - count; i < PUBLIC_DAYS; i++)
        availability_sum(out, &days[i].a);
}

/* Dates and bounds of the days up to the one of `now`, and nothing known of any. */
static void begin_anew(struct public_days *d, ns_t now)
{
    ns_t at = now;

    memset(d->days, 0, (d->district_count + 1) * PUBLIC_DAYS * sizeof *d->days);
    for (int i = PUBLIC_DAYS - 1; i >= 0; i--) {
        availability_day(at, &d->bounds[i], &d->bounds[i + 1], d->days[i].date);
        at = d->bounds[i] - HOURS; /* the evening before, also when clocks are changed */
        for (size_t k = 0; k < d->district_count; k++)
            memcpy(public_days_district(d, k)[i].date, d->days[i].date, sizeof d->days[i].date);
    }
}

static void add_hotspot(struct public_days *d, struct history *history, const struct hotspot *h, int first,
                        ns_t now)
{
    const struct district *all = inventory_districts(d->inventory, &(size_t){0});
    const struct district *district = inventory_district(d->inventory, hotspot_district_id(d->inventory, h));
    struct public_day *own = district ? public_days_district(d, (size_t)(district - all)) : NULL;
    struct interval *intervals = NULL;
    size_t count = 0;

    if (history_intervals(history, "hotspot", h->id, d->bounds[first], now, now, SIZE_MAX, &intervals,
                          &count) != ERR_OK)
        return;
    for (int i = first; i < PUBLIC_DAYS; i++) {
        struct availability a = {0};
        availability_of(intervals, count, d->bounds[i], d->bounds[i + 1] < now ? d->bounds[i + 1] : now, &a);
        availability_sum(&d->days[i].a, &a);
        if (own)
            availability_sum(&own[i].a, &a);
    }
    free(intervals);
}

static void add_all(struct public_days *d, struct history *history, int first, ns_t now)
{
    size_t count;
    const struct hotspot *all = inventory_hotspots(d->inventory, &count);

    for (size_t k = 0; k <= d->district_count; k++)
        for (int i = first; i < PUBLIC_DAYS; i++)
            memset(&d->days[k * PUBLIC_DAYS + (size_t)i].a, 0, sizeof d->days[0].a);
    for (size_t i = 0; i < count; i++)
        if (all[i].is_published)
            add_hotspot(d, history, &all[i], first, now);
}

void public_days_update(struct public_days *d, struct history *history, ns_t now, ns_t mono)
{
    bool is_today = now >= d->bounds[PUBLIC_DAYS - 1] && now < d->bounds[PUBLIC_DAYS];
    bool is_all = !d->all_at || mono - d->all_at >= ALL_EVERY || !is_today;

    if (!is_all && d->today_at && mono - d->today_at < TODAY_EVERY)
        return;
    if (is_all) {
        begin_anew(d, now);
        d->all_at = mono;
    }
    add_all(d, history, is_all ? 0 : PUBLIC_DAYS - 1, now);
    const struct availability *today = &d->days[PUBLIC_DAYS - 1].a;
    d->today_at = today->up + today->down > 0 ? mono : 0;
}
