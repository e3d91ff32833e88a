/* SPDX-License-Identifier: GPL-3.0-or-later */
/* api_firmware.c - which firmware runs where, what the operator's rules say of it, and what changed. */
#include <stdlib.h>
#include <string.h>

#include "dashboards/api.h"
#include "dashboards/fleet.h"
#include "lib/base/csv_out.h"
#include "lib/base/strx.h"

enum { CHANGES_MAX = 200, VERSION_MAX = 64 };

int64_t api_today(const struct dashboard *d)
{
    return d->today;
}

void api_firmware_tick(struct dashboard *d)
{
    char date[11];
    ns_t begin, end;

    availability_day(loop_wall(d->loop), &begin, &end, date);
    if (firmware_day_parse(date, &d->today) != ERR_OK)
        d->today = 0;
}

static bool wants_csv(const struct api_call *c)
{
    const char *accept = http_request_header(c->request, "Accept");

    return accept && http_accepts(accept, "text/csv");
}

static void reply_csv(struct api_call *c, struct buf *b)
{
    api_reply(c, 200, "text/csv; charset=utf-8; header=present", b);
}

/* ---- what a rule says ---- */

static void put_rule(struct json_out *j, const struct firmware_rule *rule, int64_t today)
{
    if (!rule) {
        json_null(j, "rule");
        return;
    }
    json_object_begin(j, "rule");
    json_string(j, "recommended", rule->recommended);
    json_string(j, "minimum", rule->minimum);
    json_string(j, "reason", rule->reason);
    json_string(j, "end_of_sale", rule->sale_text);
    json_string(j, "end_of_support", rule->support_text);
    if (rule->end_of_support)
        json_int(j, "days_left", rule->end_of_support - today);
    else
        json_null(j, "days_left");
    json_string(j, "source", rule->source);
    json_object_end(j);
}

void api_json_firmware_rule(struct json_out *j, const struct dashboard *d, const struct asset *asset)
{
    put_rule(j, asset ? firmware_rule_for(d->firmware, asset->vendor, asset->model) : NULL, api_today(d));
}

static const char *const rule_columns[] = {"recommended",    "minimum", "reason", "end_of_sale",
                                           "end_of_support", "source",  NULL};

static void csv_rule(struct csv_out *csv, const struct firmware_rule *rule)
{
    const struct firmware_rule none = {0};
    const struct firmware_rule *r = rule ? rule : &none;

    csv_text(csv, r->recommended);
    csv_text(csv, r->minimum);
    csv_text(csv, r->reason);
    csv_text(csv, r->sale_text);
    csv_text(csv, r->support_text);
    csv_text(csv, r->source);
    csv_end_row(csv);
}

static void csv_head(struct csv_out *csv, const char *const *columns)
{
    for (; *columns; columns++)
        csv_text(csv, *columns);
    for (size_t i = 0; rule_columns[i]; i++)
        csv_text(csv, rule_columns[i]);
    csv_end_row(csv);
}

static void put_weight(struct json_out *j, const struct fleet_weight *w)
{
    json_uint(j, "assets", w->assets);
    json_uint(j, "hotspots", w->hotspots);
    json_double(j, "clients", w->clients);
}

/* ---- shares ---- */

static void put_model(struct json_out *j, const struct fleet *f, const struct fleet_model *m, int64_t today)
{
    json_object_begin(j, NULL);
    api_json_id(j, "vendor", m->vendor);
    api_json_id(j, "model", m->model);
    put_weight(j, &m->weight);
    json_string(j, "support", firmware_support_words[m->support]);
    put_rule(j, m->rule, today);
    json_array_begin(j, "versions");
    for (size_t i = m->first; i < m->first + m->count; i++) {
        json_object_begin(j, NULL);
        api_json_id(j, "version", f->versions[i].version);
        json_string(j, "firmware", firmware_status_words[f->versions[i].status]);
        put_weight(j, &f->versions[i].weight);
        json_object_end(j);
    }
    json_array_end(j);
    json_object_end(j);
}

static void put_tallies(struct json_out *j, const struct fleet *f)
{
    size_t statuses[FIRMWARE_STATUS_COUNT] = {0}, supports[SUPPORT_COUNT] = {0};

    for (size_t i = 0; i < f->version_count; i++)
        statuses[f->versions[i].status] += f->versions[i].weight.assets;
    for (size_t i = 0; i < f->model_count; i++)
        supports[f->models[i].support] += f->models[i].weight.assets;
    json_object_begin(j, "firmware");
    for (size_t i = 0; i < FIRMWARE_STATUS_COUNT; i++)
        json_uint(j, firmware_status_words[i], statuses[i]);
    json_object_end(j);
    json_object_begin(j, "support");
    for (size_t i = 0; i < SUPPORT_COUNT; i++)
        json_uint(j, firmware_support_words[i], supports[i]);
    json_object_end(j);
}

