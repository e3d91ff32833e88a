/* SPDX-License-Identifier: GPL-3.0-or-later */
/* doctor_host.h - is there a way to a host, and is somebody at home? Each question takes at most a few
 * seconds. */
#ifndef NW_CLI_DOCTOR_HOST_H
#define NW_CLI_DOCTOR_HOST_H

#include <stdbool.h>

#include "collector/discover.h"
#include "collector/doctor.h"
#include "collector/snmp_client.h"

/* source: our address towards it; "" = not known. */
bool doctor_route(const struct snmp_address *a, char source[DISCOVER_ADDRESS_SIZE]);
/* Something on the way refused a datagram: DOCTOR_PORT_CLOSED or _HOST_UNREACHABLE. */
enum doctor_port doctor_why_refused(const struct snmp_address *a);
/* "a ping", "on TCP port 22" …; NULL = none. */
const char *doctor_sign_of_life(const struct snmp_address *a);

#endif
