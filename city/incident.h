/* SPDX-License-Identifier: GPL-3.0-or-later */
/* incident.h - what can go wrong in the city, switched on and off; the truth about it as JSON lines.
 *
 * A line: {"time", "wall_ns", "event": begin|effect|end, "incident": "c-0001", "kind", "cause": {"kind",
 * "id"}, "reason", "hotspots": those that cannot serve well because of it, from the tree; "at_risk": those
 * that will; "devices": agents that are silent because of it}. "effect" is a change in between: a UPS that
 * ran empty. The lists are computed from the tree alone, whatever else is broken at the time. Pure. */
#ifndef NW_CITY_INCIDENT_H
#define NW_CITY_INCIDENT_H

#include "city/sim.h"
#include "lib/base/buf.h"

enum incident_kind {
    INCIDENT_FIBRE_CUT,   /* device: its uplink fibre; all below is silent */
    INCIDENT_POWER_CUT,   /* UPS: battery runs down, then its cabinet and access points are silent */
    INCIDENT_SLEEPING_AP, /* hotspot: answers, serves nobody, neighbours are busy */
    INCIDENT_DRIFT,       /* device: light on its uplink falls */
    INCIDENT_CERTIFICATE, /* the portal's has expired */
    INCIDENT_CONGESTION,  /* site: far too many clients */
    INCIDENT_AGENT_DEAD,  /* device: its agent; an access point is dead as a whole, a switch forwards on */
    INCIDENT_DNS_FAILING, /* the responder answers SERVFAIL */
    INCIDENT_POOL,        /* the first pool of the DHCP server fills */
    INCIDENT_DNS_SLOW,    /* the responder takes its time */
    INCIDENT_KINDS
};
extern const char *const incident_names[INCIDENT_KINDS]; /* "fibre-cut" … */
/* INCIDENT_KINDS if there is none of that name. */
enum incident_kind incident_by_name(const char *name);

struct incidents; /* opaque: the ones that are on */

typedef void incident_log_fn(void *ctx, const char *line, size_t len);

/* sim is borrowed and changed. */
enum err incidents_new(struct sim *sim, incident_log_fn *log, void *ctx, struct incidents **out) NW_CHECKED;
void incidents_free(struct incidents *in);

/* target: an id; NULL or "": chosen, from `draw`, or the only one there is. Returns NULL or, in English, why
 * not. *id (may be NULL) receives the incident's id, borrowed while it is on. */
const char *incident_begin(struct incidents *in, enum incident_kind kind, const char *target, uint64_t draw,
                           ns_t now, const char **id);
/* target NULL or "": every one of the kind. */
const char *incident_end(struct incidents *in, enum incident_kind kind, const char *target, ns_t now);
/* Lets time pass: batteries run down. */
void incidents_tick(struct incidents *in, ns_t now);

size_t incidents_count(const struct incidents *in);
/* As JSON objects into an array that is open in j. */
struct json_out;
void incidents_write(const struct incidents *in, struct json_out *j);

/* ---- the demo's script: steps by seconds since its start; repeats with other targets ---- */
struct script {
    double at;      /* seconds played so far */
    size_t next;    /* step */
    uint64_t cycle; /* how often it has been played */
};
/* Plays what is due after `passed` more seconds. */
void script_play(struct script *s, struct incidents *in, double passed, ns_t now);

#endif
