/* SPDX-License-Identifier: GPL-3.0-or-later */
/* access.h - what agents are asked with: a community, or an SNMPv3 user with keys. Made once for each
 * credentials, shared by all devices that name them. Secrets are wiped when they are done with and never
 * logged. */
#ifndef NW_COLLECTOR_ACCESS_H
#define NW_COLLECTOR_ACCESS_H

#include "collector/snmp_client.h"
#include "lib/base/err.h"
#include "lib/model/settings.h"

struct snmp_access {
    int version;           /* on the wire: 0 = v1, 1 = v2c, 3 = v3 */
    char *community;       /* v1, v2c */
    struct usm_user *user; /* v3 */
};

/* Reads the files that c names. On failure *problem says in English what is wrong (static), and the log which
 * file. */
enum err snmp_access_load(const struct credentials *c, struct snmp_access *out,
                          const char **problem) NW_CHECKED;
/* From v3 credentials as they are: passphrases may be NULL where the protocol is none. */
enum err snmp_access_from_user(const struct credentials *c, const char *auth_passphrase,
                               const char *priv_passphrase, struct snmp_access *out,
                               const char **problem) NW_CHECKED;
void snmp_access_fini(struct snmp_access *a);

/* The peer borrows from a, and gets a security of its own for v3. ERR_NOMEM. */
enum err snmp_access_apply(const struct snmp_access *a, struct snmp_peer *peer) NW_CHECKED;
void snmp_access_withdraw(struct snmp_peer *peer);

#endif
