/* SPDX-License-Identifier: GPL-3.0-or-later */
/* deny.c - the tables whose rows are people's devices. Pure.
 *
 * Found by their INDEX (a station's MAC, an IP address, a user name) and by what their columns hold. Counts
 * of clients stand elsewhere, in tables of access points, radios and SSIDs, and may be read. */
#include "collector/deny.h"

#include <stdlib.h>

#include "collector/varbind.h"

#define DENY(oid, what)                                                                                      \
    {                                                                                                        \
        oid, "a column that identifies no client: " what " is never read (docs/profiles.md, deny-list)"      \
    }

static const struct {
    const char *oid, *reason;
} denied[] = {
    /* standards */
    DENY("1.3.6.1.2.1.3.1", "the address translation table"),
    DENY("1.3.6.1.2.1.4.22", "the ARP table"),
    DENY("1.3.6.1.2.1.4.35", "the neighbour table"),
    DENY("1.3.6.1.2.1.6.13", "the TCP connection table"),
    DENY("1.3.6.1.2.1.6.19", "the TCP connection table"),
    DENY("1.3.6.1.2.1.7.5", "the UDP listener table"),
    DENY("1.3.6.1.2.1.7.7", "the UDP endpoint table"),
    DENY("1.3.6.1.2.1.16.4", "the RMON host table"),
    DENY("1.3.6.1.2.1.16.14", "the RMON2 host table"),
    DENY("1.3.6.1.2.1.17.4.3", "the forwarding database"),
    DENY("1.3.6.1.2.1.17.7.1.2.2", "the forwarding database"),
    DENY("1.3.6.1.2.1.17.7.1.2.3", "the forwarding database"),
    DENY("1.3.6.1.2.1.55.1.12", "the IPv6 neighbour table"),
    DENY("1.3.6.1.2.1.196.1.2.5", "the CAPWAP station table"),
    DENY("1.2.840.10036.1.4", "the 802.11 station table"),
    DENY("1.0.8802.1.1.1.1.2.4", "the 802.1X session table"),
    /* Cisco */
    DENY("1.3.6.1.4.1.9.9.273.1.2.1", "Cisco's 802.11 client table"),
    DENY("1.3.6.1.4.1.9.9.273.1.2.2", "Cisco's 802.11 client table"),
    DENY("1.3.6.1.4.1.9.9.273.1.3.1", "Cisco's 802.11 client statistics"),
    DENY("1.3.6.1.4.1.9.9.599.1.3", "Cisco's wireless client table"),
    DENY("1.3.6.1.4.1.9.9.599.1.4", "Cisco's wireless client statistics"),
    DENY("1.3.6.1.4.1.9.9.599.3", "Cisco's wireless client diagnostics"),
    DENY("1.3.6.1.4.1.14179.2.1.4", "Airespace's mobile station table"),
    DENY("1.3.6.1.4.1.14179.2.1.5", "Airespace's mobile station table"),
    DENY("1.3.6.1.4.1.14179.2.1.6", "Airespace's mobile station statistics"),
    DENY("1.3.6.1.4.1.14179.2.1.10", "Airespace's mobile stations by address"),
    DENY("1.3.6.1.4.1.14179.2.1.11", "Airespace's mobile station levels"),
    DENY("1.3.6.1.4.1.14179.2.1.12", "Airespace's watch list"),
    DENY("1.3.6.1.4.1.14179.2.1.13", "Airespace's mobile stations by user"),
    DENY("1.3.6.1.4.1.14179.2.1.14", "Airespace's rogue clients"),
    DENY("1.3.6.1.4.1.14179.2.1.15", "Airespace's rogue clients"),
    DENY("1.3.6.1.4.1.14179.2.1.16", "Airespace's rogue clients"),
    /* Aruba */
    DENY("1.3.6.1.4.1.14823.2.2.1.1.2", "Aruba's user and station tables"),
    DENY("1.3.6.1.4.1.14823.2.2.1.1.4.1", "Aruba's user table"),
    DENY("1.3.6.1.4.1.14823.2.2.1.4.1.2", "Aruba's user table"),
    DENY("1.3.6.1.4.1.14823.2.2.1.5.2.2", "Aruba's station tables"),
    DENY("1.3.6.1.4.1.14823.2.2.1.5.3.2", "Aruba's station statistics"),
    DENY("1.3.6.1.4.1.14823.2.2.1.6.7.2", "Aruba's monitored stations"),
    DENY("1.3.6.1.4.1.14823.2.2.1.7.1.2", "Aruba's station levels"),
    DENY("1.3.6.1.4.1.14823.2.2.1.7.1.4", "Aruba's station levels"),
    DENY("1.3.6.1.4.1.14823.2.2.1.12.1.3.2", "Aruba's voice clients"),
    DENY("1.3.6.1.4.1.14823.2.2.1.12.1.4.2", "Aruba's voice clients"),
    DENY("1.3.6.1.4.1.14823.2.2.1.12.1.5.2", "Aruba's voice client locations"),
    DENY("1.3.6.1.4.1.14823.2.2.1.14", "Aruba's IPv6 user table"),
    DENY("1.3.6.1.4.1.14823.2.3.3.1.2.4", "Aruba Instant's client table"),
    DENY("1.3.6.1.4.1.14823.2.3.3.1.2.5", "Aruba Instant's voice clients"),
    /* Ruckus */
    DENY("1.3.6.1.4.1.25053.1.1.2.2.1.1.3", "Ruckus' station table"),
    DENY("1.3.6.1.4.1.25053.1.2.2.1.1.3", "Ruckus' station table"),
    DENY("1.3.6.1.4.1.25053.1.2.2.4.1.1.3", "Ruckus' station table"),
    DENY("1.3.6.1.4.1.25053.1.15.2.1.1.3", "Ruckus' station table"),
    /* Huawei, H3C */
    DENY("1.3.6.1.4.1.2011.6.139.18.1.2", "Huawei's station table"),
    DENY("1.3.6.1.4.1.2011.6.139.18.1.4", "Huawei's failed stations"),
    DENY("1.3.6.1.4.1.2011.6.139.18.1.5", "Huawei's stations gone off-line"),
    DENY("1.3.6.1.4.1.2011.6.139.18.1.6", "Huawei's roaming traces"),
    DENY("1.3.6.1.4.1.2011.6.139.18.1.7", "Huawei's station table"),
    DENY("1.3.6.1.4.1.2011.5.2.1.15", "Huawei's access user table"),
    DENY("1.3.6.1.4.1.2011.10.2.75.3", "H3C's station tables"),
    DENY("1.3.6.1.4.1.25506.2.75.3", "H3C's station tables"),
    /* others */
    DENY("1.3.6.1.4.1.12356.101.14.5", "Fortinet's station table"),
    DENY("1.3.6.1.4.1.12356.120.8", "FortiAP's station table"),
    DENY("1.3.6.1.4.1.14988.1.1.1.2", "MikroTik's registration table"),
    DENY("1.3.6.1.4.1.14988.1.1.21.4", "MikroTik's registration table"),
    DENY("1.3.6.1.4.1.14988.1.1.5.1", "MikroTik's hotspot users"),
    DENY("1.3.6.1.4.1.26928.1.1.1.2.1.2", "HiveOS' client table"),
    DENY("1.3.6.1.4.1.4329.15.3.1.4", "Extreme's association table"),
    DENY("1.3.6.1.4.1.4329.15.3.6", "Extreme's mobile units"),
    DENY("1.3.6.1.4.1.4329.15.3.7", "Extreme's associations"),
    DENY("1.3.6.1.4.1.1916.1.16", "Extreme's forwarding database"),
    DENY("1.3.6.1.4.1.1916.1.44", "Extreme's MAC authentication"),
    DENY("1.3.6.1.4.1.1916.1.4.10", "Extreme's wired clients"),
    DENY("1.3.6.1.4.1.41112.1.4.7", "airOS' station table"),
    DENY("1.3.6.1.4.1.2356.13.1.3.32", "LANCOM's station table"),
    DENY("1.3.6.1.4.1.2356.13.1.3.4", "LANCOM's client management"),
    DENY("1.3.6.1.4.1.2356.11.1.3.32", "LANCOM's station table"),
    DENY("1.3.6.1.4.1.15983.1.1.4.4", "Meru's station tables"),
    DENY("1.3.6.1.4.1.21013.1.2.22", "Xirrus' station table"),
    DENY("1.3.6.1.4.1.21013.1.2.23", "Xirrus' station table"),
    DENY("1.3.6.1.4.1.890.1.15.3.5.2", "Zyxel's station table"),
    DENY("1.3.6.1.4.1.890.1.15.3.5.14", "Zyxel's station table"),
    DENY("1.3.6.1.4.1.8744.5.1.1.3.6", "HP MSM's user table"),
    DENY("1.3.6.1.4.1.8744.5.4.1.5", "HP MSM's association table"),
    DENY("1.3.6.1.4.1.8744.5.36", "HP MSM's user sessions"),
};

