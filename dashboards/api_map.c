/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_map.c - all hotspots for the map. With 10,000 of them that is 4 MB of JSON, of which little changes
 * between two requests: each feature's text is kept, and the whole answer until one of them changes. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dashboards/api.h"

/* Text of one hotspot, and what it was made of: all else stands in the inventory. */
struct feature {
    char *text;
    size_t len;
    struct snap_state state;
    double clients;
};

struct map_features {
    struct feature *items; /* in the inventory's order */
    size_t count;
    struct http_blob *answer; /* of all; NULL: a feature changed since */
    char etag[API_ETAG_SIZE];
};

static struct map_features *features_new(size_t count)
{
    struct map_features *f = calloc(1, sizeof *f);

    if (!f)
        return NULL;
    f->count = count;
    f->items = calloc(count + 1, sizeof *f->items);
    if (!f->items) {
        free(f);
        return NULL;
    }
    return f;
}

void api_map_free(struct map_features *f)
{
    if (!f)
        return;
    for (size_t i = 0; i < f->count; i++)
        free(f->items[i].text);
    http_blob_unref(f->answer);
    free(f->items);
    free(f);
}

static bool is_same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool is_current(const struct feature *f, const struct snap_state *state, double clients)
{
    return f->text && f->state.state == state->state && f->state.reason == state->reason &&
           f->state.since == state->since && strcmp(f->state.incident, state->incident) == 0 &&
           is_same_number(f->clients, clients);
}

static enum err write_feature(const struct dashboard *d, size_t index, struct feature *f)
{
    const struct hotspot *h = &inventory_hotspots(d->inventory, &(size_t){0})[index];
    struct geo_point at = snapshot_relations(d->snapshot)->hotspots[index].at;
    struct buf b = BUF_INIT;
    struct json_out j;

    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_string(&j, "type", "Feature");
    json_string(&j, "id", h->id);
    json_object_begin(&j, "geometry");
    json_string(&j, "type", "Point");
    json_array_begin(&j, "coordinates");
    json_fixed(&j, NULL, at.lon, 6);
    json_fixed(&j, NULL, at.lat, 6);
    json_array_end(&j);
    json_object_end(&j);
    json_object_begin(&j, "properties");
    api_json_hotspot_members(&j, d, index);
    json_object_end(&j);
    json_object_end(&j);
    size_t len = b.len;
    char *text = buf_take(&b);
    if (!text)
        return ERR_NOMEM;
    free(f->text);
    f->text = text;
    f->len = len;
    f->state = *snapshot_hotspot(d->snapshot, index);
    f->clients = snapshot_clients(d->snapshot, index);
    return ERR_OK;
}

static enum err bring_up_to_date(const struct dashboard *d, struct map_features *f)
{
    enum err e = ERR_OK;

    for (size_t i = 0; i < f->count && e == ERR_OK; i++) {
        if (is_current(&f->items[i], snapshot_hotspot(d->snapshot, i), snapshot_clients(d->snapshot, i)))
            continue;
        http_blob_unref(f->answer);
        f->answer = NULL;
        e = write_feature(d, i, &f->items[i]);
    }
    return e;
}

static enum err write_answer(struct map_features *f)
{
    static const char head[] = "{\"type\":\"FeatureCollection\",\"features\":[", tail[] = "]}";
    struct buf b = BUF_INIT;

    buf_str(&b, head);
    for (size_t i = 0; i < f->count; i++) {
        if (i > 0)
            buf_put(&b, ",", 1);
        buf_put(&b, f->items[i].text, f->items[i].len);
    }
    buf_str(&b, tail);
    if (buf_error(&b)) {
        buf_fini(&b);
        return ERR_NOMEM;
    }
    api_etag(b.data, b.len, f->etag);
    size_t len = b.len;
    f->answer = http_blob_new(buf_take(&b), len);
    return f->answer ? ERR_OK : ERR_NOMEM;
}

void api_hotspots_geojson(struct api_call *c)
{
    struct dashboard *d = c->dashboard;
    size_t count;

    inventory_hotspots(d->inventory, &count);
    if (!d->map)
        d->map = features_new(count);
    enum err e = d->map ? bring_up_to_date(d, d->map) : ERR_NOMEM;
    if (e == ERR_OK && !d->map->answer)
        e = write_answer(d->map);
    if (e)
        api_no_memory(c);
    else
        api_reply_blob(c, "application/geo+json", d->map->answer, d->map->etag);
}
