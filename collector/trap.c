/* SPDX-License-Identifier: GPL-3.0-or-later */
/* trap.c - notifications: which one, what its profile makes of it, and the bucket that bounds them. Pure. */
#include "collector/trap.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "collector/deny.h"
#include "collector/profile_internal.h"
#include "lib/base/strx.h"

#define TRAPS_A_SECOND 20.0
#define TRAPS_AT_ONCE  100.0

enum { GENERIC_ENTERPRISE_SPECIFIC = 6 };

static const uint32_t OID_TRAP_OID[] = {1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0};
static const uint32_t OID_STANDARD[] = {1, 3, 6, 1, 6, 3, 1, 1, 5, 0};

static void set_oid(struct trap *out, const uint32_t *ids, size_t len)
{
    memcpy(out->oid, ids, len * sizeof *ids);
    out->oid_len = len;
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
    bool is_v1 = m->version == 0;

    switch (m->type) { /* RFC 1157 has the one, RFC 3416 the others: in no message of the other version */
    case SNMP_TRAP_V1: return is_v1 ? read_v1(m, out) : ERR_MALFORMED;
    case SNMP_TRAP_V2:
    case SNMP_INFORM: return is_v1 ? ERR_MALFORMED : read_v2(m, out);
    default: return ERR_TYPE;
    }
}

/* ---- rules ---- */

/* The length of the OID without its last number and a 0 before that. v1 has no room for whether there was one
 * (RFC 3584: 3.2 leaves it out, 3.1 puts it in), and agents send either form. */
static size_t stem(const uint32_t *oid, size_t len)
{
    return len > 2 && oid[len - 2] == 0 ? len - 2 : len - 1;
}

/* What is dropped is dropped with everything below it. */
static bool is_trap(const struct trap *t, const struct trap_rule *rule)
{
    if (rule->is_dropped && oid_has_prefix(t->oid, t->oid_len, rule->oid, rule->oid_len))
        return true;
    return t->oid[t->oid_len - 1] == rule->oid[rule->oid_len - 1] &&
           oid_compare(t->oid, stem(t->oid, t->oid_len), rule->oid, stem(rule->oid, rule->oid_len)) == 0;
}

static const struct trap_rule *rule_of(const struct profile *p, const struct trap *t)
{
    for (size_t i = 0; i < p->trap_count; i++)
        if (is_trap(t, &p->traps[i]))
            return &p->traps[i];
    return NULL;
}

const struct trap_rule *trap_find_rule(const struct profile_set *set, const struct device_profile *device,
                                       const struct trap *trap)
{
    const struct trap_rule *found = NULL;

    for (size_t i = device ? device->profile_count : 0; !found && i-- > 0;)
        found = rule_of(device->profiles[i], trap);
    for (size_t i = 0; !found && i < set->count; i++)
        found = rule_of(set->items[i], trap);
    return found;
}

/* ---- values ---- */

static bool is_kept(const struct trap_rule *rule, const struct varbind *vb)
{
    for (size_t i = 0; i < rule->keep.count; i++)
        if (oid_has_prefix(vb->oid, vb->oid_len, rule->keep.ids[i], rule->keep.lens[i]))
            return !deny_reason(vb->oid, vb->oid_len);
    return false;
}

static bool is_text(const struct varbind *vb)
{
    for (size_t i = 0; i < vb->len; i++)
        if (iscntrl(vb->bytes[i]))
            return false;
    return strx_is_utf8(vb->bytes, vb->len);
}

static void put_octets(const struct varbind *vb, char *text)
{
    size_t len = vb->len;
    struct buf b = BUF_INIT;

    if (is_text(vb)) {
        len = len < TRAP_TEXT_MAX ? len : TRAP_TEXT_MAX;
        while (len && len < vb->len && (vb->bytes[len] & 0xc0) == 0x80)
            len--; /* not in the middle of a character */
        memcpy(text, vb->bytes, len);
        text[len] = '\0';
        return;
    }
    strx_put_hex(&b, vb->bytes, len < TRAP_TEXT_MAX / 2 ? len : TRAP_TEXT_MAX / 2);
    strx_copy(text, TRAP_TEXT_MAX + 1, b.data && !buf_error(&b) ? b.data : "");
    buf_fini(&b);
}

static void put_value(const struct varbind *vb, char *text)
{
    switch (vb->type) {
    case SNMP_INTEGER: snprintf(text, TRAP_TEXT_MAX + 1, "%" PRId64, vb->integer); return;
    case SNMP_COUNTER32:
    case SNMP_GAUGE32:
    case SNMP_TIMETICKS:
    case SNMP_COUNTER64: snprintf(text, TRAP_TEXT_MAX + 1, "%" PRIu64, vb->number); return;
    case SNMP_OID: oid_to_text(vb->value_oid, vb->len, text, TRAP_TEXT_MAX + 1); return;
    case SNMP_OCTETS:
    case SNMP_IPADDRESS:
    case SNMP_OPAQUE: put_octets(vb, text); return;
    default: *text = '\0'; return;
    }
}

size_t trap_read_values(const struct snmp_message *m, const struct trap_rule *rule, struct trap_value *out,
                        size_t max)
{
    uint32_t ids[OID_MAX], value_ids[OID_MAX];
    struct snmp_raw_varbind raw;
    struct varbind vb;
    struct wire w;
    size_t count = 0;

    wire_init(&w, m->varbinds, m->varbinds_len);
    while (count < max && snmp_varbind_again(&w, &raw)) {
        snmp_varbind_decode(&raw, ids, value_ids, &vb);
        if (!is_kept(rule, &vb))
            continue;
        oid_to_text(vb.oid, vb.oid_len, out[count].oid, sizeof out[count].oid);
        put_value(&vb, out[count].text);
        count++;
    }
    return count;
}

/* ---- the bucket ---- */

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
