/* SPDX-License-Identifier: GPL-3.0-or-later */
/* streets.c - lays streets through the districts and puts bus stops, schools, shops and hotspots along them.
 *
 * Streets start where the district is emptiest (best of some candidates), follow the grain of the district
 * and bend a little; hotspots stand on their lamp posts, so a map shows lines and clusters, not noise.
 * Names are composed here and belong to nobody; a likeness to a real street is chance. Pure. */
#include "city/plan_parts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"

static const struct geo_point centre = {53.7050, 9.9980};
static const struct geo_point town_hall = {53.7064, 9.9926};
static const double metres_per_lat = 111320.0;

struct metres metres_from(struct geo_point p)
{
    return (struct metres){(p.lon - centre.lon) * metres_per_lat * cos(centre.lat * M_PI / 180),
                           (p.lat - centre.lat) * metres_per_lat};
}

struct geo_point metres_to(struct metres m)
{
    return (struct geo_point){centre.lat + m.y / metres_per_lat,
                              centre.lon + m.x / (metres_per_lat * cos(centre.lat * M_PI / 180))};
}

/* ---- names ---- */

static const char *const name_heads[] = {
    "Ginster",  "Holunder", "Eichel",       "Moor",      "Heide",   "Wiesen",  "Mühlen",   "Birken",
    "Erlen",    "Kiebitz",  "Lerchen",      "Storchen",  "Reiher",  "Schäfer", "Schmiede", "Torf",
    "Brunnen",  "Linden",   "Ahorn",        "Buchen",    "Weiden",  "Hasel",   "Schlehen", "Farn",
    "Distel",   "Klee",     "Kornblumen",   "Mohn",      "Raps",    "Hafer",   "Roggen",   "Gersten",
    "Imker",    "Weber",    "Töpfer",       "Böttcher",  "Kranich", "Fuchs",   "Dachs",    "Igel",
    "Eulen",    "Falken",   "Habicht",      "Drossel",   "Amsel",   "Finken",  "Meisen",   "Schwalben",
    "Sanddorn", "Quitten",  "Mispel",       "Wacholder", "Enzian",  "Lupinen", "Sperber",  "Bussard",
    "Rotdorn",  "Weißdorn", "Königskerzen", "Salbei"};
static const char *const name_tails[] = {"weg",  "straße", "allee", "ring",   "stieg",
                                         "kamp", "redder", "damm",  "twiete", "grund"};
enum { NAMES = ARRAY_LEN(name_heads) * ARRAY_LEN(name_tails) };

/* The names are dealt out like cards; a city with more streets than cards numbers them. */
struct names {
    uint16_t deck[NAMES];
    size_t dealt;
};

static void names_shuffle(struct names *n, struct rng *rng)
{
    for (uint16_t i = 0; i < NAMES; i++)
        n->deck[i] = i;
    for (uint32_t i = NAMES - 1; i > 0; i--) {
        uint32_t j = rng_below(rng, i + 1);
        uint16_t card = n->deck[i];
        n->deck[i] = n->deck[j];
        n->deck[j] = card;
    }
    n->dealt = 0;
}

static void names_deal(struct names *n, char *out, size_t size)
{
    uint16_t card = n->deck[n->dealt % NAMES];
    size_t round = n->dealt++ / NAMES;
    const char *head = name_heads[card / ARRAY_LEN(name_tails)],
               *tail = name_tails[card % ARRAY_LEN(name_tails)];

    if (round == 0)
        snprintf(out, size, "%s%s", head, tail);
    else
        snprintf(out, size, "%s%s %zu", head, tail, round + 1);
}

/* ---- work space ---- */

struct street_point {
    struct metres at;
    double heading;
};

enum { STREET_STEPS = 26, STEP_M = 58 };

struct layout {
    struct city *city;
    struct rng *rng;
    struct names names;
    struct geo_point *ring; /* of the district in work */
    size_t ring_count;
    int district;
    double grain;           /* direction of the district's main streets */
    struct metres *trodden; /* points of its streets so far */
    size_t trodden_count, trodden_cap;
    size_t want; /* hotspots that the district still gets */
    int site_number;
};

struct city_site *city_add_site(struct city *c)
{
    if (c->site_count == c->site_cap) {
        size_t cap = c->site_cap ? c->site_cap * 2 : 64;
        struct city_site *grown = realloc(c->sites, cap * sizeof *grown);
        if (!grown)
            return NULL;
        c->sites = grown;
        c->site_cap = cap;
    }
    memset(&c->sites[c->site_count], 0, sizeof *c->sites);
    return &c->sites[c->site_count++];
}

static bool is_inside(const struct layout *l, struct metres m)
{
    return city_outline_contains(l->ring, l->ring_count, metres_to(m));
}

