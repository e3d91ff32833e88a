/* SPDX-License-Identifier: GPL-3.0-or-later */
/* public_data.c - the public page's data for programs: JSON, GeoJSON, CSV. Pure. */
#include <math.h>
#include <string.h>

#include "dashboards/public_maintenance.h"
#include "dashboards/public_page.h"
#include "dashboards/public_parts.h"
#include "lib/base/csv_out.h"
#include "lib/base/json_out.h"
#include "lib/base/timex.h"

static const char *const load_codes[4] = {NULL, "low", "medium", "high"};

enum load_class load_class(double clients)
{
    if (isnan(clients) || clients < 0)
        return LOAD_UNKNOWN;
    return clients < 5 ? LOAD_LOW : clients < 20 ? LOAD_MEDIUM : LOAD_HIGH;
}

/* ---- data ---- */

static void json_begin(struct json_out *j, struct buf *out, const struct public_model *m)
{
    json_init(j, out);
    json_object_begin(j, NULL);
    json_time(j, "updated", m->now);
    json_bool(j, "simulated", m->is_simulated);
}

static void put_licence(struct json_out *j, const struct public_model *m)
{
    if (!m->licence.name && !m->licence.address) {
        json_null(j, "licence");
        return;
    }
    json_object_begin(j, "licence");
    json_string(j, "name", m->licence.name);
    json_string(j, "url", m->licence.address);
    json_string(j, "attribution", m->licence.attribution);
    json_object_end(j);
}

static const char *district_of(const struct public_hotspot *h, const struct public_model *m)
{
    return h->district < m->district_count ? m->districts[h->district].outline->name : NULL;
}

static void put_hotspot(struct json_out *j, const struct public_hotspot *h, const struct public_model *m)
{
    json_string(j, "id", h->id);
    json_string(j, "name", h->name);
    json_string(j, "site", h->site[0] ? h->site : NULL);
    json_string(j, "district", district_of(h, m));
    json_fixed(j, "lat", h->at.lat, 5);
    json_fixed(j, "lon", h->at.lon, 5);
    json_string(j, "state", state_code(h->state));
    json_string(j, "reason", reason_code(h->reason));
    json_time(j, "since", h->since);
    json_string(j, "load", load_codes[h->load]);
}

