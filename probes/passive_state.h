/* SPDX-License-Identifier: GPL-3.0-or-later */
/* passive_state.h - the bodies behind passive.h, shared by passive.c, passive_brand.c and passive_plan.c. */
#ifndef NW_PROBES_PASSIVE_STATE_H
#define NW_PROBES_PASSIVE_STATE_H

#include "probes/passive.h"
#include "probes/passive_report.h"

enum { PASSIVE_SSIDS_MAX = 32, IMITATORS_KEPT = 256 };

struct plan_key {
    uint16_t hotspot;
    uint8_t kind, len; /* enum passive_key */
    uint8_t key[FRAME_SITE_MAX];
};

struct plan_servers {
    size_t count;
    uint8_t addresses[PASSIVE_SERVERS_MAX][16];
};

struct plan_ssid {
    uint8_t len, ssid[32];
    bool is_secured;
};

struct passive_plan {
    struct plan_key *keys;      /* sorted */
    size_t key_count, hotspots; /* hotspots: the highest + 1 */
    struct plan_servers servers, routers;
    struct plan_ssid ssids[PASSIVE_SSIDS_MAX];
    size_t ssid_count;
    uint8_t (*bssids)[PART_MAC_LEN];
    size_t bssid_count;
};

/* PASSIVE_ELSEWHERE: nobody has that key. */
uint16_t plan_hotspot(const struct passive_plan *p, enum passive_key kind, const void *key, size_t len);
bool plan_allows(const struct plan_servers *s, const uint8_t address[16]);
bool plan_owns_bssid(const struct passive_plan *p, const uint8_t mac[PART_MAC_LEN]);
/* The network of ours that this one is called like, or reads like; NULL: neither. */
const struct plan_ssid *plan_ssid(const struct passive_plan *p, const uint8_t *ssid, size_t len,
                                  bool *is_lookalike);

/* Networks that imitate ours, a bounded table: when it is full, one that was not heard for longest gives way,
 * so a flood of made-up senders costs no more than the table, and `flooded` says how many there were. */
struct brand {
    struct report_imitator table[IMITATORS_KEPT];
    size_t count;
    uint64_t flooded; /* senders that found no place, in this interval */
};

void brand_take(struct brand *b, const struct passive_plan *plan, const struct beacon *beacon, ns_t at);
/* Those heard since `since`, strongest first, at most PASSIVE_IMITATORS_MAX, into out; returns how many there
 * were in all. Forgets the signals and who was not heard for a day. */
uint32_t brand_report(struct brand *b, ns_t since, ns_t now, struct buf *out);

#endif
