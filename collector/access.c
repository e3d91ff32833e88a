/* SPDX-License-Identifier: GPL-3.0-or-later */
/* access.c - secrets out of files, into communities and keys. */
#include "collector/access.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/log.h"

static void wipe(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

static enum err read_secret(const struct credentials *c, const char *what, const char *path, char **out)
{
    enum err e = settings_read_secret(path, out);

    if (e)
        log_error("credentials %s: %s %s: %s%s", c->name, what, path, err_text(e),
                  e == ERR_DENIED ? " (it must be readable by this daemon and by nobody else: mode 0600)"
                                  : "");
    return e;
}

static enum err load_community(const struct credentials *c, struct snmp_access *out, const char **problem)
{
    enum err e;

    if (!c->community_file) {
        *problem = "its credentials name no community_file";
        return ERR_CONFIG;
    }
    out->version = c->version == SNMP_V1 ? 0 : 1;
    e = read_secret(c, "community_file", c->community_file, &out->community);
    if (e)
        *problem = "its community file cannot be read";
    if (!e && strlen(out->community) > SNMP_COMMUNITY_MAX) {
        *problem = "its community is longer than 255 bytes";
        e = ERR_LIMIT;
    }
    return e;
}

enum err snmp_access_from_user(const struct credentials *c, const char *auth_passphrase,
                               const char *priv_passphrase, struct snmp_access *out, const char **problem)
{
    enum err e;

    *out = (struct snmp_access){.version = SNMP_WIRE_V3, .user = calloc(1, sizeof *out->user)};
    *problem = "out of memory";
    if (!out->user)
        return ERR_NOMEM;
    e = usm_user_init(out->user, c->user ? c->user : "", c->context, (enum snmp_auth)c->auth, auth_passphrase,
                      (enum snmp_priv)c->priv, priv_passphrase);
    if (e == ERR_RANGE)
        *problem = "its SNMPv3 credentials are not complete: user and context have at most 32 bytes, "
                   "passphrases at least 8, priv needs auth";
    else if (e)
        *problem = "its SNMPv3 protocols are not built into the net-snmp library of this machine";
    return e;
}

static enum err load_user(const struct credentials *c, struct snmp_access *out, const char **problem)
{
    char *auth = NULL, *priv = NULL;
    enum err e = ERR_OK;

    *problem = "its passphrase files cannot be read";
    if (c->auth_file)
        e = read_secret(c, "auth_file", c->auth_file, &auth);
    if (!e && c->priv_file)
        e = read_secret(c, "priv_file", c->priv_file, &priv);
    if (!e)
        e = snmp_access_from_user(c, auth, priv, out, problem);
    wipe(auth);
    wipe(priv);
    return e;
}

enum err snmp_access_load(const struct credentials *c, struct snmp_access *out, const char **problem)
{
    enum err e;

    *out = (struct snmp_access){0};
    e = c->version == SNMP_V3 ? load_user(c, out, problem) : load_community(c, out, problem);
    if (e)
        snmp_access_fini(out);
    return e;
}

void snmp_access_fini(struct snmp_access *a)
{
    wipe(a->community);
    if (a->user)
        usm_user_wipe(a->user);
    free(a->user);
    *a = (struct snmp_access){0};
}

enum err snmp_access_apply(const struct snmp_access *a, struct snmp_peer *peer)
{
    peer->version = a->version;
    peer->community = (const uint8_t *)a->community;
    peer->community_len = a->community ? strlen(a->community) : 0;
    if (!a->user)
        return ERR_OK;
    peer->security = calloc(1, sizeof *peer->security);
    if (!peer->security)
        return ERR_NOMEM;
    peer->security->user = a->user;
    return ERR_OK;
}

void snmp_access_withdraw(struct snmp_peer *peer)
{
    if (peer->security)
        explicit_bzero(peer->security, sizeof *peer->security);
    free(peer->security);
    peer->security = NULL;
}