struct subtree {
    uint32_t ids[16];
    size_t len;
};

/* The table as numbers, made at the first use: commands ask for every OID of a recording. */
static const struct subtree *subtrees(void)
{
    static struct subtree list[ARRAY_LEN(denied)];

    for (size_t i = 0; !list[ARRAY_LEN(list) - 1].len && i < ARRAY_LEN(list); i++) {
        list[i].len = ARRAY_LEN(list[i].ids);
        if (oid_from_text(denied[i].oid, list[i].ids, &list[i].len))
            abort(); /* a slip in the table above; no run of any test survives it */
    }
    return list;
}

const char *deny_reason(const uint32_t *oid, size_t len)
{
    const struct subtree *list = subtrees();

    for (size_t i = 0; i < ARRAY_LEN(denied); i++)
        if (oid_has_prefix(oid, len, list[i].ids, list[i].len) ||
            oid_has_prefix(list[i].ids, list[i].len, oid, len))
            return denied[i].reason;
    return NULL;
}

size_t deny_depth(const uint32_t *oid, size_t len)
{
    const struct subtree *list = subtrees();

    for (size_t i = 0; i < ARRAY_LEN(denied); i++)
        if (oid_has_prefix(oid, len, list[i].ids, list[i].len))
            return list[i].len;
    return 0;
}
