/* SPDX-License-Identifier: GPL-3.0-or-later */
/* world.h - the real collector on a fake clock, with scripted agents behind a simulated network. world.c
 * takes the place of snmp_io.c; everything above it is the daemon's own code. */
#ifndef NW_TESTS_SIM_WORLD_H
#define NW_TESTS_SIM_WORLD_H

#include "collector/collector.h"
#include "collector/snmp_client.h"
#include "tests/sim/agent_v3.h"

enum { SIM_DEVICES_MAX = 10000 };

struct sim;

struct sim_network {
    uint32_t loss_permille;   /* each way */
    ns_t delay, jitter;       /* there and back together: delay ± jitter */
    uint32_t double_permille; /* delivered twice */
    uint32_t held_permille;   /* held back, each way, so that others overtake them: for up to held_most */
    ns_t held_most;
};

/* How a device is asked: v3 with user "sim", SHA-256 and AES-128. */
enum sim_access { SIM_V2C, SIM_OPEN, SIM_AUTH, SIM_PRIV };

struct sim_device {
    enum sim_access access; /* set before sim_open() */
    struct agent *agent;
    struct agent_v3 *v3; /* NULL: v2c */
    bool is_dead;
    const char *uplink;  /* id or NULL */
    ns_t delay;          /* there and back; 0 = the network's */
    uint32_t reply_most; /* bytes of a datagram of its that get through; 0 = all */
    ns_t booted;         /* its sysUpTime counts from here; simulated time, may lie before the start */
    /* what the journal said */
    uint64_t polls, answered, partial;
    uint64_t datagrams; /* sent to it */
    ns_t started;       /* the last poll; wall */
    ns_t period_most;   /* between the beginnings of two polls */
    ns_t duration_most; /* of a poll */
    int32_t open_id;    /* of the request that it owes an answer; 0 = none */
    uint64_t overlaps;  /* requests that were sent while it owed the answer to another one */
    uint32_t get_varbinds, bulk_varbinds, slowed;
    bool is_walk_broken;
    uint32_t misses;
    bool is_down;
    ns_t down_at, up_at, first_miss_at; /* simulated time since the start */
};

struct sim {
    struct sim_network network;
    struct sim_device devices[SIM_DEVICES_MAX];
    size_t count;
    uint64_t times_down, findings, engine_findings; /* the latter: engine_shared, … */
    uint32_t behind_most; /* devices with an uplink that owed an answer at one time */
    bool has_one_agent; /* set before sim_open(): all devices answer from devices[0].agent, each with its name
                         */
    bool is_journalled; /* likewise: records go to a real journal, so that sim_restart() finds them */
    /* What the collector sends, as somebody on the way sees it: sim_forge() is in time. NULL = nobody. */
    void (*on_request)(struct sim *w, size_t device, const void *bytes, size_t len);
    bool has_traps;          /* set before sim_open(): the collector receives traps */
    bool is_collectors_turn; /* the code that runs now is not an agent's */
    /* Before an agent answers; after a record of samples was taken. NULL = none. */
    void (*prepare)(struct sim *w, size_t device);
    void (*on_samples)(struct sim *w, size_t device, const Nw__Samples *s);
    ns_t now; /* since the start */
    struct collector *collector;
    /* inner */
    struct loop *loop;
    struct journal_writer *journal;
    struct settings *settings;
    struct inventory *inventory;
    uint64_t seed, random;
    struct buf packed;
    char dir[64];
};

/* count devices d0000, d0001, …; uplinks as set in devices[].uplink before. interval in seconds. seed: for
 * loss and jitter; NETZWACHT_SEED overrides, and it is printed. */
void sim_open(struct sim *w, size_t count, int interval, uint64_t seed);
void sim_run(struct sim *w, ns_t duration);
struct snmp_address sim_address(size_t device);
/* A datagram that arrives at the collector in a millisecond. */
void sim_forge(struct sim *w, const struct snmp_address *from, const void *bytes, size_t len);
/* A trap or an inform reaches the collector now. Returns the bytes that it answers. */
size_t sim_trap(struct sim *w, const struct snmp_address *from, const void *bytes, size_t len);
/* The keys of the devices' users; SIM_OPEN, SIM_AUTH, SIM_PRIV, once the world is open. */
const struct usm_user *sim_user(enum sim_access access);
/* The collector is killed and started anew. */
void sim_restart(struct sim *w);
/* One of its own figures, by the name that it has in the heartbeat. */
double sim_figure(struct sim *w, const char *name);
void sim_close(struct sim *w);

#endif
