/* SPDX-License-Identifier: GPL-3.0-or-later */
/* passive.h - what a sensor sees, told per hotspot: the onboarding funnel, servers and routers that should
 * not be there, storms, networks that imitate ours. Pure: frames and the time in, reports out.
 *
 *   frame ─► who is it at? ─► its transaction ─► figures of (hotspot, phase) ─► report, once five clients are
 * in
 *
 * A frame belongs to a hotspot by the keys of the plan (VLAN, DHCP option 82, RADIUS NAS-Identifier), else by
 * what its client's address was seen with before. Hotspot 0 is "elsewhere": no key fits.
 *
 * Memory is fixed (about 12 MiB for 600 hotspots, 40 for 4,095). A client is only ever a digest under a key
 * that dies with the process (client_key.h). Figures of fewer than five clients are not reported: they wait
 * for more up to 15 minutes and are dropped then. */
#ifndef NW_PROBES_PASSIVE_H
#define NW_PROBES_PASSIVE_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "probes/client_key.h"
#include "probes/frame.h"

enum { PASSIVE_K = 5, PASSIVE_HOTSPOTS_MAX = 4096, PASSIVE_IMITATORS_MAX = 16, PASSIVE_SERVERS_MAX = 64 };
enum { PASSIVE_ELSEWHERE = 0 };

/* ---- the plan: what the operator knows ---- */

enum passive_key { PASSIVE_VLAN, PASSIVE_OPTION82, PASSIVE_NAS };

struct passive_plan; /* opaque */

enum err passive_plan_new(struct passive_plan **out) NW_CHECKED;
void passive_plan_free(struct passive_plan *p);
/* hotspot: 1 … PASSIVE_HOTSPOTS_MAX - 1. key: two octets big-endian for a VLAN; otherwise at most 64 octets.
 */
enum err passive_plan_key(struct passive_plan *p, uint16_t hotspot, enum passive_key kind, const void *key,
                          size_t len) NW_CHECKED;
/* A DHCP server (IPv4: first 4 octets) or a router (IPv6) that may answer. ERR_FULL beyond 64. */
enum err passive_plan_server(struct passive_plan *p, bool is_router, const uint8_t address[16]) NW_CHECKED;
enum err passive_plan_ssid(struct passive_plan *p, const char *ssid, bool is_secured) NW_CHECKED;
/* A base MAC: BSSIDs that differ from it in the last four bits, or in the bit that says "locally
 * administered", are of the same access point. */
enum err passive_plan_bssid(struct passive_plan *p, const uint8_t mac[PART_MAC_LEN]) NW_CHECKED;

/* ---- the analysis ---- */

struct passive; /* opaque */

/* plan: borrowed. */
enum err passive_new(const struct passive_plan *plan, int link, const struct client_key *key, ns_t interval,
                     struct passive **out) NW_CHECKED;
void passive_free(struct passive *p);
void passive_feed(struct passive *p, ns_t at, const void *bytes, size_t captured, size_t wire_len);
struct passive_health { /* since the watcher began */
    uint32_t dropped;   /* frames, by the kernel */
    uint32_t restarts;  /* of parsers */
};
/* About once a second; appends reports (passive_report.h) to out when an interval is over. */
enum err passive_tick(struct passive *p, ns_t now, const struct passive_health *health,
                      struct buf *out) NW_CHECKED;

#endif
