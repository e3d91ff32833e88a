/* SPDX-License-Identifier: GPL-3.0-or-later */
/* second_path.h - events of critical incidents that the NOC does not confirm in time, and what of them goes
 * another way. Pure: time comes from the caller, rows and messages leave through functions.
 *
 *   event ──► waits ──receipt──► forgotten
 *               └──── `after` ──► sent; from then on its channels are told of the incident as of any other
 *
 * Each event goes once: before the incident was told there it waits here, behind that the channels themselves
 * see to it (channels_deliver). A closing goes here only together with its opening. */
#ifndef NW_ALERTS_SECOND_PATH_H
#define NW_ALERTS_SECOND_PATH_H

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/record.h"

struct second_path; /* opaque */

enum { SECOND_PATH_MAX = 20000 }; /* events that wait; beyond that the oldest goes at once */

struct second_path_fns {
    void *ctx;
    /* A row to keep over a restart (value NULL: to drop), of kind "second" or "second told". */
    void (*row)(void *ctx, const char *kind, const char *key, const void *value, size_t len);
    void (*send)(void *ctx, const Nw__Incident *incident);
};

/* after: how long the NOC has for its receipt; 0: there is no second path, all is ignored. */
enum err second_path_new(ns_t after, const struct second_path_fns *fns, uint64_t seed,
                         struct second_path **out) NW_CHECKED;
void second_path_free(struct second_path *p);
/* A row of the last run. now: wall. What was due while nobody ran gets SECOND_PATH_GRACE, so that the NOC can
 * say first that it has it. */
#define SECOND_PATH_GRACE (10 * SECONDS)
enum err second_path_restore(struct second_path *p, const char *kind, const char *key, const void *value,
                             size_t len, ns_t now) NW_CHECKED;
/* Its lane and lane_sequence are set; record: the same, packed as a Record. now: wall. */
void second_path_event(struct second_path *p, const Nw__Incident *incident, const void *record, size_t len,
                       ns_t now);
/* The NOC has all of this lane ("critical", "main") up to here. */
void second_path_received(struct second_path *p, const char *lane, uint64_t upto);
/* Sends what is due. */
void second_path_tick(struct second_path *p, ns_t now);
size_t second_path_waiting(const struct second_path *p);
uint64_t second_path_sent(const struct second_path *p); /* since second_path_new() */

#endif
