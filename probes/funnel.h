/* SPDX-License-Identifier: GPL-3.0-or-later */
/* funnel.h - the onboarding funnel: transactions opened, closed well or badly, and how long they took. Pure.
 *
 * A transaction opens with the first frame of its key; repeats within 10 s are retransmissions; an answer
 * within 10 s closes it; what stays open has failed. Memory is fixed: 65,536 open transactions (4 MiB) and
 * one sketch per phase. Where more are open at once, the oldest of a bucket of eight gives way
 * (funnel_evicted()).
 *
 * Keys hold client addresses: they live in this table only, are never printed, and vanish with it. */
#ifndef NW_PROBES_FUNNEL_H
#define NW_PROBES_FUNNEL_H

#include "lib/base/err.h"
#include "probes/frame.h"

struct funnel; /* opaque */

struct funnel_summary {
    uint64_t transactions, success;
    ns_t p50, p95; /* of the successful ones; -1: none */
};

/* seed: the hash is seeded, because keys come from the network. */
enum err funnel_new(uint64_t seed, struct funnel **out) NW_CHECKED;
void funnel_free(struct funnel *fn);
void funnel_feed(struct funnel *fn, const struct funnel_event *event, ns_t at);
struct funnel_summary funnel_summary(const struct funnel *fn, enum funnel_phase phase);
uint64_t funnel_evicted(const struct funnel *fn);

const char *funnel_phase_name(enum funnel_phase phase); /* "dhcp4" */

#endif
