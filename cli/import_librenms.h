/* SPDX-License-Identifier: GPL-3.0-or-later */
/* import_librenms.h - reads LibreNMS's REST interface (/api/v0): locations, devices, ports' names,
 * neighbours. Pure.
 *
 *   location with a position → site; device: type and os → kind; hostname or overwrite_ip → address; port,
 *   hardware, serial; sysName → name; disabled there, or without SNMP: refused
 *   an access point is a hotspot too; neighbours → uplinks as seen from the core, and links
 *
 * The devices' answer holds communities and passwords: they are never looked at. */
#ifndef NW_CLI_IMPORT_LIBRENMS_H
#define NW_CLI_IMPORT_LIBRENMS_H

#include "cli/import_rest.h"
#include "lib/model/inventory_draft.h"

struct librenms; /* opaque */

/* As import_netbox_new(). */
enum err import_librenms_new(struct draft *draft, const char *core, struct librenms **out,
                             struct import_reader *reader) NW_CHECKED;
void import_librenms_free(struct librenms *l);

#endif
