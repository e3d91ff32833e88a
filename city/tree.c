/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tree.c - hangs the places of the city on fibre: core, aggregation, access switches (some chained), street
 * cabinets with a UPS, controllers, access points; ports, addresses and MACs. Pure.
 *
 *   core ── aggregation (per district) ── access ── access point or controller's row
 *                                           └────── access (chained: the fourth level)
 */
#include "city/plan_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"

const uint32_t city_portal_address = 0x7f100003; /* 127.16.0.3 */
const uint32_t city_dns_address = 0x7f100004;
static const uint32_t node_base = 0x7f110000, ap_base = 0x7f140000; /* 127.17.0.0, 127.20.0.0 */

enum { ROUNDS = 12, OWN_REGION = 10 /* access switches from which districts stand alone */ };

struct counts {
    size_t aggregation, access, ups;
};

/* Sites of one region (a district, or all of a small city) grouped around access switches. */
struct group {
    struct metres at;
    size_t hotspots;
    size_t aggregation; /* ordinal among all */
    int chained_to;     /* ordinal among all access switches, -1 */
    size_t ups;         /* ordinal */
    int district;
};

struct tree {
    struct city *city;
    struct rng *rng;
    struct counts counts;
    struct group *groups; /* one per access switch */
    struct metres *aggregations;
    int *group_of_site;
    size_t *hotspots_of_site;
    size_t *order; /* scratch */
    int access_first, aggregation_first, ups_first, ap_first;
};

static struct counts split_nodes(size_t nodes)
{
    struct counts n;

    n.aggregation = nodes * 8 / 60 ? nodes * 8 / 60 : 1;
    n.ups = nodes * 17 / 60 ? nodes * 17 / 60 : 1;
    n.access = nodes - 1 - n.aggregation - n.ups;
    return n;
}

static double distance(struct metres a, struct metres b)
{
    return hypot(a.x - b.x, a.y - b.y);
}

/* Shares `total` out by weight, each at least one: largest remainder. */
static void apportion(size_t total, const size_t *weights, size_t n, size_t *out)
{
    double sum = 0;
    size_t given = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)weights[i];
    for (size_t i = 0; i < n; i++) {
        out[i] = sum > 0 ? (size_t)((double)weights[i] / sum * (double)total) : 0;
        if (out[i] == 0)
            out[i] = 1;
        given += out[i];
    }
    while (given != total) { /* the most crowded gets one more, the emptiest gives one back */
        size_t pick = 0;
        double best = given < total ? -1 : 1e300;
        for (size_t i = 0; i < n; i++) {
            double load = (double)weights[i] / (double)out[i];
            if (given < total ? load > best : out[i] > 1 && load < best) {
                best = load;
                pick = i;
            }
        }
        if (given > total && out[pick] <= 1)
            return; /* fewer than one each: the caller has made sure of it */
        out[pick] += given < total ? 1 : (size_t)-1;
        given += given < total ? 1 : (size_t)-1;
    }
}

/* ---- access switches: places for them, and who hangs on which ---- */

static double distance_to_site(const struct tree *t, const struct group *g, size_t site)
{
    return distance(g->at, metres_from(t->city->sites[site].at));
}

/* The site that is farthest from all groups placed so far, `last` included. */
static size_t farthest_site(const struct tree *t, const size_t *sites, size_t count, double *near,
                            const struct group *last)
{
    size_t pick = 0;

    for (size_t i = 0; i < count;
         i++) { /* near: distance to the groups placed so far, kept from call to call */
        near[i] = fmin(near[i], distance_to_site(t, last, sites[i]));
        if (near[i] > near[pick])
            pick = i;
    }
    return sites[pick];
}

