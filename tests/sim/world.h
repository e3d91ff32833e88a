/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world.h - the real collector on a fake clock, with scripted agents behind a simulated network. world.c
 * takes the place of snmp_io.c; everything above it is the daemon's own code. */
#ifndef NW_TESTS_SIM_WORLD_H
#define NW_TESTS_SIM_WORLD_H

#include "collector/collector.h"
#include "tests/sim/agent.h"

enum { SIM_DEVICES_MAX = 2000 };

struct sim_network {
    uint32_t loss_permille;   /* each way */
    ns_t delay, jitter;       /* there and back together: delay ± jitter */
    uint32_t double_permille; /* delivered twice */
};

struct sim_device {
    struct agent *agent;
    bool is_dead;
    const char *uplink; /* id or NULL */
    /* what the journal said */
    uint64_t polls, answered, partial;
    uint64_t datagrams; /* sent to it */
    uint32_t misses;
    bool is_down;
    ns_t down_at, up_at, first_miss_at; /* simulated time since the start */
};

struct sim {
    struct sim_network network;
    struct sim_device devices[SIM_DEVICES_MAX];
    size_t count;
    uint64_t times_down, findings;
    ns_t now; /* since the start */
    struct collector *collector;
    /* inner */
    struct loop *loop;
    struct journal_writer *journal;
    struct settings *settings;
    struct inventory *inventory;
    uint64_t random;
    char dir[64];
};

/* count devices d0000, d0001, …; uplinks as set in devices[].uplink before. interval in seconds. seed: for
 * loss and jitter; NETZWACHT_SEED overrides, and it is printed. */
void sim_open(struct sim *w, size_t count, int interval, uint64_t seed);
void sim_run(struct sim *w, ns_t duration);
void sim_close(struct sim *w);

#endif