void public_page_hotspots_json(struct buf *out, const struct public_model *m)
{
    struct json_out j;

    json_begin(&j, out, m);
    put_licence(&j, m);
    json_array_begin(&j, "items");
    for (size_t i = 0; i < m->hotspot_count; i++) {
        json_object_begin(&j, NULL);
        put_hotspot(&j, &m->hotspots[i], m);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
}

/* RFC 7946; the members beside `features` are foreign ones (section 6.1). */
void public_page_hotspots_geojson(struct buf *out, const struct public_model *m)
{
    struct json_out j;

    json_begin(&j, out, m);
    put_licence(&j, m);
    json_string(&j, "type", "FeatureCollection");
    json_array_begin(&j, "features");
    for (size_t i = 0; i < m->hotspot_count; i++) {
        const struct public_hotspot *h = &m->hotspots[i];
        json_object_begin(&j, NULL);
        json_string(&j, "type", "Feature");
        json_string(&j, "id", h->id);
        json_object_begin(&j, "geometry");
        json_string(&j, "type", "Point");
        json_array_begin(&j, "coordinates");
        json_fixed(&j, NULL, h->at.lon, 5);
        json_fixed(&j, NULL, h->at.lat, 5);
        json_array_end(&j);
        json_object_end(&j);
        json_object_begin(&j, "properties");
        put_hotspot(&j, h, m);
        json_object_end(&j);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
}

static void put_header(struct csv_out *c, const char *const *names)
{
    for (; *names; names++)
        csv_text(c, *names);
    csv_end_row(c);
}

void public_page_hotspots_csv(struct buf *out, const struct public_model *m)
{
    static const char *const names[] = {"id",    "name",   "site",  "district", "lat",     "lon",
                                        "state", "reason", "since", "load",     "updated", NULL};
    char now[TIMEX_RFC3339_SIZE], since[TIMEX_RFC3339_SIZE];
    struct csv_out c;

    timex_rfc3339(m->now, now);
    csv_init(&c, out);
    put_header(&c, names);
    for (size_t i = 0; i < m->hotspot_count; i++) {
        const struct public_hotspot *h = &m->hotspots[i];
        timex_rfc3339(h->since, since);
        csv_text(&c, h->id);
        csv_text(&c, h->name);
        csv_text(&c, h->site[0] ? h->site : NULL);
        csv_text(&c, district_of(h, m));
        csv_number(&c, h->at.lat, 5);
        csv_number(&c, h->at.lon, 5);
        csv_text(&c, state_code(h->state));
        csv_text(&c, h->reason == REASON_NONE ? NULL : reason_code(h->reason));
        csv_text(&c, h->since ? since : NULL);
        csv_text(&c, load_codes[h->load]);
        csv_text(&c, now);
        csv_end_row(&c);
    }
}

/* ---- availability by day ---- */

static double in_hours(ns_t duration)
{
    return (double)duration / (double)HOURS;
}

static void put_days_csv(struct csv_out *c, const char *district, const struct public_day *days)
{
    for (int i = 0; i < PUBLIC_DAYS; i++) {
        csv_text(c, days[i].date);
        csv_text(c, district);
        csv_number(c, availability_share(&days[i].a), 6);
        csv_number(c, availability_completeness(&days[i].a), 6);
        csv_number(c, in_hours(days[i].a.up), 3);
        csv_number(c, in_hours(days[i].a.down), 3);
        csv_number(c, in_hours(days[i].a.maintenance), 3);
        csv_number(c, in_hours(days[i].a.unknown), 3);
        csv_end_row(c);
    }
}

void public_page_availability_csv(struct buf *out, const struct public_model *m)
{
    static const char *const names[] = {"date",     "district",   "availability",      "completeness",
                                        "up_hours", "down_hours", "maintenance_hours", "unknown_hours",
                                        NULL};
    struct csv_out c;

    csv_init(&c, out);
    put_header(&c, names);
    if (m->days)
        put_days_csv(&c, NULL, m->days);
    for (size_t i = 0; i < m->district_count; i++)
        if (m->districts[i].days)
            put_days_csv(&c, m->districts[i].outline->name, m->districts[i].days);
}

static void put_days_json(struct json_out *j, const char *district, const struct public_day *days)
{
    json_object_begin(j, NULL);
    json_string(j, "district", district);
    json_array_begin(j, "days");
    for (int i = 0; i < PUBLIC_DAYS; i++) {
        json_object_begin(j, NULL);
        json_string(j, "date", days[i].date);
        json_fixed(j, "availability", availability_share(&days[i].a), 6);
        json_fixed(j, "completeness", availability_completeness(&days[i].a), 6);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

void public_page_availability_json(struct buf *out, const struct public_model *m)
{
    struct json_out j;

    json_begin(&j, out, m);
    put_licence(&j, m);
    json_array_begin(&j, "items");
    if (m->days)
        put_days_json(&j, NULL, m->days);
    for (size_t i = 0; i < m->district_count; i++)
        if (m->districts[i].days)
            put_days_json(&j, m->districts[i].outline->name, m->districts[i].days);
    json_array_end(&j);
    json_object_end(&j);
}

/* ---- faults and maintenance ---- */

static void put_text_member(struct json_out *j, const char *key, const struct public_incident *v,
                            enum language lang)
{
    struct buf sentence = BUF_INIT;

    public_put_sentence(&sentence, v, lang);
    json_string(j, key, sentence.data);
    buf_fini(&sentence);
}

void public_page_incidents_json(struct buf *out, const struct public_model *m)
{
    struct json_out j;

    json_init(&j, out);
    json_object_begin(&j, NULL);
    json_time(&j, "updated", m->now);
    json_array_begin(&j, "items");
    for (size_t i = 0; i < m->incident_count; i++) {
        const struct public_incident *v = &m->incidents[i];
        if (v->affected == 0)
            continue;
        json_object_begin(&j, NULL);
        json_string(&j, "id", v->id);
        json_time(&j, "opened", v->opened);
        json_time(&j, "closed", v->closed);
        json_string(&j, "reason", reason_code(v->reason));
        json_string(&j, "districts", v->districts);
        json_uint(&j, "hotspots", v->affected);
        json_object_begin(&j, "text");
        put_text_member(&j, "de", v, LANG_DE);
        put_text_member(&j, "en", v, LANG_EN);
        json_object_end(&j);
        json_object_end(&j);
    }
    json_array_end(&j);
    json_object_end(&j);
}

void public_page_maintenance_json(struct buf *out, const struct public_model *m)
{
    static const struct public_maintenance_list none;

    public_maintenance_json(out, m->maintenance ? m->maintenance : &none, m->now);
}
