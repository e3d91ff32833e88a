/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alert_world.c - the scripted town: built, run, and what came of it. */
#include "tests/sim/alert_world.h"
#include "tests/sim/alert_world_poll.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/map.h"
#include "lib/base/rng.h"
#include "lib/base/strx.h"

#define STEP  (50 * MILLISECONDS)
#define START (1795300000 * SECONDS)

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
        world_fail("too much was said");
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
        world_fail("too many steps");
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
        world_fail("an announcement cannot be packed");
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
            world_fail("out of memory");
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
        world_fail("cannot write a temporary file");
    close(fd);
    if (inventory_load(paths, 1, NULL, report, &w->inventory))
        world_fail(conf_report_text(report));
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
        world_fail("cannot write a temporary file");
    if (conf_report_new(&report) || rules_load(path, own ? own_path : NULL, report, &w->rules))
        world_fail(report ? conf_report_text(report) : "out of memory");
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
        world_fail("no engine");
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
    w->was_cut = calloc(w->device_count + links + 1, sizeof *w->was_cut);
    w->agents = calloc(w->device_count, sizeof *w->agents);
    w->service_works = calloc(services + 1, sizeof *w->service_works);
    w->rows = map_new(7);
    w->now = w->beat_due = w->tick_due = w->probe_due = START;
    w->interval = interval;
    w->seed = seed;
    w->step = STEP;
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
    free(w->was_cut);
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
                world_fail("a row cannot be restored");
        }
    }
    for (size_t d = 0; d < w->device_count; d++)
        w->agents[d].table_sent = 0;
}

/* ---- time ---- */

static void step(struct world *w)
{
    for (size_t i = 0; !w->is_collector_dead && i < w->device_count; i++)
        if (w->agents[i].due <= w->now)
            world_poll(w, i);
    if (!w->is_collector_dead && w->beat_due <= w->now) {
        world_beat(w);
        w->beat_due = w->now + SECONDS;
    }
    if (w->probe_due <= w->now) {
        world_probe(w);
        w->probe_due = w->now + w->interval;
    }
    if (w->tick_due <= w->now || engine_is_dirty(w->engine)) {
        if (engine_tick(w->engine, w->now))
            world_fail("out of memory");
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
    for (ns_t end = w->now + duration; w->now < end; w->now += w->step)
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
        world_fail(hotspot);
    return s.state;
}

enum reason world_reason(const struct world *w, const char *hotspot)
{
    struct object_state s;

    if (!find(w, hotspot, &s))
        world_fail(hotspot);
    return s.reason;
}

static struct object_state site_state(const struct world *w, const char *site)
{
    struct object_state s;

    for (size_t i = 0; engine_object(w->engine, OBJECT_SITE, i, &s); i++)
        if (strcmp(s.id, site) == 0)
            return s;
    world_fail(site);
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
