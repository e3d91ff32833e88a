/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alert_world_poll.c - the town's network and its collector: which way light goes, what a device answers, and
 * the records that come of it. */
#include "tests/sim/alert_world_poll.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/strx.h"

#define MISS_INTERVAL    (2 * SECONDS)
#define CONFIRM_INTERVAL (500 * MILLISECONDS)

void world_fail(const char *what)
{
    fprintf(stderr, "# the simulated town: %s\n", what);
    abort();
}

struct agent *world_agent(struct world *w, const char *device)
{
    size_t count;
    const struct device *d = inventory_device(w->inventory, device);

    if (!d)
        world_fail(device);
    return &w->agents[d - inventory_devices(w->inventory, &count)];
}

void world_cut_link(struct world *w, const char *link, bool is_cut)
{
    size_t count;
    const struct link *links = inventory_links(w->inventory, &count);

    for (size_t l = 0; l < count; l++)
        if (strcmp(links[l].id, link) == 0) {
            w->link_cut[l] = is_cut;
            return;
        }
    world_fail(link);
}

static bool pass_on(bool *a, bool *b)
{
    bool is_news = *a != *b;

    *a = *b = *a || *b;
    return is_news;
}

/* Has a line been cut or mended since the last look? */
static bool has_changed(struct world *w, size_t devices, size_t links)
{
    bool is_news = !w->is_reach_known;

    for (size_t i = 0; i < devices + links; i++) {
        bool is_cut = i < devices ? w->agents[i].is_cut : w->link_cut[i - devices];
        is_news |= is_cut != w->was_cut[i];
        w->was_cut[i] = is_cut;
    }
    w->is_reach_known = true;
    return is_news;
}

/* Light goes both ways: over every device's own line and over the redundant links, as long as something new
 * is reached. */
static void reach(struct world *w)
{
    size_t count, link_count;
    const struct device *all = inventory_devices(w->inventory, &count);
    const struct link *links = inventory_links(w->inventory, &link_count);
    bool is_news = has_changed(w, count, link_count);

    for (size_t d = 0; is_news && d < count; d++)
        w->reached[d] = !all[d].uplink && !w->agents[d].is_cut;
    while (is_news) {
        is_news = false;
        for (size_t d = 0; d < count; d++)
            if (all[d].uplink && !w->agents[d].is_cut)
                is_news |=
                    pass_on(&w->reached[d], &w->reached[inventory_device(w->inventory, all[d].uplink) - all]);
        for (size_t l = 0; l < link_count; l++)
            if (!w->link_cut[l])
                is_news |= pass_on(&w->reached[inventory_device(w->inventory, links[l].from) - all],
                                   &w->reached[inventory_device(w->inventory, links[l].to) - all]);
    }
}

static bool answers(struct world *w, const struct device *d)
{
    size_t count, links;

    if (!world_agent(w, d->id)->is_alive)
        return false;
    inventory_links(w->inventory, &links);
    if (links) {
        reach(w);
        return w->reached[d - inventory_devices(w->inventory, &count)];
    }
    for (; d; d = inventory_device(w->inventory, d->uplink))
        if (world_agent(w, d->id)->is_cut)
            return false;
    return true;
}

enum { SERIES_MAX = 200 };

struct table {
    Nw__Table pb;
    Nw__Entity entities[SERIES_MAX], *entity_list[SERIES_MAX];
    Nw__Attribute countries[SERIES_MAX], *country_list[SERIES_MAX + 1];
    Nw__Series series[SERIES_MAX], *series_list[SERIES_MAX];
    char names[SERIES_MAX][64];
    double values[SERIES_MAX];
    enum quality_reason why[SERIES_MAX];
    Nw__Quality unknown[SERIES_MAX], *unknown_list[SERIES_MAX];
};

