/* SPDX-License-Identifier: GPL-3.0-or-later */
/* passive_brand.c - networks that are called like ours and are not ours. Pure. */
#include <stdlib.h>
#include <string.h>

#include "probes/passive_state.h"

#define FORGOTTEN_AFTER (24 * HOURS)

static struct report_imitator *find(struct brand *b, const struct beacon *beacon)
{
    for (size_t i = 0; i < b->count; i++)
        if (memcmp(b->table[i].bssid, beacon->bssid, PART_MAC_LEN) == 0 &&
            b->table[i].ssid_len == beacon->ssid_len &&
            memcmp(b->table[i].ssid, beacon->ssid, beacon->ssid_len) == 0)
            return &b->table[i];
    return NULL;
}

/* A free place; else that of the sender that was not heard for longest, unless that is a minute ago or less.
 */
static struct report_imitator *make_room(struct brand *b, ns_t at)
{
    struct report_imitator *oldest = &b->table[0];

    if (b->count < IMITATORS_KEPT)
        return &b->table[b->count++];
    for (size_t i = 1; i < b->count; i++)
        if (b->table[i].last < oldest->last)
            oldest = &b->table[i];
    b->flooded++;
    return at - oldest->last > MINUTES ? oldest : NULL;
}

void brand_take(struct brand *b, const struct passive_plan *plan, const struct beacon *beacon, ns_t at)
{
    bool is_lookalike;
    const struct plan_ssid *ours = plan_ssid(plan, beacon->ssid, beacon->ssid_len, &is_lookalike);
    bool is_owned = ours && plan_owns_bssid(plan, beacon->bssid);
    struct report_imitator *r;

    if (!ours || beacon->ssid_len > sizeof r->ssid ||
        (is_owned && (is_lookalike || ours->is_secured == beacon->is_private)))
        return;
    r = find(b, beacon);
    if (!r) {
        r = make_room(b, at);
        if (!r)
            return;
        *r = (struct report_imitator){.first = at, .ssid_len = beacon->ssid_len};
        memcpy(r->bssid, beacon->bssid, PART_MAC_LEN);
        memcpy(r->ssid, beacon->ssid, beacon->ssid_len);
    }
    r->last = at > r->first ? at : r->first;
    r->channel = beacon->channel > 0 && beacon->channel < 256 ? (uint8_t)beacon->channel : 0;
    r->is_secured = beacon->is_private;
    r->why = (uint8_t)(is_owned       ? IMITATION_OTHER_SECURITY
                       : is_lookalike ? IMITATION_LOOKALIKE
                                      : IMITATION_UNKNOWN_SENDER);
    if (beacon->signal && (!r->signal || beacon->signal > r->signal))
        r->signal = beacon->signal;
}

static int strongest_first(const void *a, const void *b)
{
    const struct report_imitator *x = a, *y = b;
    int by_signal = (y->signal ? y->signal : -128) - (x->signal ? x->signal : -128);

    return by_signal ? by_signal : memcmp(x->bssid, y->bssid, PART_MAC_LEN);
}

uint32_t brand_report(struct brand *b, ns_t since, ns_t now, struct buf *out)
{
    uint64_t heard = b->flooded;
    size_t kept = 0, told = 0;

    qsort(b->table, b->count, sizeof b->table[0], strongest_first);
    for (size_t i = 0; i < b->count; i++) {
        if (b->table[i].last >= since) {
            heard++;
            if (told++ < PASSIVE_IMITATORS_MAX)
                report_put_imitator(out, &b->table[i]);
        }
        if (now - b->table[i].last > FORGOTTEN_AFTER)
            continue;
        b->table[kept] = b->table[i];
        b->table[kept++].signal = 0;
    }
    b->count = kept;
    b->flooded = 0;
    return heard > UINT32_MAX ? UINT32_MAX : (uint32_t)heard;
}