/* Moves each group to the middle of the hotspots that are nearest to it. */
static void settle_groups(struct tree *t, const size_t *sites, size_t count, struct group *groups, size_t k,
                          struct metres *sums, double *weights)
{
    memset(sums, 0, k * sizeof *sums);
    memset(weights, 0, k * sizeof *weights);
    for (size_t i = 0; i < count; i++) {
        struct metres at = metres_from(t->city->sites[sites[i]].at);
        double w = (double)t->hotspots_of_site[sites[i]];
        size_t nearest = 0;
        for (size_t g = 1; g < k; g++)
            if (distance(groups[g].at, at) < distance(groups[nearest].at, at))
                nearest = g;
        sums[nearest].x += at.x * w;
        sums[nearest].y += at.y * w;
        weights[nearest] += w;
    }
    for (size_t g = 0; g < k; g++)
        if (weights[g] > 0)
            groups[g].at = (struct metres){sums[g].x / weights[g], sums[g].y / weights[g]};
}

/* k centres among the sites listed: farthest first, then Lloyd's rounds weighted by hotspots. */
static enum err place_groups(struct tree *t, const size_t *sites, size_t count, struct group *groups,
                             size_t k)
{
    double *near = calloc(count, sizeof *near), *weights = calloc(k, sizeof *weights);
    struct metres *sums = calloc(k, sizeof *sums);
    enum err e = ERR_NOMEM;

    if (!near || !weights || !sums)
        goto done;
    for (size_t i = 0; i < count; i++)
        near[i] = 1e12;
    groups[0].at = metres_from(t->city->sites[sites[rng_below(t->rng, (uint32_t)count)]].at);
    for (size_t g = 1; g < k; g++)
        groups[g].at = metres_from(t->city->sites[farthest_site(t, sites, count, near, &groups[g - 1])].at);
    for (int round = 0; round < ROUNDS; round++)
        settle_groups(t, sites, count, groups, k, sums, weights);
    e = ERR_OK;
done:
    free(near);
    free(weights);
    free(sums);
    return e;
}

/* Each site to the nearest group with room; largest sites choose first. */
static void join_groups(struct tree *t, const size_t *sites, size_t count, size_t first, size_t k)
{
    size_t total = 0, room;

    for (size_t i = 0; i < count; i++)
        total += t->hotspots_of_site[sites[i]];
    room = (size_t)(1.5 * (double)total / (double)k) + 10;
    for (size_t size = total + 1; size-- > 0;) /* counting down by size keeps the order of equals */
        for (size_t i = 0; i < count; i++) {
            struct metres at = metres_from(t->city->sites[sites[i]].at);
            double best = 1e12;
            size_t pick = first;
            if (t->hotspots_of_site[sites[i]] != size)
                continue;
            for (size_t g = first; g < first + k; g++) {
                double d = distance(t->groups[g].at, at);
                if (t->groups[g].hotspots + size > room)
                    d += 1e6;
                if (d < best) {
                    best = d;
                    pick = g;
                }
            }
            t->group_of_site[sites[i]] = (int)pick;
            t->groups[pick].hotspots += size;
        }
}

/* The sites of a district (or all: district < 0) into t->order. */
static size_t list_sites(struct tree *t, int district)
{
    size_t n = 0;

    for (size_t i = 0; i < t->city->site_count; i++)
        if (district < 0 || t->city->sites[i].district == district)
            t->order[n++] = i;
    return n;
}

/* Access groups [first, first + k) of a region among aggregation switches [agg_first, agg_first + agg). */
static void join_aggregations(struct tree *t, size_t first, size_t k, size_t agg_first, size_t agg)
{
    for (size_t i = first + 1; i < first + k; i++) /* west to east, so that an aggregation's are neighbours */
        for (size_t j = i; j > first && t->groups[j].at.x < t->groups[j - 1].at.x; j--) {
            struct group swap = t->groups[j];
            t->groups[j] = t->groups[j - 1];
            t->groups[j - 1] = swap;
        }
    for (size_t a = 0; a < agg; a++) {
        struct metres sum = {0, 0};
        size_t n = 0;
        for (size_t i = 0; i < k; i++)
            if (i * agg / k == a) {
                t->groups[first + i].aggregation = agg_first + a;
                sum.x += t->groups[first + i].at.x;
                sum.y += t->groups[first + i].at.y;
                n++;
            }
        if (n)
            t->aggregations[agg_first + a] = (struct metres){sum.x / (double)n, sum.y / (double)n};
    }
}

