/* SPDX-License-Identifier: GPL-3.0-or-later */
/* device_districts.c - `netzwacht device import --districts`: the outlines of districts beside ours, which
 * sites would lie in another one, and the file written at once or not at all. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/device.h"
#include "cli/inventory_edit.h"
#include "lib/base/json_out.h"
#include "lib/base/log.h"

/* Stands in what we write, near its beginning: only such a file is written over. */
#define GENERATOR "netzwacht device import"

enum { MARK_WITHIN = 256 };

struct work {
    const struct districts_options *options;
    struct conf_report *report;
    struct conf_report
        *first; /* what is wrong with the districts that there are; the inventory's names of files */
    struct settings *settings;
    struct inventory *inventory; /* with the districts that there are */
    struct district_list there;  /* of the file */
    const char *target;
    bool is_as_before;
    size_t added, changed, gone, moved;
};

/* ---- loading ---- */

static enum err load(struct work *w)
{
    const struct districts_options *o = w->options;
    const struct district_keys keys = {o->id_property ? o->id_property : "id",
                                       o->name_property ? o->name_property : "name", true};
    enum err e = settings_load(o->config, w->report, &w->settings);

    if (!e) /* the districts that there are may be wrong, or not there yet: that is why new ones come */
        e = conf_report_new(&w->first);
    if (!e)
        e = inventory_load((const char *const *)w->settings->inventory.items, w->settings->inventory.count,
                           w->settings->districts, w->first, &w->inventory);
    if (e == ERR_CONFIG)
        e = inventory_load((const char *const *)w->settings->inventory.items, w->settings->inventory.count,
                           NULL, w->report, &w->inventory);
    if (!e)
        e = districts_read_file(o->input, &keys, w->report, &w->there);
    return e;
}

static const struct district *find(const struct district_list *list, const char *id)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i].id, id) == 0)
            return &list->items[i];
    return NULL;
}

static const struct district *around(const struct district_list *list, struct geo_point p)
{
    for (size_t i = 0; i < list->count; i++)
        if (district_contains(&list->items[i], p))
            return &list->items[i];
    return NULL;
}

/* ---- longitude and latitude the wrong way round ---- */

/* Roughly Germany, for an inventory without sites. */
static bool is_swapped_germany(const struct district_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        for (size_t r = 0; r < list->items[i].ring_count; r++) {
            struct geo_point p = list->items[i].rings[r].points[0];
            if (p.lon < 47 || p.lon > 56 || p.lat < 5 || p.lat > 16)
                return false;
        }
    return true;
}

/* No site lies in any district as it is written, but some do with the two exchanged. */
static bool is_swapped(const struct work *w)
{
    size_t count, right = 0, swapped = 0;
    const struct site *sites = inventory_sites(w->inventory, &count);

    for (size_t i = 0; i < count; i++) {
        right += around(&w->there, (struct geo_point){sites[i].lat, sites[i].lon}) != NULL;
        swapped += around(&w->there, (struct geo_point){sites[i].lon, sites[i].lat}) != NULL;
    }
    return count ? swapped && !right : is_swapped_germany(&w->there);
}

/* ---- what would change ---- */

static void put_area(struct json_out *json, const char *key, const struct district *d)
{
    if (d)
        json_fixed(json, key, district_area_km2(d), 3);
    else
        json_null(json, key);
}

static void tell(struct work *w, struct buf *out, struct json_out *json, const char *state,
                 const struct district *before, const struct district *after)
{
    const struct district *d = after ? after : before;

    if (w->options->as_json) {
        json_object_begin(json, NULL);
        json_string(json, "state", state);
        json_string(json, "id", d->id);
        json_string(json, "name", d->name);
        put_area(json, "area_km2_before", before);
        put_area(json, "area_km2", after);
        json_object_end(json);
        return;
    }
    buf_printf(out, "%-8s  district %s: %.3f km2", state, d->id, district_area_km2(d));
    if (before && after)
        buf_printf(out, " (%.3f before)", district_area_km2(before));
    buf_str(out, "\n");
}

static void compare_districts(struct work *w, struct buf *out, struct json_out *json)
{
    struct district_list here = {0};

    here.items = (struct district *)inventory_districts(w->inventory, &here.count);
    for (size_t i = 0; i < w->there.count; i++) {
        const struct district *after = &w->there.items[i], *before = find(&here, after->id);

        if (before && district_is_equal(before, after))
            continue;
        w->added += !before;
        w->changed += before != NULL;
        tell(w, out, json, before ? "changed" : "new", before, after);
    }
    for (size_t i = 0; i < here.count; i++)
        if (!find(&w->there, here.items[i].id)) {
            w->gone++;
            tell(w, out, json, "vanished", &here.items[i], NULL);
        }
}

static void compare_sites(struct work *w, struct buf *out, struct json_out *json)
{
    size_t count;
    const struct site *sites = inventory_sites(w->inventory, &count);

    for (size_t i = 0; i < count; i++) {
        const struct site *s = &sites[i];
        const struct district *d = around(&w->there, (struct geo_point){s->lat, s->lon});
        const char *before = s->district ? s->district : "", *after = d ? d->id : "";

        if (strcmp(before, after) == 0)
            continue;
        w->moved++;
        if (w->options->as_json) {
            json_object_begin(json, NULL);
            json_string(json, "id", s->id);
            json_string(json, "before", s->district);
            json_string(json, "after", d ? d->id : NULL);
            json_object_end(json);
        } else {
            buf_printf(out, "site      %s: lies in %s, its district is %s (%s:%u: change it there)\n", s->id,
                       *after ? after : "none", *before ? before : "none", s->at.file, s->at.line);
        }
    }
}

