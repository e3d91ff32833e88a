/* SPDX-License-Identifier: GPL-3.0-or-later */
/* passive_plan.c - what the operator knows of keys, servers and networks. Pure. */
#include "probes/passive_state.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum err passive_plan_new(struct passive_plan **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? ERR_OK : ERR_NOMEM;
}

void passive_plan_free(struct passive_plan *p)
{
    if (!p)
        return;
    free(p->keys);
    free(p->bssids);
    free(p);
}

/* Sorted, so that a frame's key is found in a few steps. */
static int compare_keys(const struct plan_key *a, uint8_t kind, const void *key, size_t len)
{
    if (a->kind != kind)
        return a->kind < kind ? -1 : 1;
    if (a->len != len)
        return a->len < len ? -1 : 1;
    return memcmp(a->key, key, len);
}

static size_t key_place(const struct passive_plan *p, uint8_t kind, const void *key, size_t len,
                        bool *is_there)
{
    size_t low = 0, high = p->key_count;

    *is_there = false;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = compare_keys(&p->keys[middle], kind, key, len);
        if (order == 0) {
            *is_there = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

enum err passive_plan_key(struct passive_plan *p, uint16_t hotspot, enum passive_key kind, const void *key,
                          size_t len)
{
    struct plan_key *grown;
    size_t place;
    bool is_there;

    if (len == 0 || len > FRAME_SITE_MAX || hotspot == PASSIVE_ELSEWHERE || hotspot >= PASSIVE_HOTSPOTS_MAX)
        return ERR_RANGE;
    place = key_place(p, (uint8_t)kind, key, len, &is_there);
    if (is_there)
        return ERR_EXISTS;
    grown = realloc(p->keys, (p->key_count + 1) * sizeof *grown);
    if (!grown)
        return ERR_NOMEM;
    p->keys = grown;
    memmove(grown + place + 1, grown + place, (p->key_count - place) * sizeof *grown);
    grown[place] = (struct plan_key){.hotspot = hotspot, .kind = (uint8_t)kind, .len = (uint8_t)len};
    memcpy(grown[place].key, key, len);
    p->key_count++;
    if (hotspot >= p->hotspots)
        p->hotspots = hotspot + 1u;
    return ERR_OK;
}

uint16_t plan_hotspot(const struct passive_plan *p, enum passive_key kind, const void *key, size_t len)
{
    bool is_there;
    size_t place = key_place(p, (uint8_t)kind, key, len, &is_there);

    return is_there ? p->keys[place].hotspot : PASSIVE_ELSEWHERE;
}

enum err passive_plan_server(struct passive_plan *p, bool is_router, const uint8_t address[16])
{
    struct plan_servers *s = is_router ? &p->routers : &p->servers;

    if (s->count == PASSIVE_SERVERS_MAX)
        return ERR_LIMIT;
    memcpy(s->addresses[s->count++], address, 16);
    return ERR_OK;
}

bool plan_allows(const struct plan_servers *s, const uint8_t address[16])
{
    for (size_t i = 0; i < s->count; i++)
        if (memcmp(s->addresses[i], address, 16) == 0)
            return true;
    return false;
}

/* ---- networks ---- */

enum err passive_plan_ssid(struct passive_plan *p, const char *ssid, bool is_secured)
{
    struct plan_ssid *s = &p->ssids[p->ssid_count];
    size_t len = strlen(ssid);

    if (len == 0 || len > sizeof s->ssid)
        return ERR_RANGE;
    if (p->ssid_count == ARRAY_LEN(p->ssids))
        return ERR_LIMIT;
    s->len = (uint8_t)len;
    s->is_secured = is_secured;
    memcpy(s->ssid, ssid, len);
    p->ssid_count++;
    return ERR_OK;
}

enum err passive_plan_bssid(struct passive_plan *p, const uint8_t mac[PART_MAC_LEN])
{
    uint8_t(*grown)[PART_MAC_LEN] = realloc(p->bssids, (p->bssid_count + 1) * sizeof *grown);

    if (!grown)
        return ERR_NOMEM;
    p->bssids = grown;
    memcpy(grown[p->bssid_count++], mac, PART_MAC_LEN);
    return ERR_OK;
}

bool plan_owns_bssid(const struct passive_plan *p, const uint8_t mac[PART_MAC_LEN])
{
    for (size_t i = 0; i < p->bssid_count; i++) {
        const uint8_t *own = p->bssids[i];
        if (((own[0] ^ mac[0]) & ~2) == 0 && memcmp(own + 1, mac + 1, 4) == 0 && own[5] >> 4 == mac[5] >> 4)
            return true;
    }
    return false;
}

/* Letters alone, without case: "MobyKlick " and "Moby-Klick" read like "MobyKlick". */
static size_t letters(const uint8_t *ssid, size_t len, uint8_t *out)
{
    size_t count = 0;

    for (size_t i = 0; i < len; i++)
        if (isalnum(ssid[i]) || ssid[i] >= 0x80)
            out[count++] = (uint8_t)tolower(ssid[i]);
    return count;
}

const struct plan_ssid *plan_ssid(const struct passive_plan *p, const uint8_t *ssid, size_t len,
                                  bool *is_lookalike)
{
    uint8_t seen[FRAME_SSID_MAX], own[32];
    size_t seen_len = letters(ssid, len, seen);

    for (size_t i = 0; i < p->ssid_count; i++)
        if (p->ssids[i].len == len && memcmp(p->ssids[i].ssid, ssid, len) == 0) {
            *is_lookalike = false;
            return &p->ssids[i];
        }
    *is_lookalike = true;
    for (size_t i = 0; seen_len > 0 && i < p->ssid_count; i++)
        if (letters(p->ssids[i].ssid, p->ssids[i].len, own) == seen_len && memcmp(own, seen, seen_len) == 0)
            return &p->ssids[i];
    return NULL;
}
