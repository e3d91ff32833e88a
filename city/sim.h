/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim.h - the city as it is now: what is broken, who answers, and every figure as a function of the time.
 *
 * Nothing moves between two questions: counters are integrals, levels are waves, so any number of agents
 * costs nothing until somebody asks. Times are wall times in ns. Pure. */
#ifndef NW_CITY_SIM_H
#define NW_CITY_SIM_H

#include <stdbool.h>

#include "city/flow.h"
#include "city/plan.h"

struct sim_hotspot {
    struct meter meter; /* as its switch port counts it */
    struct flow base;   /* undisturbed */
    double at_boot;     /* meter when the access point last started */
    double clients_mean;
    bool is_serving;   /* powered, connected, alive */
    bool is_asleep;    /* answers, serves nobody */
    bool is_congested; /* far too many clients */
    bool is_busy;      /* more clients than usual */
};

struct sim_device {
    struct meter meter; /* switches: all that hangs below, as the uplink counts it */
    ns_t boot;
    bool is_killed;    /* the agent; a switch goes on forwarding */
    bool is_cut;       /* its uplink fibre */
    bool is_connected; /* powered, and a path to the core */
    ns_t dark_since;   /* UPS: mains away since; 0 = there */
    double charge;     /* UPS: percent when the mains last came or went */
    ns_t charge_at;
    uint32_t outages; /* UPS: of the mains */
    unsigned swaps;   /* how often another box was put in its place */
    ns_t drift_since; /* its uplink fibre: optical level falls since; 0 = no */
    int *rows;        /* controllers: the hotspots that it lists now, in the order of their MACs */
    size_t row_count;
    uint64_t requests, varbinds;
};

struct sim {
    const struct city *city;
    struct sim_hotspot *hotspots;
    struct sim_device *devices;
    bool is_certificate_expired, is_dns_failing, is_dns_slow;
    ns_t pool_fills_since; /* the first pool of addresses; 0 = no */
};

enum err sim_new(const struct city *c, ns_t now, struct sim **out) NW_CHECKED;
void sim_free(struct sim *s);

/* Works out anew who is powered, connected and serving, after members above changed. Call it at `now`. */
void sim_settle(struct sim *s, ns_t now);

/* Its up-time begins at now; an access point's counters too. */
void sim_restart_agent(struct sim *s, int device, ns_t now);

/* The controller (device index; -1: none) that lists this hotspot's access point from now on. False: it is no
 * controller's row, or the device no controller. */
bool sim_list_row(struct sim *s, int hotspot, int controller);

/* Does its agent answer? */
bool sim_answers(const struct sim *s, int device);
/* Is the cabinet fed by this UPS without power? */
bool sim_is_depleted(const struct sim *s, int ups, ns_t now);

/* ---- figures ---- */
double sim_ups_charge(const struct sim *s, int ups, ns_t now); /* percent */
/* Clients of a hotspot; radio 0: 2.4 GHz, 1: 5 GHz. */
int sim_clients(const struct sim *s, int hotspot, ns_t now);
int sim_radio_clients(const struct sim *s, int hotspot, int radio, ns_t now);
int sim_radio_utilisation(const struct sim *s, int hotspot, int radio, ns_t now); /* percent */
int sim_radio_channel(const struct sim *s, int hotspot, int radio);
/* Bytes since the access point started, up and down together. */
double sim_hotspot_bytes(const struct sim *s, int hotspot, ns_t now);
/* dBm at one end of a fibre: of device's uplink, seen from below or from its parent. -40: no light. */
double sim_optic_rx(const struct sim *s, int device, bool is_parent_end, ns_t now);
/* Addresses in use of a DHCP pool (0 or 1) of SIM_POOL_SIZE. One that fills is full after battery_s. */
enum { SIM_POOL_SIZE = 4000 };
int sim_pool_used(const struct sim *s, int pool, ns_t now);
/* A figure that wanders slowly around mean by at most `swing`; what: 0.. tells several of one owner apart. */
double sim_wander(const struct sim *s, uint32_t owner, uint32_t what, double mean, double swing, ns_t now);

#endif
