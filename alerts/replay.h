/* SPDX-License-Identifier: GPL-3.0-or-later */
/* replay.h - history through a set of rules: which incidents would have opened, when, why, and until when.
 *
 * Takes journal records in the order of their time, as the daemon does while it catches up, and keeps what
 * the engine said. Nothing leaves it: no database, no message, no re-probe. Pure apart from malloc. */
#ifndef NW_ALERTS_REPLAY_H
#define NW_ALERTS_REPLAY_H

#include <stdbool.h>
#include <stddef.h>

#include "alerts/engine.h"

enum { REPLAY_INCIDENTS_MAX = 100000 };

struct replay_incident {
    char *id, *key; /* the key names rule and object: the same incident under other rules has the same one */
    char *type, *severity, *cause_kind, *cause_id, *text;
    char *metric, *entity; /* of the first evidence; "" if there is none */
    double value, limit;
    ns_t opened, closed; /* closed 0: open at the end */
    size_t hotspots;     /* that ever were in it at once */
    size_t messages;     /* that were said of it */
    bool is_flapping;    /* ever was */
};

struct replay; /* opaque */

struct replay_options {
    const struct inventory *inventory; /* borrowed */
    const struct rules *rules;         /* borrowed */
    ns_t interval;                     /* ns, > 0: until a table says otherwise */
    /* The engine wants this device polled now; may be NULL. */
    void (*reprobe)(void *ctx, const char *device_id);
    void *ctx;
};

enum err replay_new(const struct replay_options *o, struct replay **out) NW_CHECKED;
void replay_free(struct replay *r);
/* partition: "collector" or "probe"; others are ignored. ERR_NOMEM; ERR_LIMIT: REPLAY_INCIDENTS_MAX. */
enum err replay_record(struct replay *r, const char *partition, const Nw__Record *record) NW_CHECKED;
/* Judges what is due at wall. */
enum err replay_until(struct replay *r, ns_t wall) NW_CHECKED;
/* In order of opening. */
size_t replay_count(const struct replay *r);
const struct replay_incident *replay_at(const struct replay *r, size_t i);

/* What two replays of the same history say: pairs of incidents with the same key that overlap in time. */
struct replay_pair {
    const struct replay_incident *before, *after; /* NULL: only the other one has it */
};
/* *pairs is malloc'ed, in order of opening. */
enum err replay_compare(const struct replay *before, const struct replay *after, struct replay_pair **pairs,
                        size_t *count) NW_CHECKED;
/* Opened or closed at another time, or with another severity? */
bool replay_pair_differs(const struct replay_pair *p);

#endif
