/* SPDX-License-Identifier: GPL-3.0-or-later */
/* council_csv.c - the figures of the council report as rows. Pure. */
#include "coverage/council.h"

#include <math.h>

#include "lib/base/csv_out.h"

#define HOURS_OF(t) ((double)(t) / (double)HOURS)

const char *const council_cause_words[COUNCIL_CAUSES] = {
    "power", "fibre", "access_point", "controller", "service", "configuration", "other"};
const char *const council_cause_names[COUNCIL_CAUSES] = {
    "Strom",           "Glasfaser und Switches",        "Access Point",
    "WLAN-Controller", "Anmeldung, Adressen, Internet", "Konfiguration",
    "Sonstiges"};

struct rows {
    struct csv_out csv;
    const struct council *council;
};

static void put(struct rows *r, const char *section, const char *id, const char *name, int month,
                const char *figure, double value, int decimals, const char *unit)
{
    csv_text(&r->csv, section);
    csv_text(&r->csv, id);
    csv_text(&r->csv, name);
    csv_text(&r->csv, r->council->months[month].name);
    csv_text(&r->csv, figure);
    csv_number(&r->csv, value, decimals);
    csv_text(&r->csv, unit);
    csv_end_row(&r->csv);
}

static void put_outages(struct rows *r, const char *section, const char *id, const char *name,
                        const struct council_outages *o)
{
    put(r, section, id, name, COUNCIL_THIS, "outages", (double)o->count, 0, "1");
    put(r, section, id, name, COUNCIL_THIS, "outages_total", HOURS_OF(o->total), 3, "h");
    put(r, section, id, name, COUNCIL_THIS, "outages_longest", HOURS_OF(o->longest), 3, "h");
    put(r, section, id, name, COUNCIL_THIS, "outages_mean",
        o->count ? HOURS_OF(o->total) / (double)o->count : NAN, 3, "h");
}

static void put_place(struct rows *r, const char *section, const struct council_place *p)
{
    put(r, section, p->id, p->name, COUNCIL_THIS, "hotspots", (double)p->hotspots, 0, "1");
    for (int i = 0; i < COUNCIL_MONTHS; i++) {
        put(r, section, p->id, p->name, i, "availability", availability_share(&p->months[i]) * 100, 4, "%");
        put(r, section, p->id, p->name, i, "completeness", availability_completeness(&p->months[i]) * 100, 2,
            "%");
        put(r, section, p->id, p->name, i, "down", HOURS_OF(p->months[i].down), 3, "h");
        put(r, section, p->id, p->name, i, "maintenance", HOURS_OF(p->months[i].maintenance), 3, "h");
        put(r, section, p->id, p->name, i, "unknown", HOURS_OF(p->months[i].unknown), 3, "h");
    }
    put_outages(r, section, p->id, p->name, &p->outages);
    put(r, section, p->id, p->name, COUNCIL_THIS, "area", (double)p->cells, 0, "ha");
    put(r, section, p->id, p->name, COUNCIL_THIS, "area_planned", p->planned * 100, 2, "%");
    put(r, section, p->id, p->name, COUNCIL_THIS, "area_delivered", p->delivered * 100, 2, "%");
    put(r, section, p->id, p->name, COUNCIL_BEFORE, "area_delivered", p->delivered_before * 100, 2, "%");
    put(r, section, p->id, p->name, COUNCIL_THIS, "area_unserved", council_uncovered(p), 1, "ha");
    put(r, section, p->id, p->name, COUNCIL_THIS, "inhabitants", p->inhabitants, 0, "1");
    put(r, section, p->id, p->name, COUNCIL_THIS, "inhabitants_reached", p->reached * 100, 2, "%");
    put(r, section, p->id, p->name, COUNCIL_THIS, "inhabitants_unserved", council_unreached(p), 0, "1");
}

void council_csv(const struct council *c, struct buf *out)
{
    static const char *const head[] = {"section", "id", "name", "month", "figure", "value", "unit"};
    struct rows r = {.council = c};

    csv_init(&r.csv, out);
    for (size_t i = 0; i < ARRAY_LEN(head); i++)
        csv_text(&r.csv, head[i]);
    csv_end_row(&r.csv);
    put_place(&r, "city", &c->city);
    for (int i = 0; i < COUNCIL_MONTHS; i++)
        put(&r, "city", "", "", i, "down_in_30_days", council_hours_down(c, i), 3, "h");
    put(&r, "city", "", "", COUNCIL_THIS, "sites", (double)c->sites, 0, "1");
    put(&r, "city", "", "", COUNCIL_THIS, "sites_served", availability_share(&c->served) * 100, 4, "%");
    put(&r, "city", "", "", COUNCIL_THIS, "incidents", (double)c->incidents, 0, "1");
    put(&r, "city", "", "", COUNCIL_THIS, "user_minutes", c->user_minutes, 0, "min");
    for (size_t i = 0; i < c->district_count; i++)
        put_place(&r, "district", &c->districts[i]);
    for (int i = 0; i < COUNCIL_CAUSES; i++)
        put_outages(&r, "cause", council_cause_words[i], council_cause_names[i], &c->causes[i]);
    for (size_t i = 0; i < c->worst_count; i++)
        put_outages(&r, "site", c->worst[i].site->id, c->worst[i].site->name, &c->worst[i].outages);
}
