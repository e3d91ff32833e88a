/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_sites.c - places: streets, schools, fibre nodes, cabinets, with the state that alerts gives them. */
#include <stdlib.h>

#include "dashboards/api.h"

struct site_counts {
    size_t hotspots[STATE_MAINTENANCE + 1], devices[STATE_MAINTENANCE + 1];
};

static void count_state(size_t *counts, enum state state)
{
    counts[state <= STATE_MAINTENANCE ? state : STATE_UNKNOWN]++;
}

/* By index of the site; malloc'ed, NULL: no memory. */
static struct site_counts *count_sites(const struct dashboard *d)
{
    size_t count, hotspot_count, device_count;
    const struct site *sites = inventory_sites(d->inventory, &count), *site;
    const struct relations *r = snapshot_relations(d->snapshot);
    struct site_counts *counts = calloc(count + 1, sizeof *counts);

    inventory_hotspots(d->inventory, &hotspot_count);
    inventory_devices(d->inventory, &device_count);
    for (size_t i = 0; counts && i < hotspot_count; i++)
        if ((site = r->hotspots[i].site))
            count_state(counts[site - sites].hotspots, snapshot_hotspot(d->snapshot, i)->state);
    for (size_t i = 0; counts && i < device_count; i++)
        if ((site = r->devices[i].site))
            count_state(counts[site - sites].devices, snapshot_device(d->snapshot, i)->state);
    return counts;
}

static bool is_wanted(const struct api_call *c, const struct site *site, const struct snap_state *state)
{
    return api_list_has(api_param(c, "state"), state_code(state->state)) &&
           api_list_has(api_param(c, "district"), site->district ? site->district : "") &&
           api_matches(api_param(c, "q"), site->id, site->name ? site->name : "", NULL);
}

static void put_site(struct json_out *j, const struct site *site, const struct snap_state *state,
                     const struct site_counts *counts)
{
    json_object_begin(j, NULL);
    json_string(j, "id", site->id);
    json_string(j, "name", site->name);
    json_string(j, "kind", site_kind_words[site->kind]);
    json_string(j, "district", site->district ? site->district : "");
    json_fixed(j, "lat", site->lat, 6);
    json_fixed(j, "lon", site->lon, 6);
    json_string(j, "state", state_code(state->state));
    json_string(j, "reason", reason_code(state->reason));
    json_time(j, "since", state->since);
    api_json_id(j, "incident", state->incident);
    api_json_state_counts(j, "hotspots", counts->hotspots);
    api_json_state_counts(j, "devices", counts->devices);
    json_object_end(j);
}

void api_sites(struct api_call *c)
{
    const struct dashboard *d = c->dashboard;
    struct site_counts *counts = count_sites(d);
    struct buf b = BUF_INIT;
    struct json_out j;
    struct api_page p;
    size_t count;
    const struct site *sites = inventory_sites(d->inventory, &count);

    if (!counts) {
        api_no_memory(c);
        return;
    }
    if (!api_page_begin(c, &p, &b, &j))
        goto done;
    for (size_t i = (size_t)p.skip; i < count; i++) {
        const struct snap_state *state = snapshot_site(d->snapshot, i);
        if (!is_wanted(c, &sites[i], state))
            continue;
        if (!api_page_room(&p, (int64_t)i))
            break;
        put_site(&j, &sites[i], state, &counts[i]);
    }
    api_page_end(c, &p, &b, &j);
done:
    free(counts);
}