static void shares_json(struct buf *b, const struct dashboard *d, const struct fleet *f, int64_t today)
{
    struct json_out j;

    json_init(&j, b);
    json_object_begin(&j, NULL);
    json_uint(&j, "rules", firmware_rules_count(d->firmware));
    json_uint(&j, "assets", f->asset_count);
    put_tallies(&j, f);
    json_array_begin(&j, "models");
    for (size_t i = 0; i < f->model_count; i++)
        put_model(&j, f, &f->models[i], today);
    json_array_end(&j);
    json_object_end(&j);
}

static void shares_csv(struct buf *b, const struct fleet *f)
{
    static const char *const columns[] = {"vendor", "model",    "version", "firmware", "support",
                                          "assets", "hotspots", "clients", NULL};
    struct csv_out csv;

    csv_init(&csv, b);
    csv_head(&csv, columns);
    for (size_t i = 0; i < f->version_count; i++) {
        const struct fleet_version *v = &f->versions[i];
        const struct fleet_model *m = &f->models[v->model];
        csv_text(&csv, m->vendor);
        csv_text(&csv, m->model);
        csv_text(&csv, v->version);
        csv_text(&csv, firmware_status_words[v->status]);
        csv_text(&csv, firmware_support_words[m->support]);
        csv_int(&csv, (int64_t)v->weight.assets);
        csv_int(&csv, (int64_t)v->weight.hotspots);
        csv_number(&csv, v->weight.clients, 0);
        csv_rule(&csv, m->rule);
    }
}

void api_firmware(struct api_call *c)
{
    const struct dashboard *d = c->dashboard;
    int64_t today = api_today(d);
    struct buf b = BUF_INIT;
    struct fleet f;

    if (fleet_new(d->inventory, d->snapshot, d->firmware, today, &f) != ERR_OK) {
        api_no_memory(c);
        return;
    }
    if (wants_csv(c))
        shares_csv(&b, &f);
    else
        shares_json(&b, d, &f, today);
    fleet_fini(&f);
    if (wants_csv(c))
        reply_csv(c, &b);
    else
        api_reply(c, 200, NULL, &b);
}

/* ---- one by one ---- */

/* A row of the list: everything that is known of one asset. */
struct row {
    const struct device *device;
    const struct site *site;
    const struct asset *asset; /* never NULL */
    const struct fleet_version *version;
    const struct fleet_model *model;
    const struct fleet_weight *weight;
};

static const struct asset silent = {"", "", "", "", "", "", false};

static struct row row_of(const struct dashboard *d, const struct fleet *f, size_t i)
{
    const struct fleet_asset *a = &f->assets[i];
    const struct device *device = &inventory_devices(d->inventory, &(size_t){0})[a->device];
    const struct fleet_version *version = &f->versions[a->version];

    return (struct row){device,
                        inventory_site(d->inventory, device->site),
                        a->asset ? a->asset : &silent,
                        version,
                        &f->models[version->model],
                        &a->weight};
}

/* An access point is called as its controller calls it, a device as the inventory does. */
static const char *name_of(const struct row *r)
{
    return r->asset->entity[0] ? r->asset->name : r->device->name;
}

static const char *kind_of(const struct row *r)
{
    return r->asset->entity[0] ? "ap" : device_kind_words[r->device->kind];
}

static bool is_text(const char *wanted, const char *text)
{
    return !wanted || strcmp(wanted, text) == 0;
}

static bool is_wanted(const struct api_call *c, const struct row *r)
{
    const char *older = api_param(c, "older_than");

    if (older && (!r->asset->version[0] || firmware_version_compare(r->asset->version, older) >= 0))
        return false;
    return api_list_has(api_param(c, "firmware"), firmware_status_words[r->version->status]) &&
           api_list_has(api_param(c, "support"), firmware_support_words[r->model->support]) &&
           api_list_has(api_param(c, "kind"), kind_of(r)) &&
           api_list_has(api_param(c, "district"), r->site && r->site->district ? r->site->district : "") &&
           is_text(api_param(c, "vendor"), r->asset->vendor) &&
           is_text(api_param(c, "model"), r->asset->model) &&
           is_text(api_param(c, "version"), r->asset->version) &&
           api_matches(api_param(c, "q"), r->device->id, name_of(r) ? name_of(r) : "", r->asset->entity,
                       r->asset->vendor, r->asset->model, r->asset->version, r->asset->serial,
                       r->site && r->site->name ? r->site->name : "", NULL);
}

