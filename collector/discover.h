/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover.h - what `netzwacht discover` makes of one agent's answers. What it makes of all together is
 * discover_network.h's business, who asks is cli/discover_scan.h's. Pure. */
#ifndef NW_COLLECTOR_DISCOVER_H
#define NW_COLLECTOR_DISCOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/decode.h"
#include "collector/discover_range.h"
#include "collector/profile.h"
#include "collector/varbind.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/model/inventory.h"

enum { DISCOVER_NEIGHBOURS_MAX = 512 /* kept of one device */ };

/* ---- what was found. Texts are UTF-8 without control characters; "" = not known ---- */

/* A row of lldpRemTable. */
struct discover_neighbour {
    char *port; /* entity of the device it was seen on, "if/ge-0/0/7" */
    char *name, *chassis_id, *port_id, *port_descr;
    char *address; /* of its management */
};

/* A port that can feed others. */
struct discover_poe {
    char *port;     /* entity */
    int64_t status; /* as view_poe */
};

/* A row of a controller's table of access points. */
struct discover_ap {
    char *entity; /* "ap/00:00:5e:00:53:01" */
    char *name, *model, *serial, *group;
    double lat, lon; /* 0/0: not known */
};

struct discover_device {
    char *address;       /* a literal; peer is the same */
    int64_t port, depth; /* depth: 0 in the ranges, else how many neighbours lie between */
    char *sys_name, *sys_descr, *vendor, *model, *version, *serial;
    char *chassis_id, *base_mac; /* as LLDP and as its bridge tells it */
    char *profile;               /* the most specific one */
    int kind;                    /* enum device_kind */
    char *why;                   /* kind was recognised by; English */
    bool is_cut;                 /* it stopped answering before everything was read */
    struct conf_list neighbours, poe, aps;
    struct snmp_address peer;
};

/* The part of a device that was found; with it a device can be written, read and freed (conf.h). */
extern const struct conf_schema discover_device_schema;

/* Fills *out from one agent's answers. ERR_NOMEM; *out can be freed then, too. */
enum err discover_read(const struct snmp_address *from, const struct device_profile *profile,
                       const struct varbind_set *answers, const struct device_view *view,
                       struct discover_device *out) NW_CHECKED;
void discover_device_fini(struct discover_device *d);

/* Says what a device is, from its profile (which tables it has) and standard MIBs. *why: English, what it was
 * recognised by. DEVICE_OTHER if nothing tells. */
enum device_kind discover_kind(const struct device_profile *profile, const struct varbind_set *answers,
                               const char **why);

#endif
