/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trap.c - names of notifications, and the bucket that bounds them. Pure. */
#include "collector/trap.h"

#include <string.h>

#define TRAPS_A_SECOND 20.0
#define TRAPS_AT_ONCE  100.0

enum { GENERIC_ENTERPRISE_SPECIFIC = 6 };

static const uint32_t OID_TRAP_OID[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
static const uint32_t OID_STANDARD[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 0};

static const struct {
    const char *oid, *name;
} NAMES[] = {
    {"1.3.6.1.6.3.1.1.5.1", "cold_start"},                                             /* SNMPv2-MIB */
    {"1.3.6.1.6.3.1.1.5.2", "warm_start"},       {"1.3.6.1.6.3.1.1.5.3", "link_down"}, /* IF-MIB */
    {"1.3.6.1.6.3.1.1.5.4", "link_up"},          {"1.3.6.1.6.3.1.1.5.5", "authentication_failure"},
    {"1.3.6.1.2.1.33.2.1", "ups_on_battery"}, /* UPS-MIB */
    {"1.3.6.1.2.1.33.2.3", "ups_alarm_added"},   {"1.3.6.1.2.1.33.2.4", "ups_alarm_removed"},
    {"1.3.6.1.2.1.105.0.1", "poe_port_changed"}, /* POWER-ETHERNET-MIB */
    {"1.3.6.1.2.1.105.0.2", "poe_usage_on"},     {"1.3.6.1.2.1.105.0.3", "poe_usage_off"},
    {"1.0.8802.1.1.2.0.0.1", "lldp_changed"}, /* LLDP-MIB */
};

static void set_oid(struct trap *out, const uint32_t *ids, size_t len)
{
    oid_to_text(ids, len, out->oid, sizeof out->oid);
    out->name = "";
    for (size_t i = 0; i < ARRAY_LEN(NAMES); i++) {
        if (strcmp(NAMES[i].oid, out->oid) == 0)
            out->name = NAMES[i].name;
    }
}

static enum err read_v1(const struct snmp_message *m, struct trap *out)
{
    uint32_t ids[OID_MAX];
    size_t len;

    if (m->generic_trap >= 0 && m->generic_trap < GENERIC_ENTERPRISE_SPECIFIC) {
        memcpy(ids, OID_STANDARD, sizeof OID_STANDARD);
        ids[9] = (uint32_t)m->generic_trap + 1;
        set_oid(out, ids, 10);
        return ERR_OK;
    }
    if (m->generic_trap != GENERIC_ENTERPRISE_SPECIFIC || m->specific_trap < 0 ||
        snmp_oid_decode(m->enterprise.bytes, m->enterprise.len, ids, &len) || len + 2 > OID_MAX)
        return ERR_MALFORMED;
    ids[len++] = 0;
    ids[len++] = (uint32_t)m->specific_trap;
    set_oid(out, ids, len);
    return ERR_OK;
}

static enum err read_v2(const struct snmp_message *m, struct trap *out)
{
    uint32_t ids[OID_MAX], value_ids[OID_MAX];
    struct snmp_raw_varbind raw;
    struct varbind vb;
    struct wire w;

    wire_init(&w, m->varbinds, m->varbinds_len);
    while (snmp_varbind_again(&w, &raw)) {
        snmp_varbind_decode(&raw, ids, value_ids, &vb);
        if (vb.type != SNMP_OID ||
            oid_compare(vb.oid, vb.oid_len, OID_TRAP_OID, ARRAY_LEN(OID_TRAP_OID)) != 0)
            continue;
        set_oid(out, vb.value_oid, vb.len);
        return ERR_OK;
    }
    return ERR_MALFORMED;
}

enum err trap_read(const struct snmp_message *m, struct trap *out)
{
    switch (m->type) {
    case SNMP_TRAP_V1: return read_v1(m, out);
    case SNMP_TRAP_V2:
    case SNMP_INFORM: return read_v2(m, out);
    default: return ERR_TYPE;
    }
}

bool trap_bucket_take(struct trap_bucket *b, ns_t now)
{
    if (!b->is_started)
        *b = (struct trap_bucket){now, TRAPS_AT_ONCE, true};
    b->tokens += (double)(now - b->filled_at) / (double)SECONDS * TRAPS_A_SECOND;
    if (b->tokens > TRAPS_AT_ONCE)
        b->tokens = TRAPS_AT_ONCE;
    b->filled_at = now;
    if (b->tokens < 1)
        return false;
    b->tokens -= 1;
    return true;
}