static void add(struct table *t, const char *kind, const char *id, enum metric metric, double value)
{
    size_t i = t->pb.n_series;

    nw__entity__init(&t->entities[i]);
    nw__series__init(&t->series[i]);
    strx_copy(t->names[i], sizeof t->names[i], id);
    t->entities[i].id = t->names[i];
    t->entities[i].kind = (char *)(uintptr_t)kind;
    t->series[i].entity = (uint32_t)i;
    t->series[i].metric = metric;
    t->entity_list[i] = &t->entities[i];
    t->series_list[i] = &t->series[i];
    t->values[i] = value;
    t->pb.n_series = t->pb.n_entities = i + 1;
}

/* A port is down when what hangs on it is cut off right there. */
static void add_ports(struct world *w, const struct device *d, struct table *t)
{
    size_t count;
    const struct device *all = inventory_devices(w->inventory, &count);

    for (size_t i = 0; i < count; i++)
        if (all[i].uplink_port && all[i].uplink && strcmp(all[i].uplink, d->id) == 0)
            add(t, "interface", all[i].uplink_port, METRIC_IF_OPER, w->agents[i].is_cut ? 2 : 1);
    const struct link *links = inventory_links(w->inventory, &count);
    for (size_t l = 0; l < count; l++) {
        if (links[l].from_port && strcmp(links[l].from, d->id) == 0)
            add(t, "interface", links[l].from_port, METRIC_IF_OPER, w->link_cut[l] ? 2 : 1);
        if (links[l].to_port && strcmp(links[l].to, d->id) == 0)
            add(t, "interface", links[l].to_port, METRIC_IF_OPER, w->link_cut[l] ? 2 : 1);
    }
}

static void add_rows(struct world *w, const struct device *d, const struct agent *a, struct table *t)
{
    size_t count, row = 0;
    const struct hotspot *all = inventory_hotspots(w->inventory, &count);

    for (size_t i = 0; i < count; i++) {
        if (!all[i].entity)
            continue;
        if (all[i].device ? strcmp(all[i].device, d->id) != 0 && !a->lists_all : !a->lists_all)
            continue;
        const struct device *up = inventory_device(w->inventory, all[i].uplink);
        bool is_up = a->row_up[row] && (!up || answers(w, up));
        enum quality_reason why = a->row_why[row++];
        if (why) /* as the collector writes it */
            t->why[t->pb.n_series] = why;
        add(t, "ap", all[i].entity, METRIC_AP_STATE, why ? NAN : is_up);
        add(t, "ap", all[i].entity, METRIC_CLIENTS, is_up && !why ? a->row_clients[row - 1] : NAN);
    }
}

static void add_more(struct table *t, const struct more_series *m)
{
    Nw__Attribute *country = &t->countries[t->pb.n_entities];
    Nw__Entity *to = &t->entities[t->pb.n_entities];

    add(t, m->kind, m->entity, m->metric, m->value);
    if (!m->country)
        return;
    nw__attribute__init(country);
    country->key = (char *)"country";
    country->text = (char *)(uintptr_t)m->country;
    t->country_list[t->pb.n_entities] = country;
    to->attributes = &t->country_list[t->pb.n_entities];
    to->n_attributes = 1;
}

static void fill_table(struct world *w, const struct device *d, const struct agent *a, struct table *t)
{
    nw__table__init(&t->pb);
    t->pb.version = a->table_version;
    t->pb.interval_ms = (uint32_t)(w->interval / MILLISECONDS);
    t->pb.entities = t->entity_list;
    t->pb.series = t->series_list;
    for (size_t i = 0; i < ARRAY_LEN(a->more) && a->more[i].kind; i++)
        add_more(t, &a->more[i]);
    switch (d->kind) {
    case DEVICE_AP:
        add(t, "radio", "radio/0", METRIC_CLIENTS, a->clients);
        add(t, "radio", "radio/0", METRIC_RADIO_UTILIZATION, a->utilization);
        break;
    case DEVICE_UPS: add(t, "ups", "ups/1", METRIC_UPS_SOURCE, a->output_source); break;
    case DEVICE_CONTROLLER: add_rows(w, d, a, t); break;
    default: add(t, "optic", "optic/up", METRIC_OPTIC_RX, a->rx); add_ports(w, d, t);
    }
}