/* In each aggregation with four access switches or more, the farthest hangs on its nearest neighbour. */
static void chain_some(struct tree *t)
{
    for (size_t a = 0; a < t->counts.aggregation; a++) {
        int far = -1, near = -1;
        size_t n = 0;
        for (size_t g = 0; g < t->counts.access; g++)
            if (t->groups[g].aggregation == a) {
                n++;
                if (far < 0 || distance(t->groups[g].at, t->aggregations[a]) >
                                   distance(t->groups[far].at, t->aggregations[a]))
                    far = (int)g;
            }
        if (n < 4)
            continue;
        for (size_t g = 0; g < t->counts.access; g++)
            if (t->groups[g].aggregation == a && (int)g != far &&
                (near < 0 || distance(t->groups[g].at, t->groups[far].at) <
                                 distance(t->groups[near].at, t->groups[far].at)))
                near = (int)g;
        t->groups[far].chained_to = near;
    }
}

/* A UPS feeds a cabinet of one to three access switches of the same aggregation, as far as there are enough.
 */
static enum err share_ups(struct tree *t)
{
    size_t n = t->counts.aggregation, done = 0;
    size_t *members = calloc(n * 2, sizeof *members), *ups;

    if (!members)
        return ERR_NOMEM;
    ups = members + n;
    for (size_t g = 0; g < t->counts.access; g++)
        members[t->groups[g].aggregation]++;
    if (t->counts.ups < n) {
        for (size_t g = 0; g < t->counts.access; g++)
            t->groups[g].ups = g * t->counts.ups / t->counts.access;
        free(members);
        return ERR_OK;
    }
    apportion(t->counts.ups, members, n, ups);
    for (size_t a = 0; a < n; a++) {
        size_t i = 0;
        for (size_t g = 0; g < t->counts.access; g++)
            if (t->groups[g].aggregation == a)
                t->groups[g].ups = done + i++ * ups[a] / members[a];
        done += ups[a];
    }
    free(members);
    return ERR_OK;
}

static enum err group_region(struct tree *t, int district, size_t first, size_t k, size_t agg_first,
                             size_t agg)
{
    size_t count = list_sites(t, district);
    enum err e = ERR_OK;

    for (size_t g = first; g < first + k; g++)
        t->groups[g] = (struct group){.chained_to = -1, .district = district < 0 ? 4 : district};
    if (count)
        e = place_groups(t, t->order, count, t->groups + first, k);
    if (e)
        return e;
    join_aggregations(t, first, k, agg_first, agg);
    if (count)
        join_groups(t, t->order, count, first, k);
    return ERR_OK;
}

static enum err group_city(struct tree *t)
{
    size_t weights[CITY_DISTRICTS] = {0}, access[CITY_DISTRICTS], agg[CITY_DISTRICTS];
    size_t access_done = 0, agg_done = 0;

    for (size_t i = 0; i < t->city->hotspot_count; i++)
        weights[t->city->sites[t->city->hotspots[i].site].district]++;
    if (t->counts.access < OWN_REGION || t->counts.aggregation < CITY_DISTRICTS)
        return group_region(t, -1, 0, t->counts.access, 0, t->counts.aggregation);
    apportion(t->counts.access, weights, CITY_DISTRICTS, access);
    apportion(t->counts.aggregation, weights, CITY_DISTRICTS, agg);
    for (int d = 0; d < CITY_DISTRICTS; d++) {
        size_t a = agg[d] < access[d] ? agg[d] : access[d];
        enum err e = group_region(t, d, access_done, access[d], agg_done, a);
        if (e)
            return e;
        for (size_t spare = a; spare < agg[d]; spare++) /* more aggregations than access: a spare one */
            t->aggregations[agg_done + spare] = t->groups[access_done].at;
        access_done += access[d];
        agg_done += agg[d];
    }
    return ERR_OK;
}

/* ---- devices ---- */

