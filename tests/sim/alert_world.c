/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alert_world.c - the scripted town. */
#include "tests/sim/alert_world.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/map.h"
#include "lib/base/rng.h"
#include "lib/base/strx.h"

#define MISS_INTERVAL    (2 * SECONDS)
#define CONFIRM_INTERVAL (500 * MILLISECONDS)
#define STEP             (50 * MILLISECONDS)
#define START            (1795300000 * SECONDS)

static void fail(const char *what)
{
    fprintf(stderr, "# the simulated town: %s\n", what);
    abort();
}

/* ---- what the engine says ---- */

static void on_state(void *ctx, const struct object_state *s)
{
    struct world *w = ctx;

    w->transitions += s->kind != OBJECT_SITE; /* sites follow what stands there */
}

uint64_t world_hash(const char *id)
{
    uint64_t h = 14695981039346656037u; /* FNV-1a */

    while (*id)
        h = (h ^ (uint8_t)*id++) * 1099511628211u;
    return h;
}

static void on_incident(void *ctx, const Nw__Incident *i, const char *key)
{
    struct world *w = ctx;
    struct said *s = &w->said[w->said_count];

    (void)key;
    if (w->said_count == WORLD_SAID_MAX)
        fail("too much was said");
    w->said_count++;
    *s = (struct said){.members = i->n_members, .at = w->now, .is_flapping = i->is_flapping};
    strx_copy(s->id, sizeof s->id, i->id);
    strx_copy(s->event, sizeof s->event, i->event);
    strx_copy(s->type, sizeof s->type, i->type);
    strx_copy(s->severity, sizeof s->severity, i->severity);
    strx_copy(s->cause, sizeof s->cause, i->cause->id);
    strx_copy(s->source, sizeof s->source, i->source);
    s->priority = i->priority;
    s->user_minutes = i->user_minutes;
    for (size_t k = 0; k < i->n_members; k++) {
        if (strcmp(i->members[k]->kind, "hotspot") != 0)
            continue;
        s->hotspots++;
        s->who += world_hash(i->members[k]->id);
    }
    if (getenv("WORLD_TRACE"))
        fprintf(stderr, "# %8.2f %s %s %s cause %s, %zu members: %s\n", (double)(w->now - START) / 1e9,
                i->event, i->type, i->severity, i->cause->id, i->n_members, i->text_en);
}

static void on_escalated(void *ctx, const Nw__Incident *i, const struct escalation_step *step)
{
    struct world *w = ctx;
    struct escalated *s = &w->escalated[w->escalated_count];

    if (w->escalated_count == ARRAY_LEN(w->escalated))
        fail("too many steps");
    w->escalated_count++;
    *s = (struct escalated){.at = w->now};
    strx_copy(s->id, sizeof s->id, i->id);
    strx_copy(s->channel, sizeof s->channel, step->channel);
    strx_copy(s->to, sizeof s->to, step->to);
}

static void on_reprobe(void *ctx, const char *device)
{
    struct world *w = ctx;
    struct agent *a = world_agent(w, device);

    w->reprobes++;
    if (a->due > w->now)
        a->due = w->now;
}

static void on_suppressed(void *ctx, const char *id, const char *window, const char *text)
{
    struct world *w = ctx;

    w->suppressed++;
    if (getenv("WORLD_TRACE"))
        fprintf(stderr, "# %8.2f kept quiet by %s: %s, %s\n", (double)(w->now - START) / 1e9, window, id,
                text);
}

static void on_announced(void *ctx, const Nw__Announcements *list)
{
    struct world *w = ctx;
    Nw__Record r = NW__RECORD__INIT;
    struct buf bytes = BUF_INIT;

    r.wall = (uint64_t)w->now;
    r.body_case = NW__RECORD__BODY_ANNOUNCEMENTS;
    r.announcements = (Nw__Announcements *)(uintptr_t)list;
    record_free(w->announced);
    w->announced = NULL;
    if (record_pack(&r, &bytes) || record_unpack(bytes.data, bytes.len, &w->announced))
        fail("an announcement cannot be packed");
    w->announcements++;
    buf_fini(&bytes);
}

struct row {
    void *value;
    size_t len;
};

static void free_row(void *p)
{
    struct row *r = p;

    if (r)
        free(r->value);
    free(r);
}

