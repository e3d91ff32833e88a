/* SPDX-License-Identifier: GPL-3.0-or-later */
/* engine.h - from journal records to states and incidents. Pure: time comes from the records and the caller.
 *
 * Records change what is known (facts); engine_tick() judges: it decides which nodes are down and why, opens,
 * changes and closes incidents, and gives every hotspot, device and service its state. Whatever changes
 * leaves through the sink, and everything the engine must remember over a restart leaves as rows, which come
 * back through engine_restore(). The order at a start: engine_new, engine_restore of every row, engine_prime
 * with the records before the committed positions (they rebuild tables and last values, judge nothing), then
 * engine_record with those behind.
 *
 *        facts ──► is the monitor blind? ──► who is down, who is held ──► blame (one cause each)
 *                                                                              │
 *        rules (hysteresis, hold) ─────────────────────────────────► incidents, states ──► sink */
#ifndef NW_ALERTS_ENGINE_H
#define NW_ALERTS_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alerts/rules.h"
#include "alerts/topology.h"
#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/inventory.h"
#include "lib/model/record.h"
#include "lib/model/state.h"

enum object_kind { OBJECT_HOTSPOT, OBJECT_DEVICE, OBJECT_SERVICE, OBJECT_SITE, OBJECT_MONITOR };
extern const char *const object_kind_words[]; /* "hotspot" "device" "service" "site" "monitor" */

/* What everybody is told about one object. index: into the topology's places or devices, the inventory's
 * services. */
struct object_state {
    enum object_kind kind;
    size_t index;
    const char *id, *name;
    enum state state, previous;
    enum reason reason;
    ns_t since;
    double clients;       /* NaN = unknown */
    const char *incident; /* id, or "" */
};

/* event: "opened" "changed" "member_joined" "member_left" "acknowledged" "shelved" "closed" "test".
 * The record is complete but for the sequences; borrowed during the call. */
struct engine_sink {
    void *ctx;
    void (*state)(void *ctx, const struct object_state *s);
    void (*incident)(void *ctx, const Nw__Incident *incident, const char *key);
    /* Ask the collector to poll this device at once. */
    void (*reprobe)(void *ctx, const char *device_id);
    /* A row to keep (value NULL: to drop). kind: "node" "watch" "place" "service" "incident" "meta" "usual" …
     */
    void (*row)(void *ctx, const char *kind, const char *key, const void *value, size_t len);
    /* An alarm that the maintenance window keeps quiet; may be NULL. id: of the object; text: English. */
    void (*suppressed)(void *ctx, const char *id, const char *window, const char *text);
    /* Nobody acknowledged it: this step has come; may be NULL. Its change was said just before, and stands in
     * the history. */
    void (*escalated)(void *ctx, const Nw__Incident *incident, const struct escalation_step *step);
    /* Citizens are to be told of these windows and no others; may be NULL. Borrowed during the call. */
    void (*announced)(void *ctx, const Nw__Announcements *list);
};

struct engine_options {
    const struct inventory *inventory; /* borrowed */
    const struct rules *rules;         /* borrowed */
    ns_t interval;                     /* the settings' poll interval, until a table says otherwise */
    ns_t probe_interval;
    ns_t tombstone_after;           /* an access point that vanished is taken for removed; 0 = 24 h */
    const struct engine_sink *sink; /* copied */
};

struct engine; /* opaque */

enum err engine_new(const struct engine_options *o, struct engine **out) NW_CHECKED;
void engine_free(struct engine *e);

/* ERR_MALFORMED, ERR_NOT_FOUND (the object left the inventory): the row should be dropped. */
enum err engine_restore(struct engine *e, const char *kind, const char *key, const void *value,
                        size_t len) NW_CHECKED;
/* After the last restore: when the engine was alive for the last time, and that it starts anew now. */
void engine_begin(struct engine *e, ns_t now);

void engine_prime(struct engine *e, const char *partition, const Nw__Record *record);
void engine_record(struct engine *e, const char *partition, const Nw__Record *record);
/* Records of this partition are missing. */
void engine_gap(struct engine *e, const char *partition, ns_t now);
/* Something happened that engine_tick() should judge soon. */
bool engine_is_dirty(const struct engine *e);
enum err engine_tick(struct engine *e, ns_t now) NW_CHECKED;

/* ---- people's wishes ---- */

struct engine_command {
    const char *id, *by, *via, *verb, *target, *comment; /* never NULL */
    const char *to;                                      /* assign: to whom; NULL otherwise */
    ns_t begin, until;
    bool announce;                 /* maintenance: citizens are told */
    const char *text_de, *text_en; /* … in these words; NULL or "": in none */
};
/* Returns NULL if it is done, else one English sentence that says why not. */
const char *engine_command(struct engine *e, ns_t now, const struct engine_command *c);

/* ---- looking in ---- */

const struct topology *engine_topology(const struct engine *e);
/* Fills *out; false if there is no such object. */
bool engine_object(const struct engine *e, enum object_kind kind, size_t index, struct object_state *out);
size_t engine_object_count(const struct engine *e, enum object_kind kind);
/* Every open incident, oldest first. */
void engine_open_incidents(const struct engine *e, void (*each)(void *ctx, const Nw__Incident *incident),
                           void *ctx);
bool engine_is_blind(const struct engine *e);

#endif