static struct city_device *new_device(struct tree *t, enum role role, int parent)
{
    struct city *c = t->city;
    int index = (int)c->device_count++;
    struct city_device *d = &c->devices[index];
    uint64_t mac = city_hash(c->params.seed, 20, (uint32_t)index, 0);

    d->role = role;
    d->parent = parent;
    d->parent_port = d->power = d->hotspot = -1;
    d->mac[0] = 0x02; /* locally administered: nobody's */
    d->mac[1] = (uint8_t)(0x10 + role);
    d->mac[2] = (uint8_t)(mac >> 8);
    d->mac[3] = (uint8_t)(index >> 16);
    d->mac[4] = (uint8_t)(index >> 8);
    d->mac[5] = (uint8_t)index;
    return d;
}

/* Index of a new port, -1 when out of memory. */
static int add_port(struct city_device *d, enum port_kind kind, int device, int hotspot)
{
    size_t n = d->port_count;
    struct city_port *p;

    if ((n & (n - 1)) == 0) {
        struct city_port *grown = realloc(d->ports, (n ? n * 2 : 1) * sizeof *grown);
        if (!grown)
            return -1;
        d->ports = grown;
    }
    p = &d->ports[d->port_count++];
    *p = (struct city_port){.kind = kind, .device = device, .hotspot = hotspot, .far = -1};
    return (int)n;
}

/* Joins child and parent: a fibre with a port at both ends, or copper with one. */
static enum err plug_in(struct city *c, int child, enum port_kind kind)
{
    struct city_device *d = &c->devices[child], *parent = &c->devices[d->parent];
    int far = -1, near = add_port(parent, kind, child, -1);

    if (near < 0)
        return ERR_NOMEM;
    d->parent_port = near;
    if (kind != PORT_FIBRE)
        return ERR_OK;
    far = add_port(d, PORT_UPLINK, d->parent, -1);
    if (far < 0)
        return ERR_NOMEM;
    parent->ports[near].far = far;
    d->ports[far].far = near;
    return ERR_OK;
}

/* Junos' words: PoE copper ge-0/0/n on access, BiDi SFPs xe-0/2/n; on aggregation and core xe-f/0/n. */
static void name_ports(struct city_device *d)
{
    unsigned copper = 0, fibre = 0;

    for (size_t i = 0; i < d->port_count; i++) {
        struct city_port *p = &d->ports[i];
        bool is_copper = p->kind == PORT_AP || p->kind == PORT_NODE;
        unsigned n = is_copper ? copper++ : fibre++;
        if (is_copper)
            snprintf(p->name, sizeof p->name, "ge-%u/0/%u", n / 48 % 100, n % 48);
        else if (d->role == ROLE_ACCESS)
            snprintf(p->name, sizeof p->name, "xe-0/2/%u", n % 1000);
        else
            snprintf(p->name, sizeof p->name, "xe-%u/1/%u", n / 48 % 100, n % 48);
    }
}

static enum err list_optics(struct city_device *d)
{
    d->optics = calloc(d->port_count + 1, sizeof *d->optics);
    if (!d->optics)
        return ERR_NOMEM;
    for (size_t i = 0; i < d->port_count; i++)
        if (d->ports[i].kind == PORT_UPLINK || d->ports[i].kind == PORT_FIBRE)
            d->optics[d->optic_count++] = (int)i;
    return ERR_OK;
}

static enum err build_core(struct tree *t)
{
    struct city_device *core = new_device(t, ROLE_CORE, -1);
    struct city_site *site = city_add_site(t->city);

    if (!site)
        return ERR_NOMEM;
    *site =
        (struct city_site){.place = PLACE_CABINET, .district = 4, .at = metres_to((struct metres){-420, 90})};
    strx_copy(site->id, sizeof site->id, "netzzentrum");
    strx_copy(site->name, sizeof site->name, "Netzzentrum");
    core->district = 4;
    core->site = (int)t->city->site_count - 1;
    strx_copy(core->id, sizeof core->id, "core-1");
    strx_copy(core->name, sizeof core->name, "Core Netzzentrum");
    return ERR_OK;
}