/* Well inside: the point and a diamond around it. */
static bool is_well_inside(const struct layout *l, struct metres m, double margin)
{
    return is_inside(l, m) && is_inside(l, (struct metres){m.x + margin, m.y}) &&
           is_inside(l, (struct metres){m.x - margin, m.y}) &&
           is_inside(l, (struct metres){m.x, m.y + margin}) &&
           is_inside(l, (struct metres){m.x, m.y - margin});
}

static enum err tread(struct layout *l, struct metres m)
{
    if (l->trodden_count == l->trodden_cap) {
        size_t cap = l->trodden_cap ? l->trodden_cap * 2 : 64;
        struct metres *grown = realloc(l->trodden, cap * sizeof *grown);
        if (!grown)
            return ERR_NOMEM;
        l->trodden = grown;
        l->trodden_cap = cap;
    }
    l->trodden[l->trodden_count++] = m;
    return ERR_OK;
}

static double distance_to_streets(const struct layout *l, struct metres m)
{
    double best = 1e12;

    for (size_t i = 0; i < l->trodden_count; i++) {
        double dx = l->trodden[i].x - m.x, dy = l->trodden[i].y - m.y, d = dx * dx + dy * dy;
        if (d < best)
            best = d;
    }
    return best;
}

static struct metres random_inside(struct layout *l)
{
    struct geo_point lo = l->ring[0], hi = l->ring[0];

    for (size_t i = 1; i < l->ring_count; i++) {
        lo.lat = fmin(lo.lat, l->ring[i].lat);
        lo.lon = fmin(lo.lon, l->ring[i].lon);
        hi.lat = fmax(hi.lat, l->ring[i].lat);
        hi.lon = fmax(hi.lon, l->ring[i].lon);
    }
    for (;;) {
        struct metres m = metres_from((struct geo_point){lo.lat + rng_unit(l->rng) * (hi.lat - lo.lat),
                                                         lo.lon + rng_unit(l->rng) * (hi.lon - lo.lon)});
        if (is_well_inside(l, m, 90))
            return m;
    }
}

/* The emptiest of some random places. */
static struct metres street_start(struct layout *l)
{
    struct metres best = random_inside(l);
    double best_distance = distance_to_streets(l, best);

    for (int i = 0; i < 9; i++) {
        struct metres m = random_inside(l);
        double d = distance_to_streets(l, m);
        if (d > best_distance) {
            best = m;
            best_distance = d;
        }
    }
    return best;
}

/* Walks both ways from a start while it stays inside. Returns the number of points, in walking order. */
static size_t lay_street(struct layout *l, struct street_point out[STREET_STEPS])
{
    struct metres start = street_start(l);
    double heading = l->grain + (rng_below(l->rng, 3) == 0 ? M_PI / 2 : 0) + (rng_unit(l->rng) - 0.5) * 0.5;
    double bend = (rng_unit(l->rng) - 0.5) * 0.12;
    size_t want = 7 + rng_below(l->rng, STREET_STEPS - 7), n = 0, back = want / 2;
    struct metres at = start;
    double h = heading + M_PI;

    while (back-- > 0) { /* find one end, then walk to the other */
        struct metres next = {at.x + STEP_M * cos(h), at.y + STEP_M * sin(h)};
        if (!is_well_inside(l, next, 60))
            break;
        at = next;
        h -= bend;
    }
    h += M_PI;
    while (n < want) {
        out[n].at = at;
        out[n++].heading = h;
        h += bend + (rng_unit(l->rng) - 0.5) * 0.06;
        at.x += STEP_M * cos(h);
        at.y += STEP_M * sin(h);
        if (!is_well_inside(l, at, 60))
            break;
    }
    return n;
}

/* ---- sites and hotspots ---- */

static struct metres beside(const struct street_point *p, double along, double aside)
{
    return (struct metres){p->at.x + along * cos(p->heading) - aside * sin(p->heading),
                           p->at.y + along * sin(p->heading) + aside * cos(p->heading)};
}

/* Index of a new site, or -1 when out of memory. */
static int add_site(struct layout *l, enum place place, const char *id, const char *name, struct metres at)
{
    struct city_site *s = city_add_site(l->city);

    if (!s)
        return -1;
    s->place = place;
    s->district = l->district;
    s->at = metres_to(at);
    strx_copy(s->name, sizeof s->name, name);
    if (id)
        strx_copy(s->id, sizeof s->id, id);
    else
        snprintf(s->id, sizeof s->id, "%s-%03d", city_districts[l->district].abbreviation, ++l->site_number);
    return (int)l->city->site_count - 1;
}

