/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover.h - what `netzwacht discover` makes of answers: devices, kinds, ids, a tree of uplinks, a proposed
 * inventory. Pure: who asks is cli/discover_scan.h. */
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

enum {
    DISCOVER_ID_SIZE = 65,
    DISCOVER_NEIGHBOURS_MAX = 512, /* kept of one device */
};

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
    /* discover_make_ids(): */
    char id[DISCOVER_ID_SIZE];
    /* discover_make_tree(): */
    size_t uplink;           /* index of the parent, or DISCOVER_NONE */
    const char *uplink_port; /* borrowed from the parent's neighbours, or NULL */
    bool is_root, is_core;   /* of its tree */
};

#define DISCOVER_NONE SIZE_MAX

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

/* ---- the inventory ---- */

/* Sorts by address and makes ids from sysName: lower case, umlauts written out, everything else that an id
 * may not have as "-"; a second one of the same name gets "-2". */
enum err discover_make_ids(struct discover_device *devices, size_t count) NW_CHECKED;

/* A pair of found devices that see each other beside the tree. */
struct discover_link {
    size_t from, to;
};

struct discover_tree {
    struct discover_link *links; /* free() */
    size_t link_count;
    size_t strangers; /* neighbours that are not among the devices, or whose name is not unique */
};

/* Proposes uplinks: LLDP neighbours make a graph; the device nearest to all others is its root, and what is
 * farther from it hangs on what is nearer. Where the monitor itself is connected LLDP does not tell: core, an
 * id, names that device and makes it the root; NULL: guessed. ERR_NOT_FOUND: no device has that id. */
enum err discover_make_tree(struct discover_device *devices, size_t count, const char *core,
                            struct discover_tree *out) NW_CHECKED;

/* The inventory, to be read by inventory_load(). */
void discover_write(struct buf *out, const struct discover_device *devices, size_t count,
                    const struct discover_tree *tree);

#endif