static enum err build_aggregations(struct tree *t)
{
    struct city *c = t->city;
    unsigned number[CITY_DISTRICTS] = {0};

    t->aggregation_first = (int)c->device_count;
    for (size_t a = 0; a < t->counts.aggregation; a++) {
        struct city_device *d = new_device(t, ROLE_AGGREGATION, 0);
        struct city_site *s = city_add_site(c);
        const struct city_district *in;
        if (!s)
            return ERR_NOMEM;
        d->district = 4;
        for (size_t g = 0; g < t->counts.access; g++)
            if (t->groups[g].aggregation == a)
                d->district = t->groups[g].district;
        in = &city_districts[d->district];
        snprintf(d->id, sizeof d->id, "agg-%s-%u", in->abbreviation, ++number[d->district]);
        snprintf(d->name, sizeof d->name, "Verteiler %s %u", in->name, number[d->district]);
        *s = (struct city_site){.place = PLACE_CABINET, .district = d->district};
        snprintf(s->id, sizeof s->id, "hvt-%s-%u", in->abbreviation, number[d->district]);
        snprintf(s->name, sizeof s->name, "Technikraum %s %u", in->name, number[d->district]);
        s->at = metres_to((struct metres){t->aggregations[a].x + 30, t->aggregations[a].y - 20});
        d->site = (int)c->site_count - 1;
        if (plug_in(c, t->aggregation_first + (int)a, PORT_FIBRE))
            return ERR_NOMEM;
    }
    return ERR_OK;
}

/* Cabinets with their UPS: where the cabinet's access switches are, in the mean. */
static enum err build_cabinets(struct tree *t)
{
    struct city *c = t->city;
    unsigned number[CITY_DISTRICTS] = {0};

    t->ups_first = (int)c->device_count;
    for (size_t u = 0; u < t->counts.ups; u++) {
        struct metres sum = {0, 0};
        size_t n = 0, aggregation = 0;
        struct city_device *d;
        struct city_site *s = city_add_site(c);
        int district = 4;
        if (!s)
            return ERR_NOMEM;
        for (size_t g = 0; g < t->counts.access; g++)
            if (t->groups[g].ups == u) {
                sum.x += t->groups[g].at.x;
                sum.y += t->groups[g].at.y;
                district = t->groups[g].district;
                aggregation = t->groups[g].aggregation;
                n++;
            }
        if (n == 0)
            sum = (struct metres){-380, 120}, n = 1;
        d = new_device(t, ROLE_UPS, t->aggregation_first + (int)aggregation);
        d->district = district;
        snprintf(d->id, sizeof d->id, "ups-%s-%02u", city_districts[district].abbreviation,
                 ++number[district]);
        *s = (struct city_site){.place = PLACE_CABINET, .district = district};
        snprintf(s->id, sizeof s->id, "kvz-%s-%02u", city_districts[district].abbreviation, number[district]);
        snprintf(s->name, sizeof s->name, "Kabelverzweiger %s %u", city_districts[district].name,
                 number[district]);
        snprintf(d->name, sizeof d->name, "USV %s", s->name);
        s->at = metres_to((struct metres){sum.x / (double)n, sum.y / (double)n});
        d->site = (int)c->site_count - 1;
        if (plug_in(c, t->ups_first + (int)u, PORT_NODE))
            return ERR_NOMEM;
    }
    return ERR_OK;
}

/* Those on the aggregation first, then the chained ones: a parent stands before its child. */
static enum err build_access(struct tree *t, int *device_of_group)
{
    struct city *c = t->city;
    unsigned number[CITY_DISTRICTS] = {0};