static void on_row(void *ctx, const char *kind, const char *key, const void *value, size_t len)
{
    struct world *w = ctx;
    char *name = strx_printf("%s\t%s", kind, key);
    void *old = NULL;

    if (!value) {
        free_row(map_remove(w->rows, name));
    } else {
        struct row *r = calloc(1, sizeof *r);
        r->value = malloc(len);
        memcpy(r->value, value, len);
        r->len = len;
        if (map_set(w->rows, name, r, &old))
            fail("out of memory");
        free_row(old);
    }
    free(name);
}

/* ---- building ---- */

char *world_town(int aggs, int accesses, int aps)
{
    struct buf sites = BUF_INIT, devices = BUF_INIT, hotspots = BUF_INIT;
    char *text;

    buf_str(&devices,
            "  - {id: core, name: Core, address: 127.0.0.1, kind: switch, site: s-0, core: true}\n");
    buf_str(&sites, "  - {id: s-0, name: Kern, lat: 53.7, lon: 10.0}\n");
    for (int g = 1; g <= aggs; g++) {
        buf_printf(&devices,
                   "  - {id: agg-%d, name: Agg %d, address: 127.0.0.1, kind: switch, site: s-0, uplink: core,"
                   " uplink_port: if/xe-0/0/%d}\n",
                   g, g, g);
        for (int c = 1; c <= accesses; c++) {
            buf_printf(&sites, "  - {id: s-%d-%d, name: Ort %d-%d, lat: 53.%d, lon: 10.0}\n", g, c, g, c,
                       700 + 10 * g + c);
            buf_printf(&devices,
                       "  - {id: acc-%d-%d, name: Acc %d-%d, address: 127.0.0.1, kind: switch, site: s-%d-%d,"
                       " uplink: agg-%d, uplink_port: if/ge-0/0/%d, power: ups-%d-%d}\n"
                       "  - {id: ups-%d-%d, name: UPS %d-%d, address: 127.0.0.1, kind: ups, site: s-%d-%d,"
                       " uplink: acc-%d-%d}\n",
                       g, c, g, c, g, c, g, c, g, c, g, c, g, c, g, c, g, c);
            for (int a = 1; a <= aps; a++) {
                buf_printf(&devices,
                           "  - {id: ap-%d-%d-%d, name: AP %d-%d-%d, address: 127.0.0.1, kind: ap,"
                           " site: s-%d-%d, uplink: acc-%d-%d, power: ups-%d-%d}\n",
                           g, c, a, g, c, a, g, c, g, c, g, c);
                buf_printf(
                    &hotspots,
                    "  - {id: hs-%d-%d-%d, name: Hotspot %d-%d-%d, site: s-%d-%d, device: ap-%d-%d-%d}\n", g,
                    c, a, g, c, a, g, c, g, c, a);
            }
        }
    }
    text = strx_printf("sites:\n%sdevices:\n%shotspots:\n%sservices:\n"
                       "  - {id: portal, name: Portal, kind: portal, target: \"http://127.0.0.1/\"}\n"
                       "  - {id: dns, name: DNS, kind: dns, target: 127.0.0.1, question: example.org}\n",
                       sites.data, devices.data, hotspots.data);
    buf_fini(&sites);
    buf_fini(&devices);
    buf_fini(&hotspots);
    return text;
}

static void load_inventory(struct world *w, const char *text)
{
    char path[] = "/tmp/netzwacht-sim-XXXXXX.yaml";
    const char *paths[] = {path};
    struct conf_report *report = NULL;
    int fd = mkstemps(path, 5);

    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || conf_report_new(&report))
        fail("cannot write a temporary file");
    close(fd);
    if (inventory_load(paths, 1, NULL, report, &w->inventory))
        fail(conf_report_text(report));
    unlink(path);
    conf_report_free(report);
}

