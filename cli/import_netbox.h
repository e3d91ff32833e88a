/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_netbox.h - reads NetBox's REST interface, versions 3 and 4: sites, devices, and what their
 * interfaces and power ports are connected to. Pure.
 *
 *   device: role and type → kind; primary IP → address; serial; site; latitude, longitude → of the hotspot
 *   an access point is a hotspot too; one without an address needs netzwacht_entity (ap/<base MAC>)
 *   status other than active, failed, offline (site: active, staging): refused, with the status as reason
 *   custom fields netzwacht_X say field X of the inventory, of the site, the device or its hotspot;
 *   netzwacht_hotspot says the id of the hotspot
 *   connections of interfaces → uplinks as seen from the core, and links; power port to outlet → power */
#ifndef NW_CLI_IMPORT_NETBOX_H
#define NW_CLI_IMPORT_NETBOX_H

#include "cli/import_rest.h"
#include "lib/model/inventory_draft.h"

struct netbox; /* opaque */

/* core: id or name of the device that the monitor hangs on, or NULL; borrowed, as is draft. *reader is valid
 * as long as *out. */
enum err import_netbox_new(struct draft *draft, const char *core, struct netbox **out,
                           struct import_reader *reader) NW_CHECKED;
void import_netbox_free(struct netbox *n);

#endif