    t->access_first = (int)c->device_count;
    for (int pass = 0; pass < 2; pass++)
        for (size_t g = 0; g < t->counts.access; g++) {
            const struct group *group = &t->groups[g];
            struct city_device *d;
            if ((group->chained_to >= 0) != (pass == 1))
                continue;
            d = new_device(t, ROLE_ACCESS,
                           pass ? device_of_group[group->chained_to]
                                : t->aggregation_first + (int)group->aggregation);
            device_of_group[g] = (int)c->device_count - 1;
            d->district = group->district;
            d->power = t->ups_first + (int)group->ups;
            d->site = c->devices[d->power].site;
            snprintf(d->id, sizeof d->id, "sw-%s-%02u", city_districts[d->district].abbreviation,
                     ++number[d->district]);
            snprintf(d->name, sizeof d->name, "Switch %s %u", city_districts[d->district].name,
                     number[d->district]);
            if (plug_in(c, device_of_group[g], PORT_FIBRE))
                return ERR_NOMEM;
        }
    return ERR_OK;
}

/* ---- hotspots on their switches, own agents or controllers' rows ---- */

/* A third of the hotspots, indoors first, are rows of two controllers. */
static void choose_rows(struct tree *t)
{
    struct city *c = t->city;
    size_t left = c->hotspot_count / 3;

    for (int pass = 0; pass < 3 && left; pass++)
        for (size_t s = 0; s < c->site_count && left; s++) { /* whole sites: a school is of one make */
            bool is_wanted = pass == 0 ? c->sites[s].place == PLACE_SCHOOL || c->sites[s].place == PLACE_SHOP
                             : pass == 1 ? c->sites[s].place == PLACE_STREET &&
                                               city_hash(c->params.seed, 22, (uint32_t)s, 0) % 2
                                         : c->sites[s].place == PLACE_STREET;
            if (!is_wanted || t->hotspots_of_site[s] > left)
                continue;
            for (size_t h = 0; h < c->hotspot_count; h++)
                if (c->hotspots[h].site == (int)s && !c->hotspots[h].is_row) {
                    c->hotspots[h].is_row = true;
                    left--;
                }
        }
}

static enum err build_controllers(struct tree *t)
{
    struct city *c = t->city;
    size_t rows = 0, seen = 0;
    int first = (int)c->device_count, count;

    for (size_t h = 0; h < c->hotspot_count; h++)
        rows += c->hotspots[h].is_row;
    count = rows == 0 ? 0 : rows == 1 ? 1 : 2;
    for (int k = 0; k < count; k++) {
        struct city_device *d = new_device(t, ROLE_CONTROLLER, 0);
        d->district = 4;
        d->site = c->devices[0].site;
        snprintf(d->id, sizeof d->id, "wlc-%d", k + 1);
        snprintf(d->name, sizeof d->name, "WLAN-Controller %d", k + 1);
        d->rows = calloc(rows, sizeof *d->rows);
        if (!d->rows || plug_in(c, first + k, PORT_NODE))
            return ERR_NOMEM;
    }
    for (size_t h = 0; h < c->hotspot_count; h++)
        if (c->hotspots[h].is_row) {
            int k = (int)(seen++ * (size_t)count / rows);
            struct city_device *d = &c->devices[first + k];
            c->hotspots[h].device = first + k;
            d->rows[d->row_count++] = (int)h; /* MACs grow with the number: already in order */
        }
    return ERR_OK;
}

static enum err build_dhcp(struct tree *t)
{
    struct city *c = t->city;
    struct city_device *d;

    if (!c->params.has_dhcp)
        return ERR_OK;
    d = new_device(t, ROLE_DHCP, 0);
    d->district = 4;
    d->site = c->devices[0].site;
    strx_copy(d->id, sizeof d->id, "dhcp-1");
    strx_copy(d->name, sizeof d->name, "DHCP-Server");
    return plug_in(c, (int)c->device_count - 1, PORT_NODE);
}

static enum err build_access_points(struct tree *t, const int *device_of_group)
{
    struct city *c = t->city;

