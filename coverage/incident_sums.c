/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incident_sums.c - adds up what incidents cost. Pure. */
#include "coverage/incident_sums.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/csv_out.h"
#include "lib/base/map.h"
#include "lib/base/timex.h"

enum { BY_TYPE, BY_DISTRICT, BY_SITE, BY_COUNT };
static const char *const by_words[BY_COUNT] = {"type", "district", "site"};

struct sum {
    uint64_t incidents, last; /* last: number of the incident that was counted last */
    double user_minutes;
};

struct incident_sums {
    const struct inventory *inventory;
    struct map *by[BY_COUNT]; /* id -> struct sum */
    uint64_t number;
};

static enum err count(struct incident_sums *s, int by, const char *id, double user_minutes)
{
    struct sum *sum = map_get(s->by[by], id);

    if (!sum) {
        sum = calloc(1, sizeof *sum);
        if (!sum || map_set(s->by[by], id, sum, NULL)) {
            free(sum);
            return ERR_NOMEM;
        }
    }
    sum->incidents += sum->last != s->number;
    sum->last = s->number;
    sum->user_minutes += user_minutes;
    return ERR_OK;
}

static const struct hotspot *hotspot_of(const struct incident_sums *s, const Nw__Member *m)
{
    return strcmp(m->kind, "hotspot") == 0 ? inventory_hotspot(s->inventory, m->id) : NULL;
}

enum err incident_sums_add(struct incident_sums *s, const Nw__Incident *i)
{
    size_t hotspots = 0;
    enum err e;

    s->number++;
    e = count(s, BY_TYPE, i->type, i->user_minutes);
    for (size_t k = 0; k < i->n_members; k++)
        hotspots += hotspot_of(s, i->members[k]) != NULL;
    for (size_t k = 0; !e && k < i->n_members; k++) {
        const struct hotspot *h = hotspot_of(s, i->members[k]);
        const char *district = h ? hotspot_district_id(s->inventory, h) : NULL;
        double share = hotspots ? i->user_minutes / (double)hotspots : 0;
        if (district && district[0])
            e = count(s, BY_DISTRICT, district, share);
        if (!e && h && h->site)
            e = count(s, BY_SITE, h->site, share);
    }
    return e;
}

static const char *name_of(const struct incident_sums *s, int by, const char *id)
{
    const struct district *d = by == BY_DISTRICT ? inventory_district(s->inventory, id) : NULL;
    const struct site *site = by == BY_SITE ? inventory_site(s->inventory, id) : NULL;

    return d ? d->name : site ? site->name : NULL;
}

void incident_sums_csv(const struct incident_sums *s, ns_t from, ns_t to, struct csv_out *csv)
{
    static const char *const columns[] = {"by", "id", "name", "from", "to", "incidents", "user_minutes"};
    char from_text[TIMEX_RFC3339_SIZE], to_text[TIMEX_RFC3339_SIZE];

    timex_rfc3339(from, from_text);
    timex_rfc3339(to, to_text);
    for (size_t i = 0; i < ARRAY_LEN(columns); i++)
        csv_text(csv, columns[i]);
    csv_end_row(csv);
    for (int by = 0; by < BY_COUNT; by++) {
        for (size_t i = 0; i < map_count(s->by[by]); i++) {
            const char *id;
            const struct sum *sum = map_at(s->by[by], i, &id);
            csv_text(csv, by_words[by]);
            csv_text(csv, id);
            csv_text(csv, name_of(s, by, id));
            csv_text(csv, from_text);
            csv_text(csv, to_text);
            csv_int(csv, (int64_t)sum->incidents);
            csv_number(csv, sum->user_minutes, 1);
            csv_end_row(csv);
        }
    }
}

enum err incident_sums_new(const struct inventory *inventory, struct incident_sums **out)
{
    struct incident_sums *s = calloc(1, sizeof *s);

    if (!s)
        return ERR_NOMEM;
    s->inventory = inventory;
    for (int by = 0; by < BY_COUNT; by++) {
        s->by[by] = map_new((uint64_t)by);
        if (!s->by[by]) {
            incident_sums_free(s);
            return ERR_NOMEM;
        }
    }
    *out = s;
    return ERR_OK;
}

void incident_sums_free(struct incident_sums *s)
{
    if (!s)
        return;
    for (int by = 0; by < BY_COUNT; by++)
        map_free(s->by[by], free);
    free(s);
}
