/* SPDX-License-Identifier: GPL-3.0-or-later */
/* inventory.h - what the city owns: districts, sites, devices, hotspots, links, services.
 *
 * Read from YAML (one or several files; lists add up) and one GeoJSON of districts; checked as a whole:
 * unique ids, references that exist, no cycle in the uplinks. Pure apart from conf's file reading.
 *
 *   sites:    - {id: lido, name: "Freibad", district: harksheide, kind: lido, lat: 53.70, lon: 9.99}
 *   devices:  - {id: sw-har-03, name: …, address: 127.16.3.1, port: 10161, kind: switch, site: …,
 *                credentials: default, uplink: agg-har, power: ups-har, uplink_port: "ge-0/0/24"}
 *   hotspots: - {id: hs-0001, name: …, site: lido, lat: …, lon: …, device: ap-0001}             # its own
 * agent
 *             - {id: hs-0002, …, device: wlc-1, entity: "ap/00:11:22:33:44:55", uplink: sw-har-03} # a
 * controller's row services: - {id: portal, name: …, kind: portal, target: "http://127.16.0.3:8080/", site:
 * …}
 */
#ifndef NW_MODEL_INVENTORY_H
#define NW_MODEL_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/err.h"
#include "lib/base/units.h"
#include "lib/model/districts.h"
#include "lib/runtime/conf.h"

struct site {
    char *id, *name, *district;
    int kind; /* enum site_kind */
    double lat, lon;
    char *source; /* "netbox:17": what an import knows it by; NULL = by hand */
    struct conf_pos at;
};

enum site_kind {
    SITE_STREET, /* lamp post, bus stop */
    SITE_PUBLIC, /* town hall, library, lido */
    SITE_SCHOOL,
    SITE_SHOP,
    SITE_CABINET, /* of the utility: fibre nodes */
    SITE_OTHER
};

enum device_kind {
    DEVICE_AP,
    DEVICE_CONTROLLER,
    DEVICE_SWITCH,
    DEVICE_OLT,
    DEVICE_UPS,
    DEVICE_ROUTER,
    DEVICE_OTHER
};

struct device {
    char *id, *name;
    char *address;     /* IPv4 or IPv6 literal, or a name */
    int64_t port;      /* 161 */
    int kind;          /* enum device_kind */
    char *site;        /* id or NULL */
    char *credentials; /* name in the settings; "default" */
    char *profile;     /* force this profile; NULL = recognise */
    char *model;       /* as bought, or NULL: `discover` says where another stands */
    char *serial;      /* likewise */
    char *uplink;      /* device id of the parent towards the core, or NULL */
    char *uplink_port; /* entity of the parent that this device hangs on, e.g. "if/ge-0/0/7", or NULL */
    char *power;       /* device id of the UPS or PoE switch that feeds it, or NULL */
    int64_t interval;  /* ns; 0 = the settings' */
    bool is_core;      /* the root of the tree: the monitor's own uplink */
    char *source;      /* as in struct site */
    struct conf_pos at;
};

enum environment { ENV_OUTDOOR, ENV_INDOOR };

struct hotspot_radio {
    double band_ghz;              /* 2.4, 5, 6 */
    double eirp_dbm;              /* in the antenna's main direction; 0 = from SNMP or the band's default */
    double gain_dbi;              /* of the antenna; 0 = a planner's default */
    double azimuth_deg, tilt_deg; /* main direction: clockwise from north, below the horizon */
    double beamwidth_deg, beamwidth_v_deg; /* 3 dB; 0 = all around */
    int64_t width_mhz, streams;            /* of the channel; 0 = 20 MHz, 2 spatial streams */
};

struct hotspot {
    char *id, *name, *site;
    double lat, lon; /* 0/0 = the site's */
    double height_m; /* antenna above ground; 5 */
    int environment; /* enum environment */
    char *device;    /* device id: its own agent, or its controller; NULL = whatever controller lists it */
    char *entity; /* entity id in the controller's samples, NULL = the device itself. "ap/<base MAC>" is found
                     at every controller: `device` then says where it is at home, and may be left out */
    char *uplink; /* for a controller's row: device id of its switch */
    char *power;  /* likewise */
    struct conf_list radios; /* struct hotspot_radio */
    int64_t vlan;            /* of its clients, 0 = not known: for what sensors see of them */
    char *option82, *nas_id; /* likewise: circuit or remote id, NAS-Identifier; text, or 0x and hexadecimal */
    bool is_published;       /* shown to the public; true */
    bool is_probed;          /* true */
    char *source;            /* as in struct site */
    struct conf_pos at;
};