    t->ap_first = (int)c->device_count;
    for (size_t i = 0; i < c->hotspot_count; i++) {
        struct city_hotspot *h = &c->hotspots[i];
        struct city_device *access, *d;
        h->access = device_of_group[t->group_of_site[h->site]];
        access = &c->devices[h->access];
        h->access_port = add_port(access, PORT_AP, -1, (int)i);
        if (h->access_port < 0)
            return ERR_NOMEM;
        if (h->is_row)
            continue;
        d = new_device(t, ROLE_AP, h->access);
        d->parent_port = h->access_port;
        d->district = c->sites[h->site].district;
        d->site = h->site;
        d->power = access->power;
        d->hotspot = (int)i;
        memcpy(d->mac, h->mac, sizeof d->mac);
        snprintf(d->id, sizeof d->id, "ap-%s", h->id + 3);
        snprintf(d->name, sizeof d->name, "AP %.80s", h->name);
        h->device = (int)c->device_count - 1;
        access->ports[h->access_port].device = h->device;
    }
    return ERR_OK;
}

static void number_hotspots(struct city *c)
{
    for (size_t i = 0; i < c->hotspot_count; i++) {
        uint8_t *mac = c->hotspots[i].mac;
        mac[0] = 0x02;
        mac[1] = 0x4e;
        mac[2] = (uint8_t)city_hash(c->params.seed, 21, 0, 0);
        mac[3] = (uint8_t)(i >> 12);
        mac[4] = (uint8_t)(i >> 4);
        mac[5] = (uint8_t)(i << 4); /* room for the BSSIDs of its radios */
    }
}

static enum err give_addresses(struct tree *t)
{
    struct city *c = t->city;

    c->by_address = calloc(c->device_count, sizeof *c->by_address);
    if (!c->by_address)
        return ERR_NOMEM;
    for (int i = 0; i < (int)c->device_count; i++) {
        bool is_ap = i >= t->ap_first;
        uint32_t n = (uint32_t)(is_ap ? i - t->ap_first : i);
        c->devices[i].address =
            (is_ap ? ap_base : node_base) + (n / 62500 << 16) + (n / 250 % 250 << 8) + 1 + n % 250;
        c->by_address[i] = i; /* nodes come first and lie below: in order as they are */
    }
    return ERR_OK;
}

enum err city_hang_tree(struct city *c, struct rng *rng)
{
    struct tree t = {.city = c, .rng = rng, .counts = split_nodes((size_t)c->params.nodes)};
    size_t sites = c->site_count;
    int *device_of_group = calloc(t.counts.access, sizeof *device_of_group);
    enum err e = ERR_NOMEM;

    t.groups = calloc(t.counts.access, sizeof *t.groups);
    t.aggregations = calloc(t.counts.aggregation, sizeof *t.aggregations);
    t.group_of_site = calloc(sites, sizeof *t.group_of_site);
    t.hotspots_of_site = calloc(sites, sizeof *t.hotspots_of_site);
    t.order = calloc(sites, sizeof *t.order);
    c->devices = calloc((size_t)c->params.nodes + 3 + c->hotspot_count, sizeof *c->devices);
    if (!device_of_group || !t.groups || !t.aggregations || !t.group_of_site || !t.hotspots_of_site ||
        !t.order || !c->devices)
        goto done;
    for (size_t i = 0; i < c->hotspot_count; i++)
        t.hotspots_of_site[c->hotspots[i].site]++;
    number_hotspots(c);
    choose_rows(&t);
    e = group_city(&t);
    if (e)
        goto done;
    chain_some(&t);
    e = share_ups(&t);
    if (!e)
        e = build_core(&t);
    if (!e)
        e = build_aggregations(&t);
    if (!e)
        e = build_cabinets(&t);
    if (!e)
        e = build_access(&t, device_of_group);
    if (!e)
        e = build_controllers(&t);
    if (!e)
        e = build_dhcp(&t);
    if (!e)
        e = build_access_points(&t, device_of_group);
    if (!e)
        e = give_addresses(&t);
    for (size_t i = 0; i < c->device_count && !e; i++) {
        name_ports(&c->devices[i]);
        if (c->devices[i].port_count)
            e = list_optics(&c->devices[i]);
    }
done:
    free(device_of_group);
    free(t.groups);
    free(t.aggregations);
    free(t.group_of_site);
    free(t.hotspots_of_site);
    free(t.order);
    return e;
}
