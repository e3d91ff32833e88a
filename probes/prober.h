/* SPDX-License-Identifier: GPL-3.0-or-later */
/* prober.h - the active probes of netzwacht-probe: who is probed, when, and what goes into the journal.
 *
 * Targets (inventory): every hotspot with is_probed that is its own agent: ICMP echo to its device's address.
 * A hotspot that is a row of a controller has no address of its own: what its users meet is judged at the
 * services. Services: portal (RFC 8908 API, page, redirects, certificate), http (page, certificate; canaries
 * give probe.internet.ok), dns (the service's question), radius (Status-Server or a test account, with the
 * secret of probe.radius). Kinds dhcp and other are not probed by this version. One round per target and
 * interval, spread evenly; every round has a deadline inside its interval.
 *
 * Appends per round one Samples (source "probe/<id>", one entity "probe"), and a Finding when a verdict
 * begins, changes or ends. Nothing is sent anywhere unless probe.allowed has prefixes (allow.h). */
#ifndef NW_PROBES_PROBER_H
#define NW_PROBES_PROBER_H

#include "lib/base/err.h"
#include "lib/model/inventory.h"
#include "lib/model/record.h"
#include "lib/model/settings.h"
#include "lib/runtime/journal.h"
#include "lib/runtime/loop.h"

struct prober; /* opaque */

struct prober_env { /* borrowed, alive as long as the prober */
    struct loop *loop;
    const struct settings *settings;
    const struct inventory *inventory;
    const struct journal_writer *journal;
    uint64_t seed;
    /* Appends a record to the daemon's partition. */
    enum err (*append)(void *ctx, Nw__Record *record, journal_pos *pos);
    void *append_ctx;
};

/* Logs what will be probed and what will not, and why. ERR_CONFIG: probe.allowed is wrong (logged). */
enum err prober_new(const struct prober_env *env, struct prober **out) NW_CHECKED;
void prober_free(struct prober *p);

/* Runs the probe of a hotspot or service now; ERR_NOT_FOUND: it is none that is probed. ERR_BUSY: it is
 * running. */
enum err prober_run_now(struct prober *p, const char *id) NW_CHECKED;

/* Figures for the heartbeat: counters point into the prober, valid until the next call. */
void prober_beat(struct prober *p, Nw__Heartbeat *beat);

#endif