/* A site that names a district which is no more would make the inventory wrong. */
static enum err check_result(struct work *w)
{
    size_t count;
    const struct site *sites = inventory_sites(w->inventory, &count);

    for (size_t i = 0; i < count; i++)
        if (sites[i].district && !find(&w->there, sites[i].district))
            conf_report_add(w->report, sites[i].at, "district: there would be no district \"%s\" any more",
                            sites[i].district);
    return conf_report_count(w->report) ? ERR_CONFIG : ERR_OK;
}

static void put_summary(struct work *w, struct buf *out, struct json_out *json, bool may_write)
{
    if (!w->options->as_json) {
        buf_printf(out, "%zu new, %zu changed, %zu vanished, %zu in all; %zu sites lie in another district\n",
                   w->added, w->changed, w->gone, w->there.count, w->moved);
        if (w->is_as_before)
            buf_printf(out, "%s is up to date\n", w->target);
        else if (!w->options->is_applied)
            buf_printf(out, "nothing is written; --apply writes %s\n", w->target);
        return;
    }
    json_string(json, "target", w->target);
    json_bool(json, "is_written", w->options->is_applied && may_write && !w->is_as_before);
    json_bool(json, "is_up_to_date", w->is_as_before);
}

static enum err compare(struct work *w, struct buf *out)
{
    struct json_out json;
    enum err e;

    json_init(&json, out);
    if (w->options->as_json) {
        json_object_begin(&json, NULL);
        json_array_begin(&json, "districts");
    }
    compare_districts(w, out, &json);
    if (w->options->as_json) {
        json_array_end(&json);
        json_array_begin(&json, "sites");
    }
    compare_sites(w, out, &json);
    if (w->options->as_json)
        json_array_end(&json);
    w->is_as_before = w->added + w->changed + w->gone == 0;
    e = check_result(w);
    put_summary(w, out, &json, !e);
    if (w->options->as_json) {
        json_object_end(&json);
        buf_str(out, "\n");
    }
    return e;
}

/* ---- writing ---- */

static bool is_ours(const char *path)
{
    char head[MARK_WITHIN + 1] = "";
    FILE *f = fopen(path, "re");
    size_t n = f ? fread(head, 1, MARK_WITHIN, f) : 0;

    if (!f)
        return errno == ENOENT;
    fclose(f);
    return n == 0 || strstr(head, "\"generator\":\"" GENERATOR "\"");
}

static enum err write_districts(const struct work *w)
{
    struct buf text = BUF_INIT;
    enum err e;

    if (!is_ours(w->target)) {
        log_error(
            "%s was not written by `netzwacht device`; it is left alone: name another file with -o, and in "
            "the configuration",
            w->target);
        return ERR_EXISTS;
    }
    districts_write(&text, &w->there, GENERATOR);
    e = buf_error(&text);
    if (!e)
        e = write_atomically(w->target, text.data, text.len);
    buf_fini(&text);
    return e;
}

static enum err choose_target(struct work *w)
{
    const char *ours = w->settings->districts, *given = w->options->output;

    w->target = given ? given : ours;
    if (!w->target)
        log_error("%s names no file of districts; name one there and with -o", w->settings->path);
    else if (given && (!ours || strcmp(ours, given) != 0))
        log_warning("%s: `districts` in %s names %s", given, w->settings->path, ours ? ours : "no file");
    return w->target ? ERR_OK : ERR_NOT_FOUND;
}

static enum err run(struct work *w)
{
    struct buf out = BUF_INIT;
    enum err e = load(w);

    if (!e)
        e = choose_target(w);
    if (!e && is_swapped(w)) {
        log_error("%s: longitude and latitude are the wrong way round: GeoJSON has longitude first (RFC "
                  "7946, 3.1.1)",
                  w->options->input);
        return ERR_MALFORMED;
    }
    if (!e)
        e = compare(w, &out);
    if (!e && w->options->is_applied && !w->is_as_before)
        e = write_districts(w);
    if (out.len && !buf_error(&out) && (!e || e == ERR_CONFIG))
        fwrite(out.data, 1, out.len, stdout);
    if (!e && w->options->is_applied && !w->is_as_before && !w->options->as_json)
        printf("written: %s\n", w->target);
    fputs(conf_report_text(w->report), stderr);
    if (e && !conf_report_count(w->report) && e != ERR_EXISTS)
        log_error("%s", err_text(e));
    buf_fini(&out);
    return e;
}

int device_districts(const struct districts_options *options)
{
    struct work w = {.options = options};
    enum err e = conf_report_new(&w.report);

    if (!e)
        e = run(&w);
    districts_fini(&w.there);
    inventory_free(w.inventory);
    settings_free(w.settings);
    conf_report_free(w.first);
    conf_report_free(w.report);
    return e == ERR_CONFIG ? EXIT_BAD_DATA : err_exit_status(e);
}