static void put_row(struct json_out *j, const struct row *r, int64_t today)
{
    json_object_begin(j, NULL);
    json_string(j, "device", r->device->id);
    api_json_id(j, "entity", r->asset->entity);
    api_json_id(j, "name", name_of(r));
    json_string(j, "kind", kind_of(r));
    api_json_id(j, "site", r->device->site);
    json_string(j, "site_name", r->site ? r->site->name : NULL);
    api_json_id(j, "vendor", r->asset->vendor);
    api_json_id(j, "model", r->asset->model);
    api_json_id(j, "version", r->asset->version);
    api_json_id(j, "serial", r->asset->serial);
    json_string(j, "firmware", firmware_status_words[r->version->status]);
    json_string(j, "support", firmware_support_words[r->model->support]);
    json_uint(j, "hotspots", r->weight->hotspots);
    json_double(j, "clients", r->weight->clients);
    put_rule(j, r->model->rule, today);
    json_object_end(j);
}

static void assets_json(struct api_call *c, const struct fleet *f, int64_t today)
{
    struct buf b = BUF_INIT;
    struct json_out j;
    struct api_page p;

    if (!api_page_begin(c, &p, &b, &j))
        return;
    for (size_t i = (size_t)p.skip; i < f->asset_count; i++) {
        struct row r = row_of(c->dashboard, f, i);
        if (!is_wanted(c, &r))
            continue;
        if (!api_page_room(&p, (int64_t)i))
            break;
        put_row(&j, &r, today);
    }
    api_page_end(c, &p, &b, &j);
}

static void csv_row(struct csv_out *csv, const struct row *r)
{
    csv_text(csv, r->device->id);
    csv_text(csv, r->asset->entity);
    csv_text(csv, name_of(r));
    csv_text(csv, kind_of(r));
    csv_text(csv, r->site ? r->site->name : NULL);
    csv_text(csv, r->asset->vendor);
    csv_text(csv, r->asset->model);
    csv_text(csv, r->asset->version);
    csv_text(csv, r->asset->serial);
    csv_text(csv, firmware_status_words[r->version->status]);
    csv_text(csv, firmware_support_words[r->model->support]);
    csv_int(csv, (int64_t)r->weight->hotspots);
    csv_number(csv, r->weight->clients, 0);
    csv_rule(csv, r->model->rule);
}

/* All of them: a table is no use in pieces. */
static void assets_csv(struct api_call *c, const struct fleet *f)
{
    static const char *const columns[] = {"device",  "entity",   "name",    "kind",   "site",
                                          "vendor",  "model",    "version", "serial", "firmware",
                                          "support", "hotspots", "clients", NULL};
    struct buf b = BUF_INIT;
    struct csv_out csv;

    csv_init(&csv, &b);
    csv_head(&csv, columns);
    for (size_t i = 0; i < f->asset_count; i++) {
        struct row r = row_of(c->dashboard, f, i);
        if (is_wanted(c, &r))
            csv_row(&csv, &r);
    }
    reply_csv(c, &b);
}

void api_firmware_assets(struct api_call *c)
{
    const struct dashboard *d = c->dashboard;
    const char *older = api_param(c, "older_than");
    int64_t today = api_today(d);
    struct fleet f;

    if (older && (strlen(older) > VERSION_MAX || !strpbrk(older, "0123456789"))) {
        api_bad_parameter(c, "older_than",
                          "a version with a number in it, such as 6.5.28, of at most 64 characters");
        return;
    }
    if (fleet_new(d->inventory, d->snapshot, d->firmware, today, &f) != ERR_OK) {
        api_no_memory(c);
        return;
    }
    if (wants_csv(c))
        assets_csv(c, &f);
    else
        assets_json(c, &f, today);
    fleet_fini(&f);
}

/* ---- what changed ---- */

static void put_change(void *ctx, const struct history_change *change)
{
    struct json_out *j = ctx;

    json_object_begin(j, NULL);
    json_time(j, "at", change->at);
    api_json_id(j, "entity", change->entity);
    json_string(j, "what", change->what);
    json_string(j, "before", change->before);
    json_string(j, "after", change->after);
    json_object_end(j);
}

void api_device_changes(struct api_call *c)
{
    struct dashboard *d = c->dashboard;
    const struct device *v = inventory_device(d->inventory, c->param);
    struct buf b = BUF_INIT;
    struct json_out j;

    if (!v) {
        api_problem_err(c, ERR_NOT_FOUND);
        return;
    }
    json_init(&j, &b);
    json_object_begin(&j, NULL);
    json_array_begin(&j, "items");
    enum err e =
        history_asset_changes(d->history, v->id, api_param(c, "entity"), CHANGES_MAX, put_change, &j);
    json_array_end(&j);
    json_object_end(&j);
    api_reply_or_problem(c, e, &b);
}
