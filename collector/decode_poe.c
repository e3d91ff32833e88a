/* SPDX-License-Identifier: GPL-3.0-or-later */
/* decode_poe.c - POWER-ETHERNET-MIB (RFC 3621): which of our interfaces feed what hangs on them.
 *
 * pethPsePortTable is indexed by (group, port), and the MIB does not say which interface a port is. Most
 * agents number ports by ifIndex. Those that count 1, 2, 3 … while their ifIndex are others would be
 * misread, so it holds for all ports of a device or for none: each must be an Ethernet interface. */
#include "collector/decode_internal.h"

#include <string.h>

enum { ETHERNET_CSMACD = 6 }; /* IANAifType */

static const uint32_t status_column[] = {1, 3, 6, 1, 2, 1, 105, 1, 1, 1, 6}; /* pethPsePortDetectionStatus */

enum { INDEX_AT = ARRAY_LEN(status_column) };

/* ifType is not always read: whatever is no other kind of interface will do. */
static bool may_be_ethernet(const struct decoder *d, uint32_t entity)
{
    const struct entity_row *e = &d->entities[entity];

    for (size_t k = 0; k < e->view.attr_count; k++) {
        const struct view_attr *a = &d->attrs[e->attr_from + k];

        if (a->type == VIEW_ATTR_NUMBER && strcmp(a->key, "type") == 0)
            return (int)a->number == ETHERNET_CSMACD;
    }
    return true;
}

void decode_poe(struct decoder *d)
{
    size_t begin, end;

    varbind_set_below(d->set, status_column, ARRAY_LEN(status_column), &begin, &end);
    for (size_t i = begin; i < end; i++) {
        const struct varbind *vb = varbind_set_at(d->set, i);
        uint32_t entity =
            vb->oid_len == INDEX_AT + 2 ? decoder_interface(d, vb->oid[INDEX_AT + 1]) : VIEW_NO_ENTITY;

        if (entity == VIEW_NO_ENTITY || !may_be_ethernet(d, entity) || vb->type != SNMP_INTEGER ||
            !decoder_reserve(d, &d->poe, d->poe_count, &d->poe_cap, sizeof *d->poe)) {
            d->poe_count = 0;
            return;
        }
        d->poe[d->poe_count++] = (struct view_poe){entity, (int)vb->integer};
    }
}
