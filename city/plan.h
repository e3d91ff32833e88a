/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plan.h - the simulated city as it was built: districts, streets' sites, hotspots, fibre tree, addresses.
 *
 * Everything follows from struct city_params: the same numbers give the same city, byte for byte. The place
 * is Norderstedt, the rest is our own making: district borders, street names, sites and devices do not exist.
 * Pure: no files, no clock. */
#ifndef NW_CITY_PLAN_H
#define NW_CITY_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/inventory.h"

enum {
    CITY_DISTRICTS = 5,
    CITY_HOTSPOTS_MAX = 50000,
    CITY_NODES_MIN = 8,
    CITY_NODES_MAX = 6000,
    CITY_ACCESS_PORTS = 48, /* of one access switch */
};

struct city_params {
    uint64_t seed;
    int64_t hotspots, nodes; /* nodes: core, aggregation, access switches and UPSs; controllers come on top */
    int64_t port;            /* UDP port of every agent */
    int64_t portal_port, portal_tls_port, dns_port; /* no default for the second */
    ns_t epoch;             /* wall time at which the city was founded: up-times count from before it */
    double battery_s;       /* how long a full UPS carries its cabinet: short, so that a demo shows the end */
    double drift_db_minute; /* speed of the optical drift incident */
    bool is_scripted;       /* the demo script runs from the start */
    bool has_dhcp;          /* a DHCP server with two pools of addresses is there, too */
    bool has_mistakes;      /* inventory and LLDP contradict each other, once in each way */
};

/* What a place is, finer than enum site_kind: decides the daily curve. */
enum place {
    PLACE_STREET,
    PLACE_STOP,
    PLACE_SCHOOL,
    PLACE_SHOP,
    PLACE_LIDO,
    PLACE_TOWN_HALL,
    PLACE_LIBRARY,
    PLACE_HALL, /* sports hall, youth centre */
    PLACE_CABINET,
    PLACE_COUNT
};

struct city_site {
    char id[24], name[72];
    enum place place;
    int district; /* index */
    struct geo_point at;
};

enum role {
    ROLE_CORE,
    ROLE_AGGREGATION,
    ROLE_ACCESS,
    ROLE_UPS,
    ROLE_CONTROLLER,
    ROLE_AP,
    ROLE_DHCP,
    ROLE_COUNT
};

/* What hangs on a switch's port. */
enum port_kind { PORT_UPLINK, PORT_FIBRE, PORT_AP, PORT_NODE /* controller, UPS: copper */ };

struct city_port {
    enum port_kind kind;
    int device;  /* the device at the other end, or -1: an AP that is a controller's row */
    int hotspot; /* PORT_AP: which */
    int far;     /* fibre: index into the far device's ports; else -1 */
    char name[16];
};

/* An SNMP agent. Parents stand before their children. */
struct city_device {
    char id[20], name[88];
    enum role role;
    int district;
    uint32_t address; /* host byte order, 127.16.0.0/12 */
    int site;
    int parent;      /* -1: the core */
    int parent_port; /* index into the parent's ports; -1: none */
    int power;       /* device index of the UPS; -1 */
    int hotspot;     /* ROLE_AP */
    uint8_t mac[6];
    struct city_port *ports; /* switches */
    size_t port_count;
    int *optics; /* indices of the ports with a BiDi module */
    size_t optic_count;
    int *rows; /* controllers: hotspot indices in the order of their MACs */
    size_t row_count;
};

struct city_hotspot {
    char id[12], name[88];
    int site;
    struct geo_point at;
    bool is_indoor;
    int device;      /* its own agent, or its controller */
    bool is_row;     /* of a controller */
    int access;      /* device index of the access switch */
    int access_port; /* index into its ports */
    uint8_t mac[6];
};

/* Where the inventory or an agent says something else than how the city was built. Each index is -1 unless
 * the parameters ask for mistakes. Hotspots are such that have an agent of their own. */
struct city_mistakes {
    int wrong_uplink; /* hotspot: the inventory hangs its access point on `elsewhere` */
    int wrong_port;   /* hotspot: … on another port of its switch */
    int wrong_feeder; /* hotspot: … feeds it from `elsewhere` */
    int dead_feeder;  /* hotspot: … feeds it from its switch, whose port says that it delivers nothing */
    int shared_port;  /* hotspot: its switch sees a stranger on the same port */
    int elsewhere;    /* access switch */
    int confused, taken_for; /* access switch whose uplink port names another aggregation switch */
    int unlaid_from,
        unlaid_to; /* access switches: the inventory has a link between them, the city has none */
};

struct city {
    struct city_params params;
    struct city_mistakes mistakes;
    struct city_site *sites;
    size_t site_count, site_cap;
    struct city_device *devices;
    size_t device_count;
    struct city_hotspot *hotspots;
    size_t hotspot_count;
    int *by_address; /* device indices in the order of their addresses */
};

struct city_district {
    const char *id, *name, *abbreviation;
    double share; /* of the hotspots */
};
extern const struct city_district city_districts[CITY_DISTRICTS];
extern const uint32_t city_portal_address, city_dns_address; /* host byte order */
#define CITY_WRONG_PORT  "ge-9/9/9"                          /* no switch has it: struct city_mistakes */
#define CITY_PORTAL_NAME "portal.norderstedt.example"

/* NULL, or what is wrong with the parameters. */
const char *city_params_problem(const struct city_params *p);
void city_params_defaults(struct city_params *p);

/* ERR_RANGE: see city_params_problem(). */
enum err city_new(const struct city_params *params, struct city **out) NW_CHECKED;
void city_free(struct city *c);

/* Index or -1. */
int city_device_at(const struct city *c, uint32_t address);
int city_device_by_id(const struct city *c, const char *id);
int city_hotspot_by_id(const struct city *c, const char *id);

/* The outline of a district: closed, counter-clockwise. *out is malloc'ed; neighbours share their points. */
enum err city_outline(int district, struct geo_point **out, size_t *count) NW_CHECKED;
bool city_outline_contains(const struct geo_point *ring, size_t count, struct geo_point p);

/* A 64-bit hash of (seed, what, a, b): where a value must not depend on the order of drawing. */
uint64_t city_hash(uint64_t seed, uint32_t what, uint32_t a, uint32_t b);
/* 0 <= result < 1 */
double city_hash_unit(uint64_t seed, uint32_t what, uint32_t a, uint32_t b);

/* Is `ancestor` on the way from d (itself included) to the core? */
bool city_is_below(const struct city *c, int d, int ancestor);
/* Does anything on the way from d to the core take its power from ups? */
bool city_is_fed_by(const struct city *c, int d, int ups);

#endif
