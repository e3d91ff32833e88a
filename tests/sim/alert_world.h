/* SPDX-License-Identifier: GPL-3.0-or-later */
/* alert_world.h - a scripted town on a fake clock around the real alert engine: devices that answer polls or
 * do not, a collector with the real one's timing (3 misses, 6 confirmations), probes, and a note of
 * everything that the engine said. Knows nothing of how the engine thinks. */
#ifndef NW_TESTS_ALERT_WORLD_H
#define NW_TESTS_ALERT_WORLD_H

#include <stdbool.h>
#include <stddef.h>

#include "alerts/engine.h"
#include "lib/base/units.h"
#include "lib/model/metric.h"

enum { WORLD_SAID_MAX = 512 };

struct said {
    char id[68], event[24], type[32], severity[16], cause[68], source[16];
    double priority, user_minutes;
    size_t members, hotspots; /* members, and those of them that are hotspots */
    uint64_t who;             /* sum of world_hash() of these hotspots: tells their set, in any order */
    ns_t at;
    bool is_flapping;
};

/* A step of a chain of escalation. */
struct escalated {
    char id[68], channel[64], to[64];
    ns_t at;
};

/* A series beside those that its kind of device has anyway. */
struct more_series {
    const char *kind, *entity; /* kind NULL: none */
    enum metric metric;
    double value;
    const char *country; /* attribute of the entity; NULL: none */
};

struct agent {
    bool is_alive;   /* the agent itself answers */
    bool is_useless; /* … with nothing that can be used */
    bool is_cut;     /* what hangs on this device is cut off from the core, itself included */
    double clients, utilization, rx, output_source, certificate;
    bool row_up[64]; /* of a controller: its access points, in inventory order */
    double row_clients[64];
    enum quality_reason row_why[64]; /* QUALITY_OK, or why the row is unknown */
    struct more_series more[4];      /* filled before the first run */
    bool lists_all;                  /* a controller: every access point of the town, not only its own */
    /* the collector's view */
    ns_t due;
    unsigned misses, confirmations, table_version;
    unsigned table_sent; /* 0: it comes, as a new one, with the next poll */
    bool is_down;
};

struct world {
    struct inventory *inventory;
    struct rules *rules;
    struct engine *engine;
    struct agent *agents; /* per device */
    size_t device_count;
    ns_t now, interval, beat_due, tick_due;
    ns_t step; /* 50 ms; longer where days pass and nothing depends on seconds */
    bool is_collector_dead, is_clock_suspect;
    double strangers; /* senders of traps that are no device: in the next heartbeats */
    bool *link_cut;   /* per link of the inventory */
    bool *reached;    /* per device: is there a way to the core? Only where there are links */
    bool *was_cut;    /* lines of devices, then links: as of the last look at `reached` */
    bool is_reach_known;
    bool *service_works; /* per service */
    ns_t probe_due;
    uint64_t seed;
    struct said said[WORLD_SAID_MAX];
    size_t said_count;
    struct escalated escalated[64];
    size_t escalated_count;
    size_t transitions, reprobes, suppressed;
    Nw__Record *announced; /* the last list; NULL: none yet */
    size_t announcements;  /* lists */
    struct map *rows;      /* what the engine asked to keep: "kind\tkey" -> struct row */
};

/* districts of YAML: an inventory file's text. interval: of all polls. */
/* As world_new(), with rules of its own over the shipped ones. */
struct world *world_new_with(const char *inventory, const char *rules, ns_t interval, uint64_t seed);
struct world *world_new(const char *inventory, ns_t interval, uint64_t seed);
void world_free(struct world *w);
/* Before the first run only. */
void world_set_clock(struct world *w, ns_t wall);
void world_run(struct world *w, ns_t duration);
uint64_t world_hash(const char *id);
/* Throws the engine away and builds it anew from the rows it kept, as after kill -9. */
void world_restart_engine(struct world *w);

/* Cuts or mends a redundant link of the inventory. A device's own line is agent.is_cut. */
void world_cut_link(struct world *w, const char *link, bool is_cut);
struct agent *world_agent(struct world *w, const char *device);
enum state world_state(const struct world *w, const char *hotspot);
enum reason world_reason(const struct world *w, const char *hotspot);
enum state world_site(const struct world *w, const char *site);
enum reason world_site_reason(const struct world *w, const char *site);
size_t world_count(const struct world *w, enum state state); /* hotspots in that state */
/* How often `event` was said of incidents of this type; NULL: any. */
size_t world_said(const struct world *w, const char *event, const char *type);
const struct said *world_first(const struct world *w, const char *event, const char *type);
void world_forget(struct world *w); /* what was said so far */

/* A town as inventory text: core, `aggs` aggregation switches, each with `accesses` access switches, each
 * with a UPS and `aps` access points with a hotspot each: core, agg-1, acc-1-2, ups-1-2, ap-1-2-3, hs-1-2-3.
 * malloc'ed. */
char *world_town(int aggs, int accesses, int aps);

#endif