static void give(struct world *w, const char *partition, Nw__Record *r)
{
    r->wall = (uint64_t)w->now;
    engine_record(w->engine, partition, r);
}

static void note_miss(struct agent *a, Nw__Samples *m, ns_t now, ns_t interval)
{
    if (a->misses < 3 || a->is_down) {
        a->misses++;
        a->due = now + (a->is_down ? interval : a->misses < 3 ? MISS_INTERVAL : CONFIRM_INTERVAL);
    } else {
        a->confirmations++;
        a->is_down = a->confirmations == 6;
        a->due = now + (a->is_down ? interval : CONFIRM_INTERVAL);
    }
    m->outcome = NW__OUTCOMES__OUTCOME_TIMEOUT;
    m->misses = a->misses;
    m->confirmations = a->confirmations;
    m->is_down = a->is_down;
}

static void note_unknown(struct table *t, Nw__Samples *m)
{
    for (uint32_t i = 0; i < t->pb.n_series; i++) {
        if (!t->why[i])
            continue;
        nw__quality__init(&t->unknown[m->n_unknown]);
        t->unknown[m->n_unknown].index = i;
        t->unknown[m->n_unknown].reason = t->why[i];
        t->unknown_list[m->n_unknown] = &t->unknown[m->n_unknown];
        m->n_unknown++;
    }
    m->unknown = t->unknown_list;
}

void world_poll(struct world *w, size_t i)
{
    size_t count;
    const struct device *d = &inventory_devices(w->inventory, &count)[i];
    struct agent *a = &w->agents[i];
    Nw__Record r = NW__RECORD__INIT;
    Nw__Samples m = NW__SAMPLES__INIT;
    struct table t = {0};

    m.source = d->id;
    m.started = (uint64_t)w->now;
    if (answers(w, d)) {
        a->misses = a->confirmations = 0;
        a->is_down = false;
        a->due = w->now + w->interval;
        if (!a->table_sent)
            a->table_version++;
        m.table_version = a->table_version;
        fill_table(w, d, a, &t);
        m.values = t.values;
        m.n_values = a->is_useless ? 0 : t.pb.n_series;
        m.outcome = a->is_useless ? NW__OUTCOMES__OUTCOME_BROKEN : NW__OUTCOMES__OUTCOME_OK;
        note_unknown(&t, &m);
        if (!a->table_sent++)
            m.table = &t.pb;
    } else {
        note_miss(a, &m, w->now, w->interval);
    }
    r.body_case = NW__RECORD__BODY_SAMPLES;
    r.samples = &m;
    give(w, "collector", &r);
}

void world_probe(struct world *w)
{
    size_t count;
    const struct service *all = inventory_services(w->inventory, &count);

    for (size_t i = 0; i < count; i++) {
        Nw__Record r = NW__RECORD__INIT;
        Nw__Samples m = NW__SAMPLES__INIT;
        char source[80];
        snprintf(source, sizeof source, "probe/%s", all[i].id);
        m.source = source;
        m.started = (uint64_t)w->now;
        m.outcome = w->service_works[i] ? NW__OUTCOMES__OUTCOME_OK : NW__OUTCOMES__OUTCOME_FAILED;
        r.body_case = NW__RECORD__BODY_SAMPLES;
        r.samples = &m;
        give(w, "probe", &r);
    }
}

void world_beat(struct world *w)
{
    Nw__Record r = NW__RECORD__INIT;
    Nw__Heartbeat h = NW__HEARTBEAT__INIT;
    Nw__Counter strangers = NW__COUNTER__INIT, *counters[] = {&strangers};

    strangers.name = (char *)"traps_unknown_senders";
    strangers.value = w->strangers;
    h.counters = counters;
    h.n_counters = 1;
    r.body_case = NW__RECORD__BODY_HEARTBEAT;
    r.heartbeat = &h;
    h.is_clock_suspect = w->is_clock_suspect;
    give(w, "collector", &r);
}