/* Nothing happens when the district has its share, or the place lies outside. */
static void add_hotspot(struct layout *l, int site, const char *name, struct metres at, bool is_indoor)
{
    struct city *c = l->city;
    struct city_hotspot *h = &c->hotspots[c->hotspot_count];

    if (l->want == 0 || !is_inside(l, at))
        return;
    l->want--;
    snprintf(h->id, sizeof h->id, "hs-%0*zu", c->params.hotspots > 9999 ? 5 : 4, ++c->hotspot_count);
    strx_copy(h->name, sizeof h->name, name);
    h->site = site;
    h->at = metres_to(at);
    h->is_indoor = is_indoor;
}

/* A campus: count hotspots on a loose grid around a point. `unit` is the word before the number. */
static void add_cluster(struct layout *l, int site, const char *unit, size_t count, double pitch,
                        struct metres at, bool is_indoor)
{
    size_t side = (size_t)ceil(sqrt((double)count));
    char name[sizeof l->city->hotspots->name];

    for (size_t i = 0; i < count && l->want; i++) {
        double x =
            ((double)(i % side) - (double)(side - 1) / 2) * pitch + (rng_unit(l->rng) - 0.5) * pitch * 0.5;
        double y =
            ((double)(i / side) - (double)(side - 1) / 2) * pitch + (rng_unit(l->rng) - 0.5) * pitch * 0.5;
        double c = cos(l->grain), s = sin(l->grain);
        snprintf(name, sizeof name, "%.50s, %s %zu", l->city->sites[site].name, unit, i + 1);
        add_hotspot(l, site, name, (struct metres){at.x + x * c - y * s, at.y + x * s + y * c}, is_indoor);
    }
}

static enum err add_lamp_posts(struct layout *l, const char *street, const struct street_point *points,
                               size_t count)
{
    int site = add_site(l, PLACE_STREET, NULL, street, points[count / 2].at);
    uint32_t number = 1 + rng_below(l->rng, 4);
    char name[sizeof l->city->hotspots->name];

    if (site < 0)
        return ERR_NOMEM;
    for (size_t i = 0; i < count; i++, number += 4 + rng_below(l->rng, 5)) {
        bool is_left = rng_below(l->rng, 2);
        if (rng_below(l->rng, 100) >= 33) /* not every lamp post has one */
            continue;
        snprintf(name, sizeof name, "%.60s %u", street, number);
        add_hotspot(l, site, name, beside(&points[i], (rng_unit(l->rng) - 0.5) * 20, is_left ? 7 : -7),
                    false);
    }
    return ERR_OK;
}

static enum err add_stop(struct layout *l, const char *street, const struct street_point *p)
{
    char name[72], label[88];
    int site;

    snprintf(name, sizeof name, "Haltestelle %.50s", street);
    site = add_site(l, PLACE_STOP, NULL, name, p->at);
    if (site < 0)
        return ERR_NOMEM;
    for (int side = 0; side < 2; side++) {
        snprintf(label, sizeof label, "%s, Steig %d", name, side + 1);
        add_hotspot(l, site, label, beside(p, side ? 22 : -22, side ? 6 : -6), false);
    }
    return ERR_OK;
}

static enum err add_building(struct layout *l, const char *street, const struct street_point *p)
{
    static const struct {
        enum place place;
        const char *pattern, *unit;
        unsigned lo, hi; /* hotspots */
        double pitch;
        unsigned weight;
    } kinds[] = {
        {PLACE_SCHOOL, "Grundschule %s", "Haus", 3, 6, 34, 14},
        {PLACE_SCHOOL, "Gemeinschaftsschule %s", "Haus", 5, 9, 38, 8},
        {PLACE_SCHOOL, "Gymnasium %s", "Haus", 5, 9, 38, 5},
        {PLACE_SHOP, "Bäckerei %s", "Theke", 1, 1, 12, 18},
        {PLACE_SHOP, "Ladenzeile %s", "Eingang", 2, 4, 26, 16},
        {PLACE_SHOP, "Einkaufstreff %s", "Ebene", 3, 6, 24, 10},
        {PLACE_SHOP, "Café %s", "Raum", 1, 2, 12, 14},
        {PLACE_HALL, "Sporthalle %s", "Halle", 1, 3, 30, 8},
        {PLACE_HALL, "Jugendhaus %s", "Raum", 1, 2, 14, 7},
    };
    uint32_t draw = rng_below(l->rng, 100);
    size_t k = 0;
    char name[72];
    struct metres at = beside(p, 0, rng_below(l->rng, 2) ? 55 : -55);
    int site;