static void load_rules(struct world *w, const char *own)
{
    const char *source = getenv("NETZWACHT_SOURCE");
    char *path = strx_printf("%s/alerts/rules.yaml", source ? source : ".");
    struct conf_report *report = NULL;

    char own_path[] = "/tmp/netzwacht-rules-XXXXXX.yaml";
    int fd = own ? mkstemps(own_path, 5) : -1;

    if (own && (fd < 0 || write(fd, own, strlen(own)) != (ssize_t)strlen(own)))
        fail("cannot write a temporary file");
    if (conf_report_new(&report) || rules_load(path, own ? own_path : NULL, report, &w->rules))
        fail(report ? conf_report_text(report) : "out of memory");
    if (own) {
        close(fd);
        unlink(own_path);
    }
    conf_report_free(report);
    free(path);
}

static void new_engine(struct world *w)
{
    struct engine_sink sink = {w,      on_state,      on_incident,  on_reprobe,
                               on_row, on_suppressed, on_escalated, on_announced};
    struct engine_options o = {w->inventory, w->rules, w->interval, w->interval, 10 * MINUTES, &sink};

    if (engine_new(&o, &w->engine))
        fail("no engine");
    engine_begin(w->engine, w->now);
}

struct world *world_new(const char *inventory, ns_t interval, uint64_t seed)
{
    return world_new_with(inventory, NULL, interval, seed);
}

struct world *world_new_with(const char *inventory, const char *rules, ns_t interval, uint64_t seed)
{
    struct world *w = calloc(1, sizeof *w);
    struct rng rng = {seed};
    size_t services, links;

    load_inventory(w, inventory);
    load_rules(w, rules);
    inventory_devices(w->inventory, &w->device_count);
    inventory_services(w->inventory, &services);
    inventory_links(w->inventory, &links);
    w->link_cut = calloc(links + 1, sizeof *w->link_cut);
    w->reached = calloc(w->device_count + 1, sizeof *w->reached);
    w->agents = calloc(w->device_count, sizeof *w->agents);
    w->service_works = calloc(services + 1, sizeof *w->service_works);
    w->rows = map_new(7);
    w->now = w->beat_due = w->tick_due = w->probe_due = START;
    w->interval = interval;
    w->seed = seed;
    for (size_t s = 0; s < services; s++)
        w->service_works[s] = true;
    for (size_t d = 0; d < w->device_count; d++) {
        struct agent *a = &w->agents[d];
        *a = (struct agent){.is_alive = true, .clients = 5, .utilization = 20, .rx = -12, .output_source = 3};
        a->due = START + (ns_t)(rng_unit(&rng) * (double)interval);
        for (size_t r = 0; r < ARRAY_LEN(a->row_up); r++) {
            a->row_up[r] = true;
            a->row_clients[r] = 5;
        }
    }
    new_engine(w);
    return w;
}

void world_free(struct world *w)
{
    engine_free(w->engine);
    rules_free(w->rules);
    inventory_free(w->inventory);
    map_free(w->rows, free_row);
    free(w->agents);
    free(w->service_works);
    free(w->link_cut);
    free(w->reached);
    record_free(w->announced);
    free(w);
}

void world_restart_engine(struct world *w)
{
    static const char *const kinds[] = {"meta",   "incident", "node",  "state",
                                        "window", "watch",    "usual", "past"};

    engine_free(w->engine);
    new_engine(w);
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        for (size_t i = 0; i < map_count(w->rows); i++) {
            const char *name;
            const struct row *r = map_at(w->rows, i, &name);
            size_t len = strlen(kinds[k]);
            if (strncmp(name, kinds[k], len) == 0 && name[len] == '\t' &&
                engine_restore(w->engine, kinds[k], name + len + 1, r->value, r->len))
                fail("a row cannot be restored");
        }
    }
    for (size_t d = 0; d < w->device_count; d++)
        w->agents[d].table_sent = 0;
}

/* ---- polling ---- */

struct agent *world_agent(struct world *w, const char *device)
{
    size_t count;
    const struct device *d = inventory_device(w->inventory, device);

    if (!d)
        fail(device);
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
    fail(link);
}

static bool pass_on(bool *a, bool *b)
{
    bool is_news = *a != *b;

    *a = *b = *a || *b;
    return is_news;
}

/* Light goes both ways: over every device's own line and over the redundant links, as long as something new
 * is reached. */