enum service_kind {
    SERVICE_PORTAL,
    SERVICE_DNS,
    SERVICE_DHCP,
    SERVICE_RADIUS,
    SERVICE_HTTP,
    SERVICE_OTHER,
    SERVICE_TCP,
    SERVICE_TLS,
    SERVICE_NTP,
    SERVICE_SENSOR /* an interface that is listened on, see probes/sensor.h */
};

enum dns_record { DNS_RECORD_A, DNS_RECORD_AAAA };

struct service {
    char *id, *name, *site;
    int kind;                     /* enum service_kind */
    char *target;                 /* URL, or address[:port]; of a sensor its interface */
    char *question;               /* DNS: the name to ask for */
    int record;                   /* DNS: enum dns_record, a */
    struct conf_strings expected; /* DNS: prefixes that the answers must lie in; none: any */
    bool is_absent;               /* DNS: the name must not exist */
    bool is_validated;            /* DNS: the server must say that it has validated the answer (DNSSEC) */
    char *hostname;               /* TLS: the name that the certificate must be made out to; NULL: any */
    struct conf_pos at;
};

struct link {
    char *id, *from, *to;      /* device ids; redundant uplinks beside `uplink` */
    char *from_port, *to_port; /* entity ids of the interfaces at its ends; NULL = not known */
    char *source;              /* as in struct site */
    struct conf_pos at;
};

/* How one item of each list is read (conf_read()) and written (inventory_write.h). */
extern const struct conf_schema site_schema, device_schema, hotspot_schema, service_schema, link_schema;

enum inventory_kind {
    INVENTORY_SITE,
    INVENTORY_DEVICE,
    INVENTORY_HOTSPOT,
    INVENTORY_SERVICE,
    INVENTORY_LINK,
    INVENTORY_KINDS
};

/* For what treats all kinds alike: words as in the file, "site" and "sites". */
struct inventory_kind_info {
    const char *word, *list;
    const struct conf_schema *schema;
};
extern const struct inventory_kind_info inventory_kinds[INVENTORY_KINDS];

struct inventory; /* opaque: arrays above with an index by id */

/* Reads paths (files, or directories: their *.yaml in alphabetical order); districts may be NULL.
 * Everything wrong goes to report; ERR_CONFIG then. */
enum err inventory_load(const char *const *paths, size_t path_count, const char *districts_path,
                        struct conf_report *report, struct inventory **out) NW_CHECKED;
/* The same, with text in place of what stands in the file at path, which need not exist: whether an
 * inventory would be right with it. */
struct inventory_overlay {
    const char *path, *text;
    size_t len;
};
enum err inventory_load_with(const char *const *paths, size_t path_count, const char *districts_path,
                             const struct inventory_overlay *overlay, struct conf_report *report,
                             struct inventory **out) NW_CHECKED;
void inventory_free(struct inventory *inv);

/* Arrays in file order. */
const struct district *inventory_districts(const struct inventory *inv, size_t *count);
const struct site *inventory_sites(const struct inventory *inv, size_t *count);
const struct device *inventory_devices(const struct inventory *inv, size_t *count);
const struct hotspot *inventory_hotspots(const struct inventory *inv, size_t *count);
const struct service *inventory_services(const struct inventory *inv, size_t *count);
const struct link *inventory_links(const struct inventory *inv, size_t *count);

/* Item i of count has inventory_kinds[kind].schema->size bytes. */
const void *inventory_items(const struct inventory *inv, enum inventory_kind kind, size_t *count);

/* By id, NULL if there is none; id may be NULL. */
const struct district *inventory_district(const struct inventory *inv, const char *id);
const struct site *inventory_site(const struct inventory *inv, const char *id);
const struct device *inventory_device(const struct inventory *inv, const char *id);
const struct hotspot *inventory_hotspot(const struct inventory *inv, const char *id);
const struct service *inventory_service(const struct inventory *inv, const char *id);

/* "ap/<mac>", lower case: an access point by its base MAC, whoever lists it. entity may be NULL. */
bool entity_is_access_point(const char *entity);
/* The hotspot's own position, else its site's. */
struct geo_point hotspot_position(const struct inventory *inv, const struct hotspot *h);
/* The device that the hotspot's traffic crosses first: its own uplink, else its device's; NULL at the core.
 */
const struct device *hotspot_uplink(const struct inventory *inv, const struct hotspot *h);
/* "" if not known. Borrowed. */
const char *hotspot_district_id(const struct inventory *inv, const struct hotspot *h);

extern const char *const site_kind_words[];
extern const char *const device_kind_words[];
extern const char *const service_kind_words[];

#endif
