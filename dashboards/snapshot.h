/* SPDX-License-Identifier: GPL-3.0-or-later */
/* snapshot.h - what is now: the newest state, samples and heartbeat of everything, from the journal's
 * records.
 *
 * Pure: gets records and the time. The inventory is borrowed and must outlive it; things that the inventory
 * does not know are ignored (states) or kept by name (samples of probes). Memory: about 2 KiB a source, its
 * series table stays packed. */
#ifndef NW_DASHBOARDS_SNAPSHOT_H
#define NW_DASHBOARDS_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dashboards/assets.h"
#include "dashboards/relations.h"
#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/inventory.h"
#include "lib/model/record.h"
#include "lib/model/state.h"

struct snapshot; /* opaque */

/* Samples of a probe unit may be late; what is older than this is history and not "now". */
#define SNAPSHOT_LATE_UNIT (15 * MINUTES)

struct snap_state {
    enum state state;
    enum reason reason;
    ns_t since; /* wall; 0: alerts has not said anything yet */
    char incident[65];
    double clients; /* NaN: not known */
};

struct snap_unknown {
    uint32_t index, reason; /* of a series; enum quality_reason */
};

/* The newest round of a device or a probe. */
struct snap_source {
    char *id;
    ns_t at;          /* wall, start of the round */
    uint32_t outcome; /* Nw__Outcomes */
    uint32_t misses, duration_us;
    bool is_down;
    uint32_t get_varbinds, bulk_varbinds, slowed; /* as Samples has them */
    bool is_walk_broken;
    uint64_t uptime_ms;
    ns_t answered;  /* the last round with an answer */
    double *values; /* value_count; NaN = unknown */
    size_t value_count;
    struct snap_unknown *unknown;
    size_t unknown_count;
    uint8_t *table; /* packed Nw__Table; NULL: none seen yet */
    size_t table_len;
    uint32_t table_version, interval_ms;
    struct assets assets;         /* the device and its access points, as it names them */
    struct snap_clients *clients; /* which series are whose clients */
    size_t clients_count;
    struct wiring *wiring; /* NULL: the table tells nothing of cables */
};

struct snap_clients {
    uint32_t series;
    size_t hotspot; /* index in the inventory */
};

struct snap_daemon {
    char *name, *partition;
    ns_t heard;               /* wall of the newest heartbeat */
    Nw__Heartbeat *heartbeat; /* owned */
};

enum err snapshot_new(const struct inventory *inventory, struct snapshot **out) NW_CHECKED;
void snapshot_free(struct snapshot *s);

/* Takes over what the record holds. The record is borrowed, but its heartbeat may be taken out of it. */
enum err snapshot_record(struct snapshot *s, const char *partition, Nw__Record *record, ns_t now) NW_CHECKED;

/* By index in the inventory's arrays. */
const struct snap_state *snapshot_hotspot(const struct snapshot *s, size_t index);
const struct snap_state *snapshot_device(const struct snapshot *s, size_t index);
const struct snap_state *snapshot_service(const struct snapshot *s, size_t index);
const struct snap_state *snapshot_site(const struct snapshot *s, size_t index);
/* Clients of a hotspot now: from its samples, else from its state; NaN if not known. A hotspot that is not
 * up has none that we know of. */
double snapshot_clients(const struct snapshot *s, size_t hotspot);

/* NULL: nothing heard of it yet. */
const struct snap_source *snapshot_source(const struct snapshot *s, const char *id);
/* The same by the device's index in the inventory. */
const struct snap_source *snapshot_device_source(const struct snapshot *s, size_t device);
/* What belongs where in the snapshot's inventory. */
const struct relations *snapshot_relations(const struct snapshot *s);
/* What the device, or its access point `entity`, says it is; entity NULL: the device itself. NULL: nothing is
 * known. source may be NULL. */
const struct asset *snapshot_asset(const struct snap_source *source, const char *entity);
/* The same source's assets, to note which of them history has; NULL: nothing heard of it yet. */
struct assets *snapshot_assets(struct snapshot *s, const char *id);
/* Whose figures are the hotspot's: its device, or the controller that speaks for its access point. NULL:
 * nothing heard yet. */
const struct snap_source *snapshot_speaker(const struct snapshot *s, size_t hotspot);
size_t snapshot_source_count(const struct snapshot *s);
/* Unpacks the series table; NULL: none. Free with nw__table__free_unpacked(t, NULL). */
Nw__Table *snapshot_table(const struct snap_source *source);

size_t snapshot_daemon_count(const struct snapshot *s);
const struct snap_daemon *snapshot_daemon(const struct snapshot *s, size_t i);

/* Open incidents: fed from history at the start, then by records. */
void snapshot_incident(struct snapshot *s, const Nw__Incident *incident);
struct snap_incidents {
    size_t open, unacknowledged, critical, major, minor, warning;
};
void snapshot_incidents(const struct snapshot *s, struct snap_incidents *out);

/* Who was not heard for so long is not alive, and what it said of its neighbours is history. */
#define SNAPSHOT_FRESH (15 * MINUTES)
/* Grows when a thing changes its state, a source goes down, comes back or is heard again after
 * SNAPSHOT_FRESH, or another source speaks for a hotspot: until then the same are alive, but for those that
 * fall silent. */
uint64_t snapshot_liveness(const struct snapshot *s);
/* Grows when a series table says something else than before: until then what points into assets and wiring
 * stays good. */
uint64_t snapshot_tables(const struct snapshot *s);
/* Grows with every change of a hotspot's, device's, service's or site's state or values: for entity tags. */
uint64_t snapshot_revision(const struct snapshot *s);

#endif