static void reach(struct world *w)
{
    size_t count, link_count;
    const struct device *all = inventory_devices(w->inventory, &count);
    const struct link *links = inventory_links(w->inventory, &link_count);
    bool is_news = true;

    for (size_t d = 0; d < count; d++)
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

static void fill_table(struct world *w, const struct device *d, const struct agent *a, struct table *t)
{
    nw__table__init(&t->pb);
    t->pb.version = 1;
    t->pb.interval_ms = (uint32_t)(w->interval / MILLISECONDS);
    t->pb.entities = t->entity_list;
    t->pb.series = t->series_list;
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

static void poll_device(struct world *w, size_t i)
{
    size_t count;
    const struct device *d = &inventory_devices(w->inventory, &count)[i];
    struct agent *a = &w->agents[i];
    Nw__Record r = NW__RECORD__INIT;
    Nw__Samples m = NW__SAMPLES__INIT;
    struct table t = {0};

    m.source = d->id;
    m.started = (uint64_t)w->now;
    m.table_version = 1;
    if (answers(w, d)) {
        a->misses = a->confirmations = 0;
        a->is_down = false;
        a->due = w->now + w->interval;
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

static void probe_services(struct world *w)
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

static void beat(struct world *w)
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

static void step(struct world *w)
{
    for (size_t i = 0; !w->is_collector_dead && i < w->device_count; i++)
        if (w->agents[i].due <= w->now)
            poll_device(w, i);
    if (!w->is_collector_dead && w->beat_due <= w->now) {
        beat(w);
        w->beat_due = w->now + SECONDS;
    }
    if (w->probe_due <= w->now) {
        probe_services(w);
        w->probe_due = w->now + w->interval;
    }
    if (w->tick_due <= w->now || engine_is_dirty(w->engine)) {
        if (engine_tick(w->engine, w->now))
            fail("out of memory");
        w->tick_due = w->now + 250 * MILLISECONDS;
    }
}

void world_set_clock(struct world *w, ns_t wall)
{
    for (size_t d = 0; d < w->device_count; d++)
        w->agents[d].due += wall - w->now;
    w->now = w->beat_due = w->tick_due = w->probe_due = wall;
    engine_begin(w->engine, wall);
}

void world_run(struct world *w, ns_t duration)
{
    for (ns_t end = w->now + duration; w->now < end; w->now += STEP)
        step(w);
}

/* ---- what came of it ---- */

static bool find(const struct world *w, const char *hotspot, struct object_state *out)
{
    int p = topology_hotspot(engine_topology(w->engine), hotspot);

    return p >= 0 && engine_object(w->engine, OBJECT_HOTSPOT, (size_t)p, out);
}

enum state world_state(const struct world *w, const char *hotspot)
{
    struct object_state s;

    if (!find(w, hotspot, &s))
        fail(hotspot);
    return s.state;
}

enum reason world_reason(const struct world *w, const char *hotspot)
{
    struct object_state s;

    if (!find(w, hotspot, &s))
        fail(hotspot);
    return s.reason;
}

static struct object_state site_state(const struct world *w, const char *site)
{
    struct object_state s;

    for (size_t i = 0; engine_object(w->engine, OBJECT_SITE, i, &s); i++)
        if (strcmp(s.id, site) == 0)
            return s;
    fail(site);
    return s;
}

enum state world_site(const struct world *w, const char *site)
{
    return site_state(w, site).state;
}

enum reason world_site_reason(const struct world *w, const char *site)
{
    return site_state(w, site).reason;
}

size_t world_count(const struct world *w, enum state state)
{
    size_t count = 0;
    struct object_state s;

    for (size_t p = 0; engine_object(w->engine, OBJECT_HOTSPOT, p, &s); p++)
        count += s.state == state;
    return count;
}

size_t world_said(const struct world *w, const char *event, const char *type)
{
    size_t count = 0;

    for (size_t i = 0; i < w->said_count; i++)
        count +=
            (!event || strcmp(w->said[i].event, event) == 0) && (!type || strcmp(w->said[i].type, type) == 0);
    return count;
}

const struct said *world_first(const struct world *w, const char *event, const char *type)
{
    for (size_t i = 0; i < w->said_count; i++)
        if ((!event || strcmp(w->said[i].event, event) == 0) && (!type || strcmp(w->said[i].type, type) == 0))
            return &w->said[i];
    return NULL;
}

void world_forget(struct world *w)
{
    w->said_count = 0;
    w->transitions = 0;
}
