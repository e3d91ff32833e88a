/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_availability.c - the availability of all hotspots by district. With 10,000 of them and months of
 * history that is seconds of reading, so it is done in slices of a few milliseconds between other requests;
 * who asks for the same days meanwhile waits for the same sums, and for half a minute they are given again.
 *
 *   asked -> running -- slice by slice --> done: all who wait are answered -> too old: made anew when asked
 */
#include <stdlib.h>

#include "dashboards/api.h"
#include "lib/base/log.h"

enum { SUMS_MAX = 4, WAITING_MAX = 64, HOTSPOTS_A_LOOK = 8 /* at the clock */ };
#define SLICE    (4 * MILLISECONDS)
#define GOOD_FOR (30 * SECONDS)

struct district_sum {
    struct availability a;
    size_t hotspots;
};

/* Of the last `days` days. */
struct sums {
    int64_t days; /* 0: unused */
    ns_t from, to;
    ns_t done;   /* monotonic; 0: running */
    size_t next; /* hotspot */
    struct availability total;
    struct district_sum *districts; /* in the inventory's order */
    struct api_call *waiting[WAITING_MAX];
    size_t waiting_count;
};

struct availability_sums {
    struct dashboard *dashboard;
    struct sums all[SUMS_MAX];
    struct loop_timer timer;
};

static void forget(struct sums *s)
{
    free(s->districts);
    *s = (struct sums){0};
}

/* ---- the answer ---- */

static void reply(struct api_call *c, const struct sums *s)
{
    size_t count;
    const struct district *districts = inventory_districts(c->dashboard->inventory, &count);
    struct buf b = BUF_INIT;
    struct json_out j;

    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_time(&j, "from", s->from);
    json_time(&j, "to", s->to);
    json_object_begin(&j, "total");
    api_json_availability(&j, &s->total);
    json_object_end(&j);
    json_array_begin(&j, "districts");
    for (size_t i = 0; i < count; i++) {
        json_object_begin(&j, NULL);
        json_string(&j, "id", districts[i].id);
        json_string(&j, "name", districts[i].name);
        json_uint(&j, "hotspots", s->districts[i].hotspots);
        api_json_availability(&j, &s->districts[i].a);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
    api_reply(c, 200, NULL, &b);
}

static void answer_all(struct sums *s, enum err e)
{
    for (size_t i = 0; i < s->waiting_count; i++) {
        s->waiting[i]->abandon = NULL;
        if (e)
            api_problem_err(s->waiting[i], e);
        else
            reply(s->waiting[i], s);
    }
    s->waiting_count = 0;
    if (e)
        forget(s);
}

static void on_abandoned(struct api_call *c, void *p)
{
    struct sums *s = p;

    for (size_t i = 0; i < s->waiting_count; i++)
        if (s->waiting[i] == c)
            s->waiting[i--] = s->waiting[--s->waiting_count];
}

void api_availability_free(struct availability_sums *a)
{
    if (!a)
        return;
    loop_timer_cancel(a->dashboard->loop, &a->timer);
    for (size_t i = 0; i < SUMS_MAX; i++) {
        answer_all(&a->all[i], ERR_AGAIN);
        forget(&a->all[i]);
    }
    free(a);
}

/* ---- slices ---- */

static enum err add_hotspot(const struct dashboard *d, struct sums *s, size_t index)
{
    const struct hotspot *h = &inventory_hotspots(d->inventory, &(size_t){0})[index];
    const struct district *districts = inventory_districts(d->inventory, &(size_t){0});
    const struct district *district = snapshot_relations(d->snapshot)->hotspots[index].district;
    struct availability one = {0};
    enum err e = history_availability(d->history, "hotspot", h->id, s->from, s->to, s->to, &one);

    if (e)
        return e;
    availability_sum(&s->total, &one);
    if (district) {
        availability_sum(&s->districts[district - districts].a, &one);
        s->districts[district - districts].hotspots++;
    }
    return ERR_OK;
}

static struct sums *find_running(struct availability_sums *a)
{
    for (size_t i = 0; i < SUMS_MAX; i++)
        if (a->all[i].days && !a->all[i].done)
            return &a->all[i];
    return NULL;
}

static void on_slice(void *ctx)
{
    struct availability_sums *a = ctx;
    struct loop *l = a->dashboard->loop;
    struct sums *s = find_running(a);
    ns_t until = loop_mono_now(l) + SLICE;
    enum err e = ERR_OK;
    size_t count;

    inventory_hotspots(a->dashboard->inventory, &count);
    while (s && s->next < count && e == ERR_OK) {
        e = add_hotspot(a->dashboard, s, s->next++);
        if (s->next % HOTSPOTS_A_LOOK == 0 && loop_mono_now(l) >= until)
            break;
    }
    if (s && (e || s->next == count)) {
        s->done = loop_mono(l);
        answer_all(s, e);
    }
    if (find_running(a) && loop_timer_after(l, &a->timer, 0) != ERR_OK)
        log_error("out of memory: a figure of availability may wait");
}

/* ---- requests ---- */

static struct availability_sums *open_sums(struct dashboard *d)
{
    if (!d->availability) {
        d->availability = calloc(1, sizeof *d->availability);
        if (d->availability) {
            d->availability->dashboard = d;
            loop_timer_init(&d->availability->timer, on_slice, d->availability);
        }
    }
    return d->availability;
}

static struct sums *find_sums(struct availability_sums *a, int64_t days, ns_t now)
{
    for (size_t i = 0; i < SUMS_MAX; i++)
        if (a->all[i].days == days && (!a->all[i].done || now - a->all[i].done < GOOD_FOR))
            return &a->all[i];
    return NULL;
}

/* In a free place, or that of the oldest ones that are done; ERR_BUSY: all are running. */
static enum err begin_sums(struct availability_sums *a, int64_t days, struct sums **out)
{
    struct dashboard *d = a->dashboard;
    struct sums *place = NULL;
    size_t count;

    for (size_t i = 0; i < SUMS_MAX; i++)
        if ((!a->all[i].days || a->all[i].done) && (!place || a->all[i].done < place->done))
            place = &a->all[i];
    if (!place)
        return ERR_BUSY;
    inventory_districts(d->inventory, &count);
    forget(place);
    place->districts = calloc(count + 1, sizeof *place->districts);
    if (!place->districts)
        return ERR_NOMEM;
    place->days = days;
    place->to = loop_wall(d->loop);
    place->from = api_first_midnight(place->to, days);
    *out = place;
    return loop_timer_after(d->loop, &a->timer, 0);
}

void api_availability(struct api_call *c)
{
    struct dashboard *d = c->dashboard;
    struct availability_sums *a = open_sums(d);
    struct sums *s = NULL;
    enum err e = a ? ERR_OK : ERR_NOMEM;
    int64_t days;

    if (!api_param_int(c, "days", 1, 800, 30, &days))
        return;
    if (e == ERR_OK && !(s = find_sums(a, days, loop_mono(d->loop))))
        e = begin_sums(a, days, &s);
    if (e == ERR_OK && !s->done && s->waiting_count == WAITING_MAX)
        e = ERR_BUSY;
    if (e) {
        api_problem_err(c, e);
    } else if (s->done) {
        reply(c, s);
    } else {
        s->waiting[s->waiting_count++] = c;
        c->abandon = on_abandoned;
        c->pending = s;
    }
}
