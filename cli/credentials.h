/* SPDX-License-Identifier: GPL-3.0-or-later */
/* credentials.h - what `--credentials FILE|-` names: a community in its first line, or an SNMPv3 user in
 * YAML:
 *
 *   version: v3
 *   user: monitor
 *   auth: sha256                    # md5 sha1 sha224 sha256 sha384 sha512; none
 *   auth_passphrase: at least eight characters
 *   priv: aes128                    # des aes128 aes192 aes256 aes192c aes256c; none
 *   priv_passphrase: at least eight characters
 *   context: vlan-1                 # none: the default context */
#ifndef NW_CLI_CREDENTIALS_H
#define NW_CLI_CREDENTIALS_H

#include "collector/access.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

/* Of a file of mode 0600, or of standard input ("-"). What is wrong is logged, with what to do about it;
 * never the secret. ERR_DENIED: path is NULL, or others may read the file. */
enum err credentials_read(const char *path, struct snmp_access *out) NW_CHECKED;

/* Something to tell these credentials from others by, as secret as they are. */
void credentials_put(const struct snmp_access *a, struct buf *out);

#endif
