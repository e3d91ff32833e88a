/* SPDX-License-Identifier: GPL-3.0-or-later */
/* site.c - the state of a place, from the states of what stands there. docs/alerts.md has the table. Pure.
 *
 * Hotspots count alone where there are some: citizens see nothing else. A fibre node or cabinet without any
 * is as good as its worst device. What is unknown or in maintenance says nothing while something else is
 * known.
 */
#include <stdlib.h>

#include "alerts/engine_private.h"

struct site_tally {
    bool has_places; /* for ever: set once */
    size_t usable, degraded, unusable, unknown, maintenance;
    enum reason worst, unknown_reason; /* of the worst that is known; of the unknown */
    int worst_rank;
    const char *incident; /* of the worst, or of the unknown; "" or NULL: none */
};

static void count(struct site_tally *t, const struct object_memory *m)
{
    int rank = m->state == STATE_UNUSABLE ? 2 : m->state == STATE_DEGRADED ? 1 : 0;

    if (!m->is_known)
        return;
    t->usable += m->state == STATE_USABLE;
    t->degraded += m->state == STATE_DEGRADED;
    t->unusable += m->state == STATE_UNUSABLE;
    t->unknown += m->state == STATE_UNKNOWN;
    t->maintenance += m->state == STATE_MAINTENANCE;
    if (m->state == STATE_UNKNOWN) {
        t->unknown_reason = m->reason;
        if (!t->worst_rank)
            t->incident = m->incident;
    }
    if (rank > t->worst_rank) {
        t->worst_rank = rank;
        t->worst = m->reason;
        t->incident = m->incident;
    }
}

struct site_opinion {
    enum state state;
    enum reason reason;
    const char *incident;
};

static struct site_opinion opinion_of(const struct site_tally *t)
{
    size_t known = t->usable + t->degraded + t->unusable;
    bool is_lost = t->has_places ? t->unusable == known : t->unusable > 0;

    if (known && is_lost)
        return (struct site_opinion){STATE_UNUSABLE, t->worst, t->incident};
    if (known && t->usable < known)
        return (struct site_opinion){STATE_DEGRADED, t->worst, t->incident};
    if (known)
        return (struct site_opinion){STATE_USABLE, REASON_NONE, NULL};
    if (t->maintenance && t->unknown == 0)
        return (struct site_opinion){STATE_MAINTENANCE, REASON_NONE, NULL};
    if (t->unknown)
        return (struct site_opinion){STATE_UNKNOWN, t->unknown_reason, t->incident};
    return (struct site_opinion){STATE_UNKNOWN, REASON_NO_DATA, NULL};
}

static int site_index(const struct engine *e, const char *id)
{
    size_t count;
    const struct site *first = inventory_sites(e->o.inventory, &count),
                      *s = inventory_site(e->o.inventory, id);

    return s ? (int)(s - first) : -1;
}

enum err sites_new(struct engine *e)
{
    inventory_sites(e->o.inventory, &e->site_count);
    e->sites = calloc(e->site_count + 1, sizeof *e->sites);
    e->site_tallies = calloc(e->site_count + 1, sizeof *e->site_tallies);
    e->place_site = calloc(e->topo->place_count + 1, sizeof *e->place_site);
    e->device_site = calloc(e->topo->device_count + 1, sizeof *e->device_site);
    if (!e->sites || !e->site_tallies || !e->place_site || !e->device_site)
        return ERR_NOMEM;
    for (size_t d = 0; d < e->topo->device_count; d++)
        e->device_site[d] = site_index(e, e->topo->nodes[d].site);
    for (size_t p = 0; p < e->topo->place_count; p++) {
        e->place_site[p] = site_index(e, e->topo->places[p].hotspot->site);
        if (e->place_site[p] >= 0)
            e->site_tallies[e->place_site[p]].has_places = true;
    }
    return ERR_OK;
}

void sites_free(struct engine *e)
{
    free(e->sites);
    free(e->site_tallies);
    free(e->place_site);
    free(e->device_site);
}

void sites_judge(struct engine *e)
{
    for (size_t s = 0; s < e->site_count; s++)
        e->site_tallies[s] = (struct site_tally){.has_places = e->site_tallies[s].has_places};
    for (size_t p = 0; p < e->topo->place_count; p++)
        if (e->place_site[p] >= 0)
            count(&e->site_tallies[e->place_site[p]], &e->places[p].memory);
    for (size_t d = 0; d < e->topo->device_count; d++)
        if (e->device_site[d] >= 0 && !e->site_tallies[e->device_site[d]].has_places)
            count(&e->site_tallies[e->device_site[d]], &e->devices[d]);
    for (size_t s = 0; s < e->site_count; s++) {
        struct site_opinion o = opinion_of(&e->site_tallies[s]);
        announce_state(e, OBJECT_SITE, s, &e->sites[s], o.state, o.reason, o.incident ? o.incident : "");
    }
}