    while (k + 1 < ARRAY_LEN(kinds) && draw >= kinds[k].weight)
        draw -= kinds[k++].weight;
    if (!is_well_inside(l, at, 30))
        return ERR_OK;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(name, sizeof name, kinds[k].pattern, street); /* patterns are the table's own */
#pragma GCC diagnostic pop
    site = add_site(l, kinds[k].place, NULL, name, at);
    if (site < 0)
        return ERR_NOMEM;
    add_cluster(l, site, kinds[k].unit, kinds[k].lo + rng_below(l->rng, kinds[k].hi - kinds[k].lo + 1),
                kinds[k].pitch, at, true);
    return ERR_OK;
}

/* One more street and what stands along it. */
static enum err add_street(struct layout *l)
{
    struct street_point points[STREET_STEPS];
    size_t count = lay_street(l, points);
    char street[48];
    enum err e;

    for (size_t i = 0; i < count; i++) {
        e = tread(l, points[i].at);
        if (e)
            return e;
    }
    if (count < 4)
        return ERR_OK; /* a corner too small to live in */
    names_deal(&l->names, street, sizeof street);
    e = add_lamp_posts(l, street, points, count);
    if (!e && rng_below(l->rng, 100) < 60)
        e = add_stop(l, street, &points[rng_below(l->rng, (uint32_t)count)]);
    if (!e && rng_below(l->rng, 100) < 55)
        e = add_building(l, street, &points[rng_below(l->rng, (uint32_t)count)]);
    return e;
}

/* ---- the places that every city has ---- */

static size_t clamp_size(size_t n, size_t lo, size_t hi)
{
    return n < lo ? lo : n > hi ? hi : n;
}

static enum err add_landmarks(struct layout *l)
{
    size_t n = (size_t)l->city->params.hotspots;
    struct metres hall = metres_from(town_hall);

    if (l->district == 4) { /* mitte */
        int site = add_site(l, PLACE_TOWN_HALL, "rathaus", "Rathaus", hall);
        if (site < 0)
            return ERR_NOMEM;
        add_cluster(l, site, "Halle", clamp_size(n / 70, 1, 8), 22, hall, true);
        hall.x += 140;
        site = add_site(l, PLACE_LIBRARY, "stadtbuecherei", "Stadtbücherei", hall);
        if (site < 0)
            return ERR_NOMEM;
        add_cluster(l, site, "Lesesaal", clamp_size(n / 140, 1, 4), 18, hall, true);
    }
    if (l->district == 1) { /* harksheide */
        struct metres at = metres_from((struct geo_point){53.7145, 10.0265});
        int site = add_site(l, PLACE_LIDO, "freibad", "Freibad", at);
        if (site < 0)
            return ERR_NOMEM;
        add_cluster(l, site, "Wiese", clamp_size(n / 60, 1, 9), 48, at, false);
    }
    return ERR_OK;
}

static enum err fill_district(struct layout *l, int district, size_t want)
{
    enum err e;

    l->district = district;
    l->want = want;
    l->site_number = 0;
    l->trodden_count = 0;
    l->grain = city_hash_unit(l->city->params.seed, 10, (uint32_t)district, 0) * M_PI;
    e = city_outline(district, &l->ring, &l->ring_count);
    if (e)
        return e;
    e = want ? add_landmarks(l) : ERR_OK;
    while (!e && l->want)
        e = add_street(l);
    free(l->ring);
    l->ring = NULL;
    return e;
}

/* A street or building that got no hotspot any more is not worth naming. */
static void drop_empty_sites(struct city *c)
{
    int *moved = calloc(c->site_count + 1, sizeof *moved);
    size_t kept = 0;

    if (!moved)
        return; /* empty sites do no harm */
    for (size_t i = 0; i < c->hotspot_count; i++)
        moved[c->hotspots[i].site] = 1;
    for (size_t i = 0; i < c->site_count; i++)
        if (moved[i]) {
            c->sites[kept] = c->sites[i];
            moved[i] = (int)kept++;
        }
    for (size_t i = 0; i < c->hotspot_count; i++)
        c->hotspots[i].site = moved[c->hotspots[i].site];
    c->site_count = kept;
    free(moved);
}

enum err city_lay_streets(struct city *c, struct rng *rng)
{
    struct layout l = {.city = c, .rng = rng};
    size_t total = (size_t)c->params.hotspots, given = 0;
    double share = 0;
    enum err e = ERR_OK;

    c->hotspots = calloc(total, sizeof *c->hotspots);
    if (!c->hotspots)
        return ERR_NOMEM;
    names_shuffle(&l.names, rng);
    for (int d = 0; d < CITY_DISTRICTS && !e; d++) {
        size_t upto;
        share += city_districts[d].share;
        upto = d == CITY_DISTRICTS - 1 ? total : (size_t)((double)total * share + 0.5);
        e = fill_district(&l, d, upto - given);
        given = upto;
    }
    free(l.trodden);
    free(l.ring);
    if (!e)
        drop_empty_sites(c);
    return e;
}
