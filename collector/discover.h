/* SPDX-License-Identifier: GPL-3.0-or-later */
/* discover.h - what `netzwacht discover` makes of answers: address ranges, kinds of devices, ids, a tree of
 * uplinks, a proposed inventory. Pure: who asks is cli/cmd_discover.c. */
#ifndef NW_COLLECTOR_DISCOVER_H
#define NW_COLLECTOR_DISCOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "collector/profile.h"
#include "collector/snmp_client.h"
#include "collector/varbind.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/model/inventory.h"

enum {
    DISCOVER_BITS_MAX = 20, /* a range has at most 2^20 addresses */
    DISCOVER_ID_SIZE = 65,
    DISCOVER_ADDRESS_SIZE = 46,
};

/* ---- ranges ---- */

struct discover_range {
    struct snmp_address base; /* the first address */
    uint64_t count;           /* an IPv4 network's own and its broadcast address are left out, up to /30 */
    uint32_t bits;            /* of the host part */
};

/* "192.0.2.0/24", "2001:db8::/120", or one address. ERR_MALFORMED: no address or prefix; ERR_RANGE: bits are
 * set behind the prefix, so it is not clear what is meant; ERR_LIMIT: more than 2^20 addresses. */
enum err discover_range_parse(const char *text, struct discover_range *out) NW_CHECKED;
/* Address i < count; its port is 0. */
struct snmp_address discover_range_at(const struct discover_range *r, uint64_t i);
bool discover_range_has(const struct discover_range *r, const struct snmp_address *a);
void discover_address_text(const struct snmp_address *a, char out[DISCOVER_ADDRESS_SIZE]);

/* ---- answers ---- */

/* Adds the varbinds of a reply to a GET; exceptions (noSuchObject …) are left out. Sort the set afterwards.
 */
enum err discover_take(const struct snmp_message *reply, struct varbind_set *set) NW_CHECKED;

/* What is asked besides the profiles' probes, to tell kinds apart; sysName and three scalars. */
extern const struct read_plan discover_plan;

/* Says what a device is, from its profile (which tables it has) and standard MIBs. *why: English, what it was
 * recognised by. DEVICE_OTHER if nothing tells. */
enum device_kind discover_kind(const struct device_profile *profile, const struct varbind_set *answers,
                               const char **why);

/* ---- the inventory ---- */

struct discover_neighbour {
    char *system_name; /* as LLDP gives it */
    char *port;        /* entity of the device it was seen on, "if/ge-0/0/7"; NULL = not known */
};

struct discover_device {
    struct snmp_address address;
    char *sys_name, *sys_descr, *vendor, *model; /* UTF-8 without control characters; "" = not known */
    const char *profile;                         /* borrowed: its most specific profile */
    const char *why;                             /* borrowed: of kind */
    enum device_kind kind;
    struct discover_neighbour *neighbours;
    size_t neighbour_count;
    /* discover_make_ids(): */
    char id[DISCOVER_ID_SIZE];
    /* discover_make_tree(): */
    size_t uplink;           /* index of the parent, or DISCOVER_NONE */
    const char *uplink_port; /* borrowed from the parent's neighbours, or NULL */
    bool is_root, is_core;   /* of its tree */
};

#define DISCOVER_NONE SIZE_MAX

void discover_device_fini(struct discover_device *d);

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

/* The inventory, to be read by inventory_load(). tree NULL: no neighbours were read. */
void discover_write(struct buf *out, const struct discover_device *devices, size_t count,
                    const struct discover_tree *tree);

#endif
