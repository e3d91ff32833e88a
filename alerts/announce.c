/* SPDX-License-Identifier: GPL-3.0-or-later */
/* announce.c - what citizens are told of maintenance: windows with `announce` that are open or begin within
 * two weeks, where, when and in the operator's words; never a device. Pure. */
#include <stdlib.h>
#include <string.h>

#include "alerts/engine_private.h"
#include "alerts/recurring.h"
#include "lib/base/berlin.h"
#include "lib/base/strx.h"

enum { ANNOUNCEMENTS_MAX = 200 };

#define AHEAD (14 * DAYS)

struct draft {
    Nw__Announcement pb;
    Nw__Span spans[RECURRING_SPANS_MAX], *span_list[RECURRING_SPANS_MAX];
};

struct drafts {
    struct draft items[ANNOUNCEMENTS_MAX];
    Nw__Announcement *list[ANNOUNCEMENTS_MAX];
    size_t count;
};

const char *announce_check(const struct engine_command *c)
{
    const char *de = c->text_de ? c->text_de : "", *en = c->text_en ? c->text_en : "";

    if (!c->announce && (de[0] || en[0]))
        return "`text_de` and `text_en` are for citizens: they need `announce`.";
    if (strlen(de) >= ANNOUNCE_TEXT_SIZE || strlen(en) >= ANNOUNCE_TEXT_SIZE)
        return "`text_de` and `text_en` may have 500 bytes each.";
    if (c->announce && strx_starts_with(c->target, "rule:"))
        return "A window of one rule alone cannot be announced.";
    return NULL;
}

/* The published hotspots below this scope. A service is where its site is. */
static bool fill_places(const struct engine *e, const char *scope, Nw__Announcement *out)
{
    const struct service *service = scope ? inventory_service(e->o.inventory, scope) : NULL;
    const char *where = service ? service->site : scope;

    out->is_everywhere = !where;
    if (!where)
        return true;
    out->hotspots = calloc(e->topo->place_count + 1, sizeof *out->hotspots);
    for (size_t p = 0; out->hotspots && p < e->topo->place_count; p++) {
        const struct place *place = &e->topo->places[p];
        if (place->hotspot->is_published && maintenance_covers(e, where, place))
            out->hotspots[out->n_hotspots++] = place->hotspot->id;
    }
    return out->hotspots != NULL;
}

static bool add(const struct engine *e, struct drafts *all, const char *id, const char *scope,
                const char *text_de, const char *text_en, const struct span *spans, size_t count)
{
    struct draft *d = &all->items[all->count];

    if (count == 0 || all->count == ANNOUNCEMENTS_MAX)
        return true;
    nw__announcement__init(&d->pb);
    d->pb.id = (char *)(uintptr_t)id;
    d->pb.text_de = (char *)(uintptr_t)text_de;
    d->pb.text_en = (char *)(uintptr_t)text_en;
    for (size_t i = 0; i < count; i++) {
        nw__span__init(&d->spans[i]);
        d->spans[i].begin = (uint64_t)spans[i].begin;
        d->spans[i].until = (uint64_t)spans[i].until;
        d->span_list[i] = &d->spans[i];
    }
    d->pb.spans = d->span_list;
    d->pb.n_spans = count;
    all->list[all->count++] = &d->pb;
    return fill_places(e, scope, &d->pb);
}

static bool gather(const struct engine *e, struct drafts *all)
{
    const struct recurring *weekly = e->o.rules->windows.items;
    bool is_whole = true;

    for (const struct maintenance *m = e->maintenance; m && is_whole; m = m->next) {
        struct span span = {m->begin, m->until};
        bool is_near = m->until > e->now && m->begin <= e->now + AHEAD;
        if (m->is_announced)
            is_whole = add(e, all, m->id, m->scope, m->text_de, m->text_en, &span, is_near);
    }
    for (size_t i = 0; i < e->o.rules->windows.count && is_whole; i++) {
        struct span spans[RECURRING_SPANS_MAX];
        size_t count = recurring_spans(&weekly[i], e->now, e->now + AHEAD, spans);
        if (weekly[i].announce)
            is_whole = add(e, all, weekly[i].id, weekly[i].scope, weekly[i].text_de, weekly[i].text_en, spans,
                           count);
    }
    return is_whole;
}

void announce_refresh(struct engine *e)
{
    Nw__Announcements pb = NW__ANNOUNCEMENTS__INIT;
    int64_t today = berlin_day(e->now);
    struct drafts *all;

    if (!e->sink.announced || e->announced_day == today)
        return;
    all = calloc(1, sizeof *all);
    if (all && gather(e, all)) {
        pb.items = all->list;
        pb.n_items = all->count;
        e->sink.announced(e->sink.ctx, &pb);
        e->announced_day = today;
    }
    for (size_t i = 0; all && i < all->count; i++)
        free(all->items[i].pb.hotspots);
    free(all);
}
